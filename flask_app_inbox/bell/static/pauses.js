/** Milliseconds between two polls, at least. */
const LEAST_PAUSE = 5000;

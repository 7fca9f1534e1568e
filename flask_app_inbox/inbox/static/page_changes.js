/**
 * Whether a library shows another page, or another anchor, in the same document.
 * @param {HTMLElement} own this script's element, as the page came with it
 * @param {string} userUrl that marks such elements
 * @param {() => unknown} anchor
 */
const pageChanges = (own, userUrl, anchor) => {
  /** @type {HTMLElement | undefined} this script's element in the page that is shown */
  let run = own;

  const newestRun = () =>
    [...document.querySelectorAll("script")]
      .filter(({ dataset }) => dataset.userUrl === userUrl)
      .pop();

  /** What is another one then. */
  const signs = () => {
    if (!run?.isConnected) run = newestRun();
    const { pathname, search } = location;
    const madeFor = run?.dataset.user;
    return [run, madeFor, document.body, pathname + search, anchor()];
  };

  let seen = signs();
  return {
    /**
     * Compare the page with what it was at the last time.
     * @returns {{ madeFor?: string } | undefined} what has changed, and whom the page
     *   says that it was made for, if it is a new one
     */
    next: () => {
      const before = seen;
      seen = signs();
      if (seen.every((sign, at) => sign === before[at])) return undefined;
      return run !== before[0] ? { madeFor: run?.dataset.user } : {};
    },
  };
};

/**
 * Fetch a token at once, while the vendor's script is still on its way, and a new one
 * for each later call. The first one serves while it is fresh; one that failed is
 * fetched again when it is asked for.
 * @param {() => Promise<string>} fetchToken
 * @returns {() => Promise<string>}
 */
const tokenSource = (fetchToken) => {
  const FRESH = 30000; // milliseconds
  /** @type {Promise<string> | undefined} */
  let early = fetchToken();
  let freshUntil = Infinity;
  early.then(
    () => (freshUntil = Date.now() + FRESH),
    () => (early = undefined),
  );
  return () => {
    const token = Date.now() < freshUntil ? early : undefined;
    early = undefined;
    return token || fetchToken();
  };
};

/**
 * Hear when a library shows another page in the same document, or when a sign changes.
 *
 * Libraries change address and content one after the other, and ask the site between
 * the two. So a listener in doubt hears again whenever the page has settled, for a while.
 * @param {() => unknown[]} signs what else a page is known by
 * @param {(now: unknown[], before: unknown[]) => boolean} hear gets the signs; returns
 *   whether it is in doubt about the user of the page
 */
const onPageChange = (signs, hear) => {
  const SETTLES_WITHIN = 500; // milliseconds
  const DOUBTS_FOR = 5000;

  /** @type {any} */
  const { navigation } = window; // older browsers lack it

  const look = () => {
    const { pathname, search } = location;
    const entry = navigation?.currentEntry?.key;
    return [...signs(), document.body, pathname + search, entry];
  };

  let seen = look();
  let doubtfulUntil = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  const compare = () => {
    const before = seen;
    seen = look();
    if (seen.every((sign, at) => sign === before[at])) return;
    const isDoubtful = hear(seen, before);
    doubtfulUntil = isDoubtful ? performance.now() + DOUBTS_FOR : 0;
  };

  const settle = () => {
    compare();
    if (performance.now() < doubtfulUntil) hear(seen, seen);
  };

  const notice = () => {
    compare();
    clearTimeout(timer);
    timer = setTimeout(settle, SETTLES_WITHIN);
  };
  new MutationObserver(notice).observe(document, {
    childList: true,
    subtree: true,
  });
  navigation?.addEventListener("currententrychange", notice);
};

/**
 * The tabs of a browser: what they tell each other, and which one asks for all.
 *
 * The one that asks is visible. Without locks, or where a page may not have them, each
 * tab asks for itself and tells nothing.
 *
 * All pages with a bell share one channel. One that comes says whose it is, one that goes
 * says nothing but that. Where none of the same user comes within a second, or one of
 * another user does, the user may be gone: whoever asks for their tabs asks.
 * @param {string} name of what they share; it holds whose it is
 * @param {string} user whose it is, whatever the site's addresses
 * @param {(news: any) => void} hear
 * @param {(isLeader?: boolean) => void} lead
 */
const openTabs = (name, user, hear, lead) => {
  const NEXT_PAGE_WITHIN = 1000; // milliseconds
  /** @type {BroadcastChannel | null | undefined} null: its page may be put away */
  let channel;
  /** @type {AbortController | undefined} */
  let claim;
  /** @type {ReturnType<typeof setTimeout>} */
  let timer;

  const rest = () => {
    claim = /** @type {any} */ (claim?.abort()); // which returns nothing
    lead();
  };

  return {
    /** Take part; again and again is fine. */
    join: async () => {
      const hidden = document.hidden;
      // The browser keeps no page in its history that hears something.
      if (navigator.locks && !channel && !(channel === null && hidden)) {
        channel = new BroadcastChannel("app-inbox-bell");
        channel.onmessage = ({ data: [whose, news] }) => {
          if (whose === user) clearTimeout(timer);
          else if (whose === name) hear(news);
          else if (!news)
            timer = setTimeout(hear, NEXT_PAGE_WITHIN, { isWanted: true });
        };
        channel.postMessage([user]);
      }
      if (hidden) return rest();
      if (claim) return;
      const { signal } = (claim = new AbortController());
      try {
        await navigator.locks.request(name, { signal }, () => {
          lead(true);
          return new Promise((resolve) => (signal.onabort = resolve));
        });
      } catch {
        if (!signal.aborted) lead(true); // there may be none for this page
      }
    },
    /** @param {null} [putAway] for a page that leaves the window */
    leave: (putAway) => {
      rest();
      channel?.postMessage([]);
      channel?.close();
      channel = putAway;
    },
    tell: (/** @type {object} */ news) => channel?.postMessage([name, news]),
  };
};

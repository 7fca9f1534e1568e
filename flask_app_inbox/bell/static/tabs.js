/**
 * The tabs of a browser: what they tell each other, and which one asks for all.
 *
 * The one that asks is visible. Without locks, or where a page may not have them, each
 * tab asks for itself and tells nothing.
 * @param {string} name of what they share; it holds whose it is
 * @param {(news: any) => void} hear
 * @param {(isLeader?: boolean) => void} lead
 */
const openTabs = (name, hear, lead) => {
  const NEXT_PAGE_WITHIN = 1000; // milliseconds
  /** @type {BroadcastChannel | null | undefined} null: its page may be put away */
  let channel;
  /** @type {AbortController | undefined} */
  let claim;
  /** @type {ReturnType<typeof setTimeout>} */
  let timer;

  const rest = () => {
    claim?.abort();
    claim = undefined;
    lead();
  };

  return {
    /** Take part; again and again is fine. */
    join: async () => {
      const { hidden } = document;
      // The browser keeps no page in its history that hears something.
      if (navigator.locks && !channel && !(channel === null && hidden)) {
        channel = new BroadcastChannel("app-inbox-bell");
        channel.onmessage = ({ data: [whose, news] }) => {
          if (news) {
            if (whose === name) hear(news);
          } else if (whose === name) clearTimeout(timer);
          else timer = setTimeout(hear, NEXT_PAGE_WITHIN, { isWanted: true });
        };
        channel.postMessage([name]);
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

/**
 * The tabs of a browser: what they tell each other, and which one asks for all.
 *
 * The one that asks is visible. Without locks, or where a page may not have them, each
 * tab asks for itself and tells nothing.
 * @param {string} name of what they share; it holds whose it is
 * @param {(news: any) => void} hear
 * @param {(isLeader: boolean) => void} lead
 */
const openTabs = (name, hear, lead) => {
  const isShared = navigator.locks && "BroadcastChannel" in self;
  /** @type {BroadcastChannel | undefined} */
  let channel;
  /** @type {AbortController | undefined} */
  let claim;

  const open = () => {
    if (!isShared || channel) return;
    channel = new BroadcastChannel(name);
    channel.onmessage = ({ data }) => hear(data);
  };

  const close = () => {
    claim?.abort();
    claim = undefined;
    lead(false);
  };

  const settle = () => {
    if (document.visibilityState !== "visible") return close();
    if (claim) return;
    const mine = (claim = new AbortController());
    const { signal } = mine;
    const begin = () => {
      lead(true);
      return new Promise((resolve) => (signal.onabort = resolve));
    };
    if (!isShared) begin();
    else {
      navigator.locks.request(name, { signal }, begin).catch(() => {
        if (claim === mine) lead(true); // this page may have no locks
      });
    }
  };

  return {
    /** Take part; again and again is fine. */
    join: () => {
      open();
      settle();
    },
    leave: () => {
      close();
      channel?.close();
      channel = undefined;
    },
    tell: (/** @type {object} */ news) => channel?.postMessage(news),
  };
};

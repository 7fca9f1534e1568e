// The messages of a store: loading them, and marking them as read.

/**
 * @typedef {object} InboxMessage
 * @property {string} id
 * @property {number | null} createdAt milliseconds of the wall clock
 * @property {string} title
 * @property {string} html cleaned by the server
 * @property {string} [image]
 * @property {string} [link]
 * @property {string} [category]
 * @property {unknown} [customData]
 * @property {boolean} read
 *
 * @typedef {object} MessagePage
 * @property {InboxMessage[]} messages
 * @property {number} page
 * @property {number} pages
 * @property {number | null} unread
 * @property {number} [asOf]
 *
 * @typedef {object} ListState
 * @property {InboxMessage[]} messages newest first
 * @property {boolean} isLoading
 * @property {boolean} isLoaded whether the server has answered
 * @property {boolean} hasFailed the last time that it was asked
 * @property {boolean} hasMore
 * @property {boolean} markFailed the last mark
 *
 * @typedef {object} MessageList
 * @property {() => ListState | undefined} state nothing before it is asked for, and
 *   once it is forgotten
 * @property {() => Promise<void>} refresh
 * @property {() => Promise<void>} loadMore
 * @property {(ids: string[] | null) => Promise<void>} markRead null: all
 * @property {boolean} isWatched whether somebody sees it
 *
 * What the store needs:
 * @property {(unread?: number | null) => number | null} count how many are unread, if
 *   the server says so
 * @property {() => Promise<Count | undefined>} renew
 * @property {() => void} compare
 * @property {(ids: string[] | null) => void} commit
 * @property {() => void} clear
 */

/**
 * Make the list of a store.
 * @param {Store} store
 * @returns {MessageList}
 */
const messageList = (store) => {
  const { asking, clock, marking, begin, end, notify, say } = store;
  /** @type {InboxMessage[]} */
  let messages = [];
  let loaded = 0; // pages
  let pages = 0; // that there are
  let hasFailed = false;
  let markFailed = false;
  let renewedAt = -Infinity;
  /** @type {object | undefined} what somebody waits for */
  let loading;
  let cancel = () => {};
  /** @type {any} */
  let wake = () => {}; // what waits until no mark is on its way

  /** The messages after some marks. @param {(string[] | null)[]} marks */
  const marked = (marks) =>
    messages.map((message) => ({
      ...message,
      read:
        message.read || marks.some((ids) => !ids || ids.includes(message.id)),
    }));
  const shown = () => marked([...marking.values()]);

  const unreadOf = (/** @type {InboxMessage[]} */ all) =>
    all.filter(({ read }) => !read).length;

  /** @type {MessageList["count"]} */
  const count = (unread = store.base.unread) => {
    const listed = unreadOf(shown());
    if (loaded && loaded >= pages) return listed;
    if ([...marking.values()].includes(null)) return 0;
    if (unread === null) return unread;
    return Math.max(unread - unreadOf(messages) + listed, listed);
  };

  const clear = () => {
    store.moves++;
    messages = [];
    loaded = pages = 0;
    loading = undefined;
    hasFailed = markFailed = false;
    cancel();
    wake();
  };

  // --- loading --------------------------------------------------------------------

  /**
   * Load some pages and show them together.
   * @param {number} page the first one; those before it stay
   * @param {number} end
   * @returns {Promise<Count | undefined>} nothing if a mark came between
   */
  const load = async (page, end) => {
    const { moves } = store;
    renewedAt = clock.now();
    let all = page ? messages : [];
    /** @type {MessagePage} */
    let last;
    do {
      last = await asking.load(page);
      all = [...all, ...last.messages];
    } while (++page < Math.min(end, last.pages));
    if (moves !== store.moves || marking.size) return;
    messages = [...new Map(all.map((one) => [one.id, one])).values()];
    pages = last.pages;
    loaded = page;
    return { unread: count(last.unread), asOf: last.asOf };
  };

  const renew = () => load(0, loaded);

  /** Load for a person: until it is shown, or fails. */
  const insist = async (/** @type {typeof renew} */ work) => {
    if (loading) return;
    const mine = (loading = {});
    hasFailed = false;
    notify();
    /** @type {Count | undefined} */
    let taken;
    try {
      while (!taken && mine === loading) {
        if (marking.size) await new Promise((done) => (wake = done));
        else taken = await work();
      }
    } catch (refusal) {
      hasFailed = mine === loading;
      store.refuse(/** @type {Refusal} */ (refusal));
    }
    if (mine !== loading) return;
    loading = undefined;
    if (taken) store.take(taken);
    else notify();
  };

  const refresh = () => insist(renew);

  /** See whether it goes with the count. */
  const compare = () => {
    wake();
    if (!loaded || marking.size || store.base.unread === count()) return;
    if (!list.isWatched) return clear();
    cancel();
    cancel = clock.later(refresh, renewedAt + LEAST_PAUSE - clock.now());
  };

  // --- marks ----------------------------------------------------------------------

  /** @type {MessageList["commit"]} */
  const commit = (ids) => {
    messages = marked([ids]);
  };

  /** @type {MessageList["markRead"]} */
  const markRead = async (ids) => {
    const key = Math.random();
    const isFirst = !marking.size;
    markFailed = false;
    begin(key, ids);
    const { moves } = store;
    notify();
    say({ mark: key, ids });
    /** @type {StoreNews} */
    const news = { done: key };
    try {
      const { unread, asOf } = await asking.markRead(ids);
      const isAlone = isFirst && moves === store.moves;
      const left = count();
      if (!end(key)) return;
      commit(ids);
      store.base = { unread: isAlone ? (unread ?? left) : left, asOf };
      if (!isAlone) store.want();
      news.ids = ids;
    } catch (refusal) {
      markFailed = end(key);
      store.refuse(/** @type {Refusal} */ (refusal));
    }
    say(news);
    compare();
    notify();
  };

  /** @type {MessageList} */
  const list = {
    count,
    compare,
    commit,
    clear,
    renew,
    refresh,
    markRead,
    loadMore: () => insist(() => load(loaded, loaded + 1)),
    isWatched: false,
    state: () =>
      loading || loaded || hasFailed
        ? {
            messages: shown(),
            isLoading: !!loading,
            isLoaded: loaded > 0,
            hasFailed,
            hasMore: loaded < pages,
            markFailed,
          }
        : undefined,
  };
  return list;
};

/** The list of a store; it has one. @param {Store} store */
const listOf = (store) => (store.list ||= messageList(store));

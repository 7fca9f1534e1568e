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
 * @property {Set<string>} failed ids of messages that could not be marked
 * @property {boolean} allFailed whether marking all failed
 *
 * @typedef {object} MessageList
 * @property {() => ListState} state
 * @property {(base: number | null) => number | null} count
 * @property {(unread: number | null) => void} compare
 * @property {(ids: string[] | null) => void} commit
 * @property {() => boolean} isWatched
 * @property {(isWatched: boolean) => void} watch
 * @property {() => Promise<Count | undefined>} renew
 * @property {() => Promise<void>} refresh
 * @property {() => Promise<void>} loadMore
 * @property {(ids: string[] | null) => Promise<void>} markRead
 * @property {() => void} clear
 */

/**
 * Make the list of a store.
 * @param {Store} store
 * @returns {MessageList}
 */
const messageList = (store) => {
  const { asking, marking, begin, end, notify, tell, base, moves, ...own } =
    store.inner();
  const { clock, correct, LEAST_PAUSE } = own;
  /** @type {InboxMessage[]} */
  let messages = [];
  let loaded = 0; // pages
  let pages = 0; // that there are
  let isLoading = false;
  let hasFailed = false;
  let allFailed = false;
  let isWatched = false;
  let renewedAt = -Infinity;
  let life = 0; // of the list; another one after it was cleared
  /** @type {Set<string>} */
  let failed = new Set();
  /** @type {(() => void) | undefined} */
  let cancel;
  let wake = () => {}; // what waits until no mark is on its way

  const isMarking = (/** @type {string} */ id) =>
    [...marking.values()].some((ids) => !ids || ids.includes(id));

  const shown = () =>
    messages.map((message) =>
      !message.read && isMarking(message.id)
        ? { ...message, read: true }
        : message,
    );
  const listed = () => shown().filter(({ read }) => !read).length;
  const isWhole = () => loaded > 0 && loaded >= pages;

  /** @type {MessageList["count"]} */
  const count = (unread) => {
    const inList = listed();
    if (isWhole()) return inList;
    if ([...marking.values()].includes(null)) return 0;
    if (unread === null) return unread;
    const before = messages.filter(({ read }) => !read).length;
    return Math.max(unread - before + inList, inList);
  };

  const clear = () => {
    life++;
    messages = [];
    loaded = pages = 0;
    isLoading = hasFailed = allFailed = false;
    failed = new Set();
    cancel?.();
    wake();
  };

  // --- loading --------------------------------------------------------------------

  /** Each message once, as it was told first. */
  const once = (/** @type {InboxMessage[]} */ all) => {
    /** @type {Map<string, InboxMessage>} */
    const found = new Map();
    for (const message of all) {
      if (!found.has(message.id)) found.set(message.id, message);
    }
    return [...found.values()];
  };

  /**
   * Load some pages and show them together.
   * @param {number} from the first one; those before it stay
   * @param {number} to
   * @returns {Promise<Count | undefined>} nothing if a mark came between
   */
  const load = async (from, to) => {
    const [before, mine] = [moves(), life];
    renewedAt = clock.now();
    let all = messages;
    let last;
    for (let page = from; page <= to; page++) {
      last = await asking.load(page);
      all = page ? [...all, ...last.messages] : last.messages;
      if (page + 1 >= last.pages) break;
    }
    if (!last || before !== moves() || marking.size || mine !== life) return;
    messages = once(all);
    pages = last.pages;
    loaded = Math.min(to + 1, pages || 1);
    const { unread, asOf } = last;
    const inList = listed();
    if (isWhole()) return { unread: inList, asOf };
    return { unread: unread === null ? null : Math.max(unread, inList), asOf };
  };

  const renew = () => load(0, Math.max(loaded, 1) - 1);

  /** Load for a person: until it is shown, or fails. */
  const insist = async (
    /** @type {() => Promise<Count | undefined>} */ work,
  ) => {
    if (isLoading) return;
    const mine = life;
    isLoading = true;
    hasFailed = false;
    notify();
    /** @type {Count | undefined} */
    let taken;
    try {
      while (!taken && mine === life) {
        await settled();
        taken = await work();
      }
    } catch (refusal) {
      if (mine === life) hasFailed = true;
      store.refuse(/** @type {Refusal} */ (refusal));
    }
    if (mine === life) isLoading = false;
    if (taken && mine === life) store.take(taken);
    else notify();
  };

  /** Wait until no mark is on its way. */
  const settled = async () => {
    while (marking.size) {
      await new Promise((resolve) => (wake = () => resolve(undefined)));
    }
  };

  const refresh = () => insist(renew);

  /** @type {MessageList["compare"]} */
  const compare = (unread) => {
    wake();
    if (!loaded || marking.size || unread === count(unread)) return;
    if (!isWatched) return clear();
    cancel?.();
    const pause = Math.max(renewedAt + LEAST_PAUSE - clock.now(), 0);
    cancel = clock.later(refresh, pause);
  };

  // --- marks ----------------------------------------------------------------------

  /** @type {MessageList["commit"]} */
  const commit = (ids) => {
    messages = messages.map((message) =>
      !ids || ids.includes(message.id) ? { ...message, read: true } : message,
    );
  };

  /** @type {MessageList["markRead"]} */
  const markRead = async (all) => {
    const known = new Map(shown().map(({ id, read }) => [id, read]));
    const ids = all && all.filter((id) => !known.get(id) && !isMarking(id));
    if (ids && !ids.length) return;
    const key = Date.now() + "-" + Math.random();
    for (const id of ids || known.keys()) failed.delete(id);
    allFailed = false;
    const before = moves();
    const mine = life;
    const wasAlone = !marking.size;
    begin(key, ids);
    notify();
    tell({ mark: key, ids, unread: count(base().unread) });
    /** @type {StoreNews} */
    const news = { done: key };
    try {
      const { unread, asOf } = await asking.markRead(ids);
      if (mine !== life) return;
      const left = count(base().unread);
      const isAlone = wasAlone && moves() === before + 1;
      end(key);
      commit(ids);
      correct({ unread: isAlone && unread !== null ? unread : left, asOf });
      if (!isAlone) store.want();
      news.ids = ids;
    } catch (refusal) {
      end(key);
      if (mine === life) {
        if (ids) ids.forEach((id) => failed.add(id));
        else allFailed = true;
      }
      store.refuse(/** @type {Refusal} */ (refusal));
    }
    const { unread, asOf } = store.state();
    tell({ ...news, unread, asOf });
    compare(base().unread);
    notify();
  };

  return {
    count,
    compare,
    commit,
    clear,
    renew,
    refresh,
    markRead,
    loadMore: () => insist(() => load(loaded, loaded)),
    isWatched: () => isWatched && loaded > 0,
    watch: (isSeen) => {
      isWatched = isSeen;
    },
    state: () => ({
      messages: shown(),
      isLoading,
      isLoaded: loaded > 0,
      hasFailed,
      hasMore: loaded > 0 && loaded < pages,
      failed,
      allFailed,
    }),
  };
};

/** The list of a store; it has one. @param {Store} store */
const listOf = (store) => store.inner().list(() => messageList(store));

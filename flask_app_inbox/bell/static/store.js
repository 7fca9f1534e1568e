// The store: one truth for what bell and panel show. It knows no DOM; whom it asks,
// what time it is and what other tabs say is passed in.

/**
 * @typedef {object} Count
 * @property {number | null} unread null: nobody knows
 * @property {number} [asOf] when that was so, if it is not now; by the wall clock
 * @property {string} [old] whether to ask at once, although it may be so still
 *
 * @typedef {object} Asking who is asked; each rejects with a `Refusal`
 * @property {(page: number) => Promise<MessagePage>} load
 * @property {() => Promise<Count>} unread
 * @property {(ids: string[] | null) => Promise<Count>} markRead null: all
 *
 * @typedef {object} Refusal
 * @property {boolean} [isGone] the page's user is logged in no more
 * @property {number} [pause] that the server asks for
 *
 * @typedef {object} StoreNews what tabs of one user tell each other
 * @property {number | null} [unread] what the bell shows
 * @property {number} [asOf]
 * @property {number} [mark] the key of one that has begun
 * @property {number} [done] the key of one that has ended
 * @property {string[] | null} [ids] that are marked; null: all
 * @property {boolean} [isGone]
 * @property {boolean} [isWanted] a tab that does not ask wants an answer
 *
 * @typedef {object} StoreState
 * @property {number | null} unread
 * @property {number} [asOf]
 * @property {boolean} isGone
 * @property {ListState} [list] messages that were asked for, until they are forgotten
 *
 * @typedef {object} StoreClock
 * @property {() => number} now by a clock that nobody sets
 * @property {(work: () => void, pause: number) => () => void} later returns what
 *   cancels it
 *
 * @typedef {ReturnType<typeof openStore>} Store
 */

/**
 * @param {Count} known
 * @param {Asking} asking
 * @param {(news: StoreNews) => void} tell
 * @param {(state: StoreState, arrived: number) => void} changed
 * @param {StoreClock} clock
 */
const openStore = (known, asking, tell, changed, clock) => {
  const FIRST_PAUSE = 30000; // milliseconds; longer each time that nothing has changed
  const LONGEST_PAUSE = 120000;
  const HEARD_WITHIN = 1000; // what a tab says, by all others
  const MARKED_WITHIN = 5000; // by another tab, which may be closed meanwhile

  /** @type {Map<number, string[] | null>} marks on their way, of all tabs */
  const marking = new Map();
  let last = known.unread; // that was shown
  let isGone = false;
  let leads = false;
  let isAsking = false;
  let hasFailed = false;
  let isWanted = !!known.old || last === null; // an answer, as soon as that may be
  let askedAt = isWanted ? -Infinity : clock.now();
  let answeredAt = Date.now();
  let restsUntil = 0;
  let heardAt = 0; // by all tabs, of the last mark that ended
  let pause = FIRST_PAUSE;
  let cancel = () => {};

  /** @returns {any} what the bell shows */
  const unread = () => store.list?.count() ?? store.base.unread;

  /** @returns {StoreState} */
  const state = () => ({
    unread: unread(),
    asOf: store.base.asOf,
    isGone,
    list: store.list?.state(),
  });

  const notify = (arrived = 0) => {
    last = unread();
    changed(state(), arrived);
  };

  /** Tell the other tabs what this one shows. */
  const say = (/** @type {StoreNews} */ news = {}) =>
    tell({ ...news, unread: unread(), asOf: store.base.asOf });

  // --- asking ---------------------------------------------------------------------

  /** Ask after a pause, but not before the server wants to be asked. */
  const plan = () => {
    cancel();
    if (!leads || isGone) return;
    const now = clock.now();
    const wish = isWanted
      ? 0
      : Math.min(pause, LONGEST_PAUSE) * (1 + Math.random() / 4); // jitter
    const at = Math.max(now + wish, askedAt + LEAST_PAUSE, restsUntil);
    cancel = clock.later(poll, at - now);
  };

  /** Want an answer as soon as that may be. */
  const want = () => {
    isWanted = true;
    if (leads) plan();
    else tell({ isWanted });
  };

  const poll = async () => {
    if (isAsking) return;
    isAsking = true;
    isWanted = false;
    askedAt = clock.now();
    const { list, moves } = store;
    try {
      const count = await (list?.isWatched ? list.renew() : asking.unread());
      // What a mark may have changed meanwhile says nothing.
      if (count && moves === store.moves && !marking.size) take(count);
      else isWanted = true;
    } catch (refusal) {
      refuse(/** @type {Refusal} */ (refusal));
    }
    isAsking = false;
    plan();
  };

  /** @param {Count} count @param {boolean} [isNews] whether messages may have come */
  const show = (count, isNews) => {
    const before = last;
    store.base = count;
    store.list?.compare();
    notify(isNews && before !== null ? unread() - before : 0);
    return before === last;
  };

  /** Take a count that no mark on its way can have changed. */
  const take = (/** @type {Count} */ count) => {
    answeredAt = Date.now();
    pause = show(count, true) && !hasFailed ? pause * 1.5 : FIRST_PAUSE;
    hasFailed = false;
    say();
  };

  /** @param {Refusal} refusal */
  const refuse = (refusal) => {
    pause = hasFailed ? pause * 2 : LEAST_PAUSE;
    hasFailed = true;
    // Timers of browsers know no more than some weeks.
    restsUntil = clock.now() + Math.min(refusal.pause || 0, 30 * LONGEST_PAUSE);
    if (refusal.isGone) {
      tell(refusal);
      hear(refusal);
    } else {
      show({ ...store.base, asOf: store.base.asOf ?? answeredAt });
      say(); // whoever asks next leaves the server its pause
    }
  };

  /** Keep nothing of the user. */
  const forget = () => {
    store.base = { unread: null };
    store.moves++;
    isWanted = true;
    marking.clear();
    store.list?.clear();
    notify();
  };

  // --- marks ----------------------------------------------------------------------

  /** @param {number} key @param {string[] | null} ids */
  const begin = (key, ids) => {
    store.moves++;
    marking.set(key, ids);
  };

  /** @param {number} key @returns whether it had begun */
  const end = (key) => {
    store.moves++;
    heardAt = clock.now() + HEARD_WITHIN;
    return marking.delete(key);
  };

  /** @param {StoreNews} news of another tab */
  const hear = ({ mark, done, ids, ...news }) => {
    if (isGone) return;
    if (news.isGone) {
      isGone = true;
      return forget();
    }
    if (news.isWanted) {
      if (!leads) return;
      if (store.base.unread !== null) say();
      return want();
    }
    if (mark) {
      begin(mark, ids || null);
      clock.later(() => end(mark) && want(), MARKED_WITHIN);
      // The list takes what it holds off the count by itself.
      if (news.unread)
        news.unread -= unread() - /** @type {any} */ (store.base.unread);
    }
    if (done && end(done) && ids !== undefined) store.list?.commit(ids);
    const isAnswer = !mark && !done;
    if (isAnswer) {
      // Whoever said it may not have heard of the last mark yet.
      const wait = heardAt - clock.now();
      if (wait > 0) return clock.later(want, wait);
      askedAt = clock.now();
      answeredAt = Date.now();
    }
    show(/** @type {Count} */ (news), isAnswer);
  };

  const store = {
    base: known, // as the server said
    moves: 0, // whatever makes an answer old that is on its way
    /** @type {MessageList | undefined} of `message_list.js`, once it is wanted */
    list: undefined,
    asking,
    clock,
    marking,
    begin,
    end,
    notify,
    say,
    state,
    want,
    hear,
    take,
    refuse,
    forget,
    /** Whether this tab asks for all of the user's tabs. */
    lead: (/** @type {any} */ isLeader) => {
      leads = isLeader;
      plan();
      isWanted = true; // what happens until the next time may be missed
    },
  };
  return store;
};

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
 * @property {string} [mark] the key of one that has begun
 * @property {string} [done] the key of one that has ended
 * @property {string[] | null} [ids] that are marked; null: all
 * @property {boolean} [isGone]
 * @property {boolean} [isWanted] a tab that does not ask wants an answer
 *
 * @typedef {object} StoreState
 * @property {number | null} unread
 * @property {number} [asOf]
 * @property {boolean} isGone
 * @property {ListState} [list] once messages were asked for
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
  const LEAST_PAUSE = 5000; // milliseconds between two polls
  const FIRST_PAUSE = 30000; // longer each time that nothing has changed
  const LONGEST_PAUSE = 120000;
  const MARKED_WITHIN = 30000; // by another tab, which may be closed meanwhile

  /** @type {Map<string, string[] | null>} marks on their way, of all tabs */
  const marking = new Map();
  let moves = 0; // marks that began or ended
  let base = known; // as the server said
  let last = base.unread; // that was shown
  let isGone = false;
  let leads = false;
  let isAsking = false;
  /** @type {any} */
  let mayHaveMissed = known.old || base.unread === null; // what has happened
  let askedAt = mayHaveMissed ? -Infinity : clock.now();
  let answeredAt = Date.now();
  let restsUntil = 0;
  let failures = 0; // in a row
  let quiet = 0; // polls in a row that brought nothing new
  /** @type {(() => void) | undefined} */
  let cancel;
  /** @type {MessageList | undefined} */
  let list;

  const unread = () => (list ? list.count(base.unread) : base.unread);

  /** @returns {StoreState} */
  const state = () => ({
    unread: unread(),
    asOf: base.asOf,
    isGone,
    list: list?.state(),
  });

  const notify = (arrived = 0) => {
    last = unread();
    changed(state(), arrived);
  };

  /** Tell the other tabs what this one shows. */
  const say = () => tell({ unread: unread(), asOf: base.asOf });

  // --- asking ---------------------------------------------------------------------

  /** Ask after a pause, but not before the server wants to be asked. */
  const plan = (soon = false) => {
    cancel?.();
    if (!leads || isGone) return;
    const now = clock.now();
    const pause = failures
      ? LEAST_PAUSE * 2 ** (failures - 1)
      : FIRST_PAUSE * 1.5 ** quiet;
    const jitter = 1 + Math.random() / 4;
    const wish = soon ? 0 : Math.min(pause, LONGEST_PAUSE) * jitter;
    const at = Math.max(now + wish, askedAt + LEAST_PAUSE, restsUntil);
    cancel = clock.later(poll, at - now);
  };

  /** Want an answer as soon as that may be. */
  const want = () => {
    if (leads) plan(true);
    else tell({ isWanted: true });
  };

  const poll = async () => {
    if (isAsking) return;
    isAsking = true;
    askedAt = clock.now();
    const before = moves;
    let isNow = false;
    try {
      const count = await (list?.isWatched() ? list.renew() : asking.unread());
      // What a mark may have changed meanwhile says nothing.
      isNow = !!count && before === moves && !marking.size;
      if (isNow) take(/** @type {Count} */ (count));
    } catch (refusal) {
      isNow = true;
      refuse(/** @type {Refusal} */ (refusal));
    }
    isAsking = false;
    plan(!isNow);
  };

  /** @param {Count} count @param {boolean} isNews whether messages have come */
  const show = (count, isNews) => {
    const before = last;
    base = count;
    list?.compare(base.unread);
    notify(isNews && before !== null ? Number(unread()) - before : 0);
    return before === last;
  };

  /** Take a count that no mark on its way can have changed. */
  const take = (/** @type {Count} */ count) => {
    failures = 0;
    answeredAt = Date.now();
    quiet = show(count, true) ? quiet + 1 : 0;
    say();
  };

  /** @param {Refusal} refusal */
  const refuse = (refusal) => {
    failures++;
    restsUntil = clock.now() + (refusal.pause || 0);
    if (refusal.isGone) leave();
    else show({ asOf: answeredAt, ...base }, false);
  };

  /** Keep nothing of the user. */
  const forget = () => {
    base = { unread: null };
    mayHaveMissed = true;
    moves++;
    marking.clear();
    list?.clear();
    notify();
  };

  const leave = () => {
    isGone = true;
    tell({ isGone });
    forget();
  };

  // --- marks ----------------------------------------------------------------------

  /** @param {string} key @param {string[] | null} ids */
  const begin = (key, ids) => {
    moves++;
    marking.set(key, ids);
  };

  /** @param {string} key */
  const end = (key) => {
    moves++;
    return marking.delete(key);
  };

  /** @param {StoreNews} news of another tab */
  const hear = ({ mark, done, ids, isWanted, ...news }) => {
    if (isGone || (isWanted && !leads)) return;
    if (isWanted) {
      if (base.unread !== null) say();
      return want();
    }
    if (news.isGone) {
      isGone = true;
      return forget();
    }
    if (mark) {
      begin(mark, ids || null);
      clock.later(() => end(mark) && want(), MARKED_WITHIN);
      // The list takes it off the count by itself.
      if (list) return notify();
    }
    if (done && end(done) && ids !== undefined) list?.commit(ids);
    const isAnswer = !mark && !done;
    if (isAnswer) {
      askedAt = clock.now();
      answeredAt = Date.now();
    }
    show({ unread: news.unread ?? null, asOf: news.asOf }, isAnswer);
  };

  return {
    state,
    want,
    hear,
    take,
    refuse,
    forget,
    /** Whether this tab asks for all of the user's tabs. */
    lead: (/** @type {boolean} */ isLeader) => {
      leads = isLeader;
      plan(mayHaveMissed);
      mayHaveMissed = true;
    },
    /** What the list of messages needs; `message_list.js` uses it. */
    inner: () => ({
      asking,
      marking,
      begin,
      end,
      notify,
      tell,
      clock,
      LEAST_PAUSE,
      base: () => base,
      moves: () => moves,
      /** @param {Count} count */
      correct: (count) => void (base = count),
      /** @param {() => MessageList} make */
      list: (make) => (list = list || make()),
    }),
  };
};

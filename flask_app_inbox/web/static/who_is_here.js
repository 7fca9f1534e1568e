// Who is here: whether the users whose things a page shows are still logged in. All
// tabs of a browser find it out together; bell and panel only listen.
//
// A user is known by the tag that the page carries, and is here, gone or, while the
// page is put away, unknown. Only an answer of the site changes that: to a look at
// `url`, or to what a widget asked, which it gives to `learn`. The verdict goes to the
// other tabs, too. A newer question beats an older one, whichever is answered first.
//
// A look is wanted when the page is shown, focused, online again or back from the
// history, when the site dispatches `check`, when a widget sees the page change, and
// when a page of another tab went away and none of the same users came in its place.

/**
 * @typedef {object} Verdict
 * @property {number} at when it was asked for
 * @property {string[]} here tags of users who are logged in
 * @property {string[] | true} gone tags of those who are not; true: all others
 * @property {AnswerCode} [code] why they are gone, if the site says so
 *
 * @typedef {Pick<Answer, "at" | "pause">} FailedLook
 *
 * @typedef {object} News of another tab; it has one of these
 * @property {true} [left] its page went away
 * @property {string[]} [arrived] users whom its page was made for
 * @property {boolean} [isFresh] whether that page came from the site just now
 * @property {Verdict} [verdict]
 * @property {FailedLook} [failure]
 *
 * @typedef {object} Watch
 * @property {string} user
 * @property {(isHere: boolean | undefined, code: AnswerCode) => void} hear
 */

/**
 * @param {string} url that tells who is logged in
 * @param {string} check the site's event on `document` that asks for a look
 * @param {boolean} [alone] whether everybody else is gone where one user is here
 */
const whoIsHere = (url, check, alone) => {
  const LEAST_PAUSE = 1000; // milliseconds between two looks of a tab
  const LONGEST_PAUSE = 60000; // after looks that failed
  const NEXT_PAGE_WITHIN = 1000;
  const SPREADS_WITHIN = 50; // what one tab tells the others
  const NAME = "who-is-here " + url;
  /** @type {any[]} */
  const [CHANGED, LOST] = ["user_changed", "not_an_operator"];

  /** @type {Set<Watch>} */
  const watches = new Set();
  /** @type {Map<string, number>} users whom the page shows no more, and since when */
  const doubted = new Map();
  let newest = 0; // when the verdict that counts was asked for
  let wanted = 0; // an answer to a question from then on; 0: none
  let lookedAt = 0;
  let pacedUntil = 0; // by the clock that nobody sets
  let restsUntil = 0; // by that clock, because a look failed
  let failures = 0; // in a row
  let isLooking = false;
  let isAway = false; // in the back/forward cache
  let hasArrived = false;
  let leftAt = 0;
  let departures = 0; // of pages in other tabs that no page has followed
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let patience;
  /** @type {BroadcastChannel | undefined} */
  let tabs;
  /** @type {AbortController | undefined} */
  let visit;

  const users = () => [
    ...new Set([...[...watches].map(({ user }) => user), ...doubted.keys()]),
  ];

  /** @param {News} news */
  const tell = (news) => tabs?.postMessage(news);

  // --- looks ----------------------------------------------------------------------

  /** Whether a newer question was answered; not if the clock was set back. */
  const isOvertaken = (/** @type {number} */ at) =>
    at < newest && newest - at < LONGEST_PAUSE;

  const plan = () => {
    clearTimeout(timer);
    const earliest = Math.max(pacedUntil, restsUntil);
    timer = setTimeout(takeTurn, earliest - performance.now());
  };

  /** Want an answer to a question asked since then, as soon as that may be. */
  const want = (/** @type {number} */ since) => {
    if (!users().length || isOvertaken(since)) return;
    wanted = since;
    restsUntil = 0;
    plan();
  };
  const look = () => want(Date.now());

  const takeTurn = async () => {
    if (isLooking) return;
    isLooking = true;
    try {
      await inTurn(ask);
    } finally {
      isLooking = false;
    }
    // It came too late for this look, or this turn too early: timers are not exact.
    if (wanted && users().length) plan();
  };

  /** Run work after that of other tabs, where the browser can arrange it. */
  const inTurn = async (/** @type {() => Promise<void>} */ work) => {
    const { locks } = navigator;
    if (!locks || !visit) {
      await siteEndpoint.sleep(Math.random() * 300);
      return work();
    }
    const { signal } = visit;
    const left = new Promise((resolve) => (signal.onabort = resolve));
    let isMine = false;
    const turn = () => {
      isMine = true;
      return Promise.race([work(), left]);
    };
    try {
      await locks.request(NAME, { signal }, turn);
    } catch (error) {
      if (signal.aborted) return; // the page goes, whether it had its turn or not
      if (isMine) throw error;
      await work(); // there are no locks in this page
    }
  };

  const ask = async () => {
    // Another tab may have asked meanwhile.
    const asked = users();
    if (!wanted || !asked.length || performance.now() < restsUntil) return;
    lookedAt = Date.now();
    pacedUntil = performance.now() + LEAST_PAUSE;
    const answer = await siteEndpoint.ask("GET", url, asked.join());
    if (!learn(answer, asked, true)) {
      const failure = { at: answer.at, pause: answer.pause };
      tell({ failure });
      fail(failure);
    }
    await siteEndpoint.sleep(SPREADS_WITHIN);
  };

  /** @param {FailedLook} failure in this tab or another */
  const fail = ({ at, pause }) => {
    if (!wanted || wanted > at) return;
    const backoff = LEAST_PAUSE * 2 ** Math.min(failures++, 6);
    const rest = Math.min(Math.max(pause, backoff), LONGEST_PAUSE);
    restsUntil = performance.now() + rest;
    plan();
  };

  // --- verdicts -------------------------------------------------------------------

  /** @param {Verdict} verdict */
  const believe = ({ at, here, gone, code }) => {
    if (isAway || isOvertaken(at)) return;
    newest = at;
    if (wanted <= at) wanted = failures = 0;
    if (leftAt <= at) departures = 0;
    for (const [user, since] of doubted) if (since <= at) doubted.delete(user);
    const isSame = users().some((user) => here.includes(user));
    const why = code || (isSame ? LOST : CHANGED);
    for (const { user, hear } of [...watches]) {
      if (here.includes(user)) hear(true, why);
      else if (gone === true || gone.includes(user)) hear(false, why);
    }
  };

  /**
   * Take an answer of the site for what it says about its users.
   * @param {Answer} answer
   * @param {string[]} asked the tags that it was asked with
   * @param {boolean} [isLook]
   * @returns {boolean} whether it says anything
   */
  const learn = ({ at, status, code, body }, asked, isLook) => {
    /** @type {Verdict} */
    const verdict = { at, here: [], gone: asked };
    if (status === 401) verdict.gone = true;
    else if (status === 204 || (status === 200 && body)) {
      const listed = body && body.users;
      verdict.here = listed || asked;
      verdict.gone = listed || alone ? true : [];
    } else if (![302, 403, 409].includes(status)) {
      // Whatever else answers a look, such as a login page, it is no "yes".
      if (!isLook || status < 200 || status === 429 || status > 499)
        return false;
    }
    if (!verdict.here.length) verdict.code = code;
    tell({ verdict });
    believe(verdict);
    return true;
  };

  // --- other tabs -----------------------------------------------------------------

  /** @param {News} news */
  const hearNews = ({ left, arrived, isFresh, verdict, failure }) => {
    if (verdict) believe(verdict);
    if (failure) fail(failure);
    if (left) {
      departures++;
      leftAt = Date.now();
      clearTimeout(patience);
      patience = setTimeout(() => departures && want(leftAt), NEXT_PAGE_WITHIN);
    }
    if (!arrived) return;
    if (!users().every((user) => arrived.includes(user))) look();
    else if (isFresh && departures) departures--;
  };

  const open = () => {
    if ("AbortController" in self) visit = new AbortController();
    if (!("BroadcastChannel" in self)) return;
    tabs = new BroadcastChannel(NAME);
    tabs.onmessage = ({ data }) => hearNews(data);
  };

  const close = () => {
    tell({ left: true });
    tabs?.close();
    tabs = undefined;
    visit?.abort();
    clearTimeout(timer);
    clearTimeout(patience);
    wanted = departures = 0;
  };

  /** Tell the other tabs whom this page was made for. */
  const arrive = () => {
    if (hasArrived) return;
    hasArrived = true;
    /** @type {any[]} */
    const [from] = performance.getEntriesByType("navigation");
    const isFresh = from?.type !== "back_forward" && from?.transferSize > 0;
    tell({ arrived: users(), isFresh });
  };

  addEventListener("pagehide", () => {
    close();
    isAway = true;
    for (const { hear } of [...watches]) hear(undefined, CHANGED);
  });
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    isAway = false;
    newest = Date.now(); // nobody may be who they were
    open();
    look();
  });
  addEventListener("focus", look);
  addEventListener("online", look);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") look();
  });
  document.addEventListener(check, look);
  open();

  return {
    look,
    learn,
    /** Look for a user whom this page shows no more: other tabs may show them. */
    doubt: (/** @type {string} */ user) => {
      doubted.set(user, Date.now());
      look();
    },
    /**
     * Hear what becomes of a user.
     * @param {Watch["user"]} user
     * @param {Watch["hear"]} hear
     * @returns {() => void} ends it
     */
    watch: (user, hear) => {
      const watch = { user, hear };
      watches.add(watch);
      Promise.resolve().then(arrive);
      return () => void watches.delete(watch);
    },
  };
};

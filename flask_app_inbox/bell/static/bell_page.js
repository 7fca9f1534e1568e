// A page with bells of the site: one store for all of them, of the page's user.

/**
 * Events on `document`: each with its name after `app-inbox:`, and its detail.
 * @typedef {["change", { unread: number | null, asOf?: number }]} ChangeEvent The
 *   count is another one, or from another time. `unread` is null if nobody knows it.
 */

/**
 * @typedef {object} AppInboxStore `window.appInbox`, for those who draw it themselves
 * @property {() => StoreState} state
 * @property {BellContext["subscribe"]} subscribe
 * @property {() => void} check ask soon
 * @property {() => Promise<MessageList>} list of the messages
 */

const startBells = () => {
  /** @type {any} */
  const shared = window;
  // Libraries show another page in the same document.
  if (shared.appInbox) return shared.appInbox.check();

  /** @type {Set<(state: StoreState, arrived: number) => void>} */
  const hearers = new Set();
  /** @type {any} what our scripts and bells in the page say; the last one counts */
  let settings = {};
  /** @type {any} the element that said something last */
  let told;
  /** @type {Store} */
  let store;
  /** @type {ReturnType<typeof openTabs>} */
  let tabs;
  /** @type {StoreState} */
  let shown;
  let openedAt = 0;

  /** @param {StoreState} state @param {number} arrived */
  const show = (state, arrived) => {
    const { unread, asOf } = state;
    const isSame = shown?.unread === unread && shown.asOf === asOf;
    shown = state;
    for (const hear of [...hearers]) {
      try {
        hear(state, arrived);
      } catch (error) {
        reportError(error); // one that the site wrote keeps nobody else from hearing
      }
    }
    if (!isSame) announce(document, "change", { unread, asOf });
  };

  const join = () => {
    if (!hearers.size) return;
    tabs.join();
    if (shown.unread === null) store.want();
  };

  const now = () => performance.now();

  const leave = () => {
    tabs?.leave();
    store?.forget();
  };

  const open = () => {
    leave();
    openedAt = now();
    const { unread, old } = shown ? {} : settings;
    /** @type {Store} */
    const mine = openStore(
      { unread: unread ? +unread : null, old },
      siteMessages(settings),
      (news) => mine === store && tabs.tell(news),
      (state, arrived) => mine === store && show(state, arrived),
      {
        now,
        later: (work, pause) => {
          const timer = setTimeout(work, pause);
          return () => clearTimeout(timer);
        },
      },
    );
    store = mine;
    tabs = openTabs(settings.unreadUrl + settings.user, mine.hear, mine.lead);
    show(mine.state(), 0);
    join();
  };

  /** See whose page it is now. */
  const look = () => {
    const { user } = settings;
    const before = told;
    // A library may leave the script of a page before, or not run that of this one.
    for (told of document.querySelectorAll(
      "script[data-unread-url], app-inbox-bell",
    )) {
      settings = { ...settings, ...told.dataset };
    }
    const isNews = told !== before && now() > openedAt + LEAST_PAUSE;
    if (user !== settings.user || (shown.isGone && isNews)) open();
  };

  /** See whose page it is now, and ask soon. */
  const check = () => {
    look();
    store.want();
  };

  /** @type {AppInboxStore["subscribe"]} */
  const subscribe = (hear) => {
    look();
    hearers.add(hear);
    join();
    hear(shown, 0);
    return () => {
      hearers.delete(hear);
      // An element that moves is gone for a moment only; another one may have come.
      queueMicrotask(() => (hearers.size ? look() : tabs.leave()));
    };
  };

  const module = () => import(settings.panel);

  look();
  shared.appInbox = {
    state: () => shown,
    subscribe,
    check,
    list: async () => (await module()).listOf(store),
  };
  defineBell({
    subscribe,
    store: () => store,
    settings: () => settings,
    module,
  });

  // A morph changes the elements that are there.
  new MutationObserver(look).observe(document, {
    subtree: true,
    attributeFilter: ["data-user"],
  });
  addEventListener("visibilitychange", join);
  addEventListener("app-inbox:check", check, true); // it need not bubble
  addEventListener("focus", check);
  addEventListener("online", check);
  addEventListener("pageshow", join);
  addEventListener("pagehide", leave);
  // Older browsers lack it.
  shared.navigation?.addEventListener("currententrychange", check);
};

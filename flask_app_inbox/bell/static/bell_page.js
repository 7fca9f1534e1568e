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

/** @param {HTMLElement} own its settings are this element's data attributes */
const startBells = (own) => {
  const SETTINGS = "script[data-unread-url]";
  const LATER = 100; // milliseconds
  /** @type {any} */
  const shared = window;
  // Libraries show another page in the same document.
  if (shared.appInbox?.check) return announce(document, "check");

  /** @type {Set<(state: StoreState, arrived: number) => void>} */
  const hearers = new Set();
  /** @type {any} as the page says them now: a morph changes them */
  let settings = own.dataset;
  /** @type {string} of the store */
  let user;
  /** @type {Store} */
  let store;
  /** @type {ReturnType<typeof openTabs>} */
  let tabs;
  /** @type {StoreState} */
  let shown;

  /** @param {StoreState} state @param {number} arrived */
  const show = (state, arrived) => {
    const { unread, asOf } = state;
    const isNew = shown?.unread !== unread || shown.asOf !== asOf;
    shown = state;
    if (state.isGone) tabs.leave(); // who holds the lock and asks nobody is in the way
    for (const hear of [...hearers]) {
      try {
        hear(state, arrived);
      } catch (error) {
        reportError(error); // one that the site wrote keeps nobody else from hearing
      }
    }
    if (isNew) announce(document, "change", { unread, asOf });
  };

  const join = () => {
    if (!hearers.size || shown.isGone) return;
    tabs.join();
    if (shown.unread === null || store.base.old) store.want();
  };

  const open = () => {
    /** @type {HTMLElement | null} */
    const bell = document.querySelector("app-inbox-bell");
    const { unread, old } = /** @type {DOMStringMap} */ (
      (!shown && bell?.dataset) || {}
    );
    /** @type {Store} */
    const mine = openStore(
      { unread: unread ? +unread : null, old },
      siteMessages(settings),
      (news) => mine === store && tabs.tell(news),
      (state, arrived) => mine === store && show(state, arrived),
      {
        now: () => performance.now(),
        later: (work, pause) =>
          clearTimeout.bind(null, setTimeout(work, pause)),
      },
    );
    store = mine;
    user = settings.user;
    tabs = openTabs(settings.unreadUrl + user, user, mine.hear, mine.lead);
    show(mine.state(), 0);
    join();
  };

  const leave = () => {
    store.forget();
    tabs.leave(null); // after that, since who is told may join
  };

  /** See whose page it is now. */
  const look = () => {
    const before = settings;
    /** @type {NodeListOf<HTMLElement>} */
    const scripts = document.querySelectorAll(SETTINGS);
    for (const { dataset } of scripts) settings = dataset;
    if (settings.user !== user || (shown.isGone && settings !== before)) {
      leave();
      open();
    }
  };

  /** See whose page it is now, and ask soon. */
  const check = () => {
    look();
    store.want();
  };

  /** @type {AppInboxStore["subscribe"]} */
  const subscribe = (hear) => {
    hearers.add(hear);
    join();
    hear(shown, 0);
    return () => {
      hearers.delete(hear);
      // An element that moves is gone for a moment only.
      queueMicrotask(() => {
        if (hearers.size) return;
        tabs.leave();
        // Libraries put the page of somebody else in its place, or a visitor's.
        if (!document.querySelector(SETTINGS)) store.forget();
      });
    };
  };

  const module = () => import(settings.panel);

  open();
  shared.appInbox = {
    state: () => shown,
    subscribe,
    check,
    list: async () => {
      const list = (await module()).listOf(store);
      list.isWatched = true; // the site says when it is not
      return list;
    },
  };
  const begin = () => {
    if (customElements.get("app-inbox-bell")) return;
    defineBell({
      subscribe,
      store: () => store,
      settings: () => settings,
      module,
    });
    // A morph makes the script of the next page of the one that is there.
    new MutationObserver(look).observe(document, {
      subtree: true,
      attributeFilter: ["data-user"],
    });
    look();
    // The page that goes for one of the history says so when that one is there.
    addEventListener("visibilitychange", () => setTimeout(join, LATER));
    addEventListener("online", check);
    addEventListener("focus", check);
    addEventListener("pageshow", () => setTimeout(join, LATER));
    // Older browsers lack it.
    shared.navigation?.addEventListener("currententrychange", check);
  };
  // Where the server's bell is there, the page's first frame waits for none of this.
  if (!document.querySelector("app-inbox-bell")?.shadowRoot) begin();
  setTimeout(begin, LATER);
  addEventListener("click", begin, true); // somebody may be quicker
  addEventListener("focus", begin, true);
  addEventListener("pagehide", begin, true); // so that what the server drew goes, too
  addEventListener("pagehide", leave);
  addEventListener("app-inbox:check", check, true); // it need not bubble
};

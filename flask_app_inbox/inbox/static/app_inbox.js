// The page's side of flask-app-inbox: tokens from the site, one `init` for the
// vendor, one user.

/**
 * Start. In a page that has started already it does nothing more than that page needs.
 * @param {HTMLElement} own its settings are this element's data attributes
 */
const startAppInbox = (own) => {
  const NEXT_PAGE_WITHIN = 300; // milliseconds
  /** @type {{ status: number, code: any }} */
  const CHANGED = { status: 409, code: "user_changed" };

  // An `init` in an inline script, and comments that begin a line of one.
  const INIT = /\beS["'\]?.\s]*\(\s*["'`]init["'`]/;
  const COMMENTS = /^\s*(\/\/.*$|\/\*[^]*?\*\/)/gm;

  /** @typedef {((...command: any[]) => void) & {q?: any[]}} Vendor */
  /**
   * What all runs of this script in a page share; a swapped page runs it again.
   * @typedef {object} Shared
   * @property {boolean} [begun]
   * @property {Element} [newest] run of this script
   * @property {boolean} [called] whether `init` was called since the first run
   * @property {unknown[]} [init] what we called it with
   */
  /** @type {Window & {eS?: Vendor, __appInbox?: Shared, trustedTypes?: any}} */
  const page = window;
  const { tokenUrl = "", anchor = "", user = "", ...settings } = own.dataset;
  const flags = JSON.parse(settings.features || "{}");

  /**
   * Codes of this script. The manual's tables are made from these lists.
   * @typedef {object} OwnCodes
   * @property {never} script_blocked The vendor's script did not load: often a
   *   content blocker, or Trusted Types without the policy `app-inbox`.
   * @property {never} script_missing `SCRIPT_ID` is unset, and some seconds after the
   *   page there is still no loader of the vendor in it.
   * @property {never} second_init The page calls `eS('init')` itself. Then the script
   *   makes none and there is no bell; a call that comes after its own makes two.
   *   Remove that call.
   */
  /** @typedef {ProblemCode | keyof AnswerCodes | keyof OwnCodes} Code */
  /**
   * Events on `document`: each with its name after `app-inbox:`, and its detail.
   * @typedef {["token", undefined?]} TokenEvent A token was issued.
   * @typedef {["unknown-contact", undefined?]} UnknownContactEvent The vendor does
   *   not know the contact.
   * @typedef {["error", { code: Code }]} ErrorEvent There is no token, or no widget.
   *   `code` is one of the endpoint's codes or of the script's own.
   *
   * @typedef {TokenEvent | UnknownContactEvent | ErrorEvent} PageEvent
   */

  /** @type {(...event: PageEvent) => unknown} */
  const announce = (...[name, detail]) =>
    document.dispatchEvent(new CustomEvent("app-inbox:" + name, { detail }));

  // --- one init for each page -------------------------------------------------

  /** @param {HTMLScriptElement} script */
  const pathOf = ({ src }) => src && new URL(src).pathname;
  /** @param {HTMLScriptElement} script */
  const isVendors = (script) => pathOf(script).startsWith("/scripts/");

  const tellSecondInit = () => {
    console.warn(
      "App Inbox: the page calls eS('init') itself. Take that call out: the " +
        "vendor wants one init per page, and app_inbox() makes it.",
    );
    announce("error", { code: "second_init" });
  };

  /**
   * Hear of each `init` from now on: a proxy stands before the vendor's function, and
   * before each that replaces it. It changes no call.
   */
  const listen = () => {
    /** @type {Shared} */
    const shared = {};
    /** @type {Vendor | undefined} */
    let proxy;
    /** Tell a foreign call from ours, when the vendor's script takes it from the queue. */
    const isForeign = (/** @type {unknown[]} */ command) => {
      if (!shared.init || command[1] !== shared.init[1]) return !!shared.init;
      const caller = document.currentScript;
      if (command[1] || !(caller instanceof HTMLScriptElement)) return false;
      return !isVendors(caller);
    };
    /** @param {Vendor | undefined} eS */
    const stand = (eS) => {
      if (eS === proxy) return;
      if (typeof eS !== "function") return (proxy = eS);
      proxy = new Proxy(eS, {
        apply: (target, self, command) => {
          if (command[0] === "init") {
            if (isForeign(command)) tellSecondInit();
            shared.called = true;
          }
          return Reflect.apply(target, self, command);
        },
      });
    };
    stand(page.eS);
    try {
      Object.defineProperty(page, "eS", {
        get: () => proxy,
        set: stand,
        configurable: true,
        enumerable: true,
      });
    } catch {
      // Declared by `var`: what replaces it goes unheard.
      page.eS = proxy;
    }
    return shared;
  };

  /** Whether the page calls `init` itself: in its text, in the queue, or so far. */
  const pageHasInit = () =>
    shared.called ||
    Array.from((page.eS && page.eS.q) || []).some(
      // Either common kind of stand-in keeps calls in its own way.
      ([first]) => first === "init" || (first && first[0] === "init"),
    ) ||
    [...document.scripts].some(
      ({ src, type, text }) =>
        !src && !/json/.test(type) && INIT.test(text.replace(COMMENTS, "")),
    );

  /** Call back once the page's own scripts have run; later ones may always come. */
  const whenParsed = (/** @type {() => void} */ then) => {
    /** @type {any[]} */
    const [timing] = performance.getEntriesByType("navigation");
    const parsed =
      document.readyState === "complete" ||
      (timing && timing.domContentLoadedEventStart);
    if (parsed) then();
    else document.addEventListener("DOMContentLoaded", then);
  };

  // --- one user for each page -------------------------------------------------

  const MARK = "data-app-inbox-bell";
  /** @type {Element | null} */
  let place = null; // the anchor, or the box around anchor and bell
  /** @type {Set<Element>} */
  let ownContent = new Set(); // what the site put there itself
  /** @type {[Element, Comment][]} */
  let taken = []; // parts of the bell and what stands in for them
  let gone = ""; // why the bell is away: nobody, or somebody else, is logged in now

  const findPlace = () => {
    place =
      document.querySelector("[data-app-inbox-place]") ||
      document.querySelector(anchor);
    ownContent = new Set(place ? place.children : []);
  };

  /** The live parts of the bell: what came to its place after us. */
  const bell = () =>
    place ? [...place.children].filter((part) => !ownContent.has(part)) : [];

  const takeBell = () => {
    for (const part of bell()) {
      const standIn = new Comment();
      part.replaceWith(standIn);
      taken.push([part, standIn]);
    }
  };

  const giveBellBack = () => {
    for (const [part, standIn] of taken) standIn.replaceWith(part);
    taken = [];
  };

  /** @param {{ status: number, code: Code }} answer */
  const emptyIfGone = ({ status, code }) => {
    if (gone === code || (status !== 401 && status !== 409)) return;
    gone = code;
    takeBell();
    announce("error", { code });
  };

  const checkUser = async () => {
    const url = tokenUrl.replace(/token$/, "user");
    const answer = await siteEndpoint.ask("GET", url, user);
    emptyIfGone(answer);
    if (answer.status === 204 && !gone) giveBellBack();
  };

  /** Hear from other tabs who is on their page, and when a page goes away. */
  const watchTabs = () => {
    /** @type {BroadcastChannel} */
    let tabs;
    /** @type {ReturnType<typeof setTimeout>} */
    let check;
    const join = () => {
      tabs = new BroadcastChannel("app-inbox " + tokenUrl);
      tabs.onmessage = ({ data }) => {
        clearTimeout(check);
        if (!data) check = setTimeout(checkUser, NEXT_PAGE_WITHIN);
        else if (data !== user) emptyIfGone(CHANGED);
      };
      tabs.postMessage(user);
    };
    addEventListener("pagehide", () => {
      takeBell(); // a page that comes back may come back to somebody else
      tabs.postMessage("");
      tabs.close();
    });
    addEventListener("pageshow", ({ persisted }) => {
      if (!persisted) return;
      join();
      checkUser();
    });
    document.addEventListener("app-inbox:check", checkUser);
    join();
  };

  /** Where a library swaps the page's body, put the bell into the new one. */
  const watchSwaps = () =>
    new MutationObserver(() => {
      if (!place) findPlace();
      const parts = bell();
      // Libraries keep copies of pages for the way back: a mark tells dead bells.
      for (const part of parts) part.setAttribute(MARK, "");
      if (gone) takeBell();
      if (!place || place.isConnected) return;
      const first = parts.includes(place.children[0]);
      for (const dead of document.querySelectorAll(`[${MARK}]`)) dead.remove();
      findPlace();
      if (place && first) place.prepend(...parts);
      else if (place) place.append(...parts);
      const script = document.body.querySelector("script[data-user]");
      if (!script) checkUser();
      else if (script.getAttribute("data-user") !== user) emptyIfGone(CHANGED);
    }).observe(document, { childList: true, subtree: true });

  // --- tokens -----------------------------------------------------------------

  /** Fetch a token, patiently; "" for a contact that the vendor does not know. */
  const fetchToken = async () => {
    if (gone) throw new Error("App Inbox: user_changed");
    const answer = await siteEndpoint.insist(tokenUrl, user);
    const token = answer.status === 200 && answer.body && answer.body.token;
    if (typeof token === "string") {
      announce(token ? "token" : "unknown-contact");
      return token;
    }
    emptyIfGone(answer);
    if (!gone) announce("error", { code: answer.code });
    throw new Error("App Inbox: " + answer.code);
  };

  /** Return a function that fetches at once and anew for each later call. */
  const tokenSource = () => {
    /** @type {Promise<string> | undefined} */
    let early = fetchToken();
    early.catch(() => {}); // whoever takes it later hears of it
    return () => {
      const token = early || fetchToken();
      early = undefined;
      return token;
    };
  };

  // --- the vendor's script ----------------------------------------------------

  // The stand-in keeps calls as the documented one does: arguments of arguments.
  /** @returns {Vendor} */
  const vendor = () => {
    /** @type {any} */
    const queue = function () {
      queue.c(arguments);
    };
    queue.q = [];
    queue.c = function () {
      queue.q.push(arguments);
    };
    return page.eS || (page.eS = queue);
  };

  /** @param {string} source */
  const trusted = (source) => {
    const rules = { createScriptURL: () => source };
    try {
      const policy = page.trustedTypes.createPolicy("app-inbox", rules);
      return policy.createScriptURL(source);
    } catch {
      return source; // there are none, or the page may have a default policy
    }
  };

  /** Load the vendor's script unless the page carries it already. */
  const loadVendor = (/** @type {string} */ source) => {
    const path = new URL(source).pathname;
    if ([...document.scripts].some((script) => pathOf(script) === path)) return;
    const script = document.createElement("script");
    script.async = true;
    script.nonce = own.nonce;
    script.onerror = () => announce("error", { code: "script_blocked" });
    try {
      script.src = trusted(source);
    } catch {
      return announce("error", { code: "script_blocked" }); // by Trusted Types
    }
    document.head.append(script);
  };

  /** Without a script id the page itself has to load the vendor's script. */
  const missLoader = () => {
    if ([...document.scripts].some(isVendors)) return;
    console.warn("App Inbox: no vendor script here. Set APP_INBOX_SCRIPT_ID.");
    announce("error", { code: "script_missing" });
  };

  /**
   * Make the inbox's place ready.
   * @param {() => Promise<string>} getAuthTokenCallback
   * @returns {unknown[]} what follows "init"
   */
  const prepareInbox = (getAuthTokenCallback) => {
    findPlace(); // as the site made it
    watchSwaps();
    if (!document.querySelector(anchor)) {
      const advice = "so the bell has no place. Use {{ app_inbox_anchor() }}.";
      console.warn(
        `App Inbox: nothing matches the anchor ${anchor}, ${advice}`,
      );
    }
    const options = { getAuthTokenCallback, language: settings.language };
    return settings.form === "options"
      ? [options]
      : [{ ...flags, APP_INBOX: true }, options];
  };

  /** @param {(() => Promise<string>) | undefined} source of tokens, for a contact */
  const start = (source) => {
    if (pageHasInit()) {
      tellSecondInit();
    } else {
      const plain = settings.features ? [flags] : [];
      const init = source ? prepareInbox(source) : plain;
      vendor()("init", ...init);
      shared.init = ["init", ...init];
    }
    if (settings.script) loadVendor(settings.script);
    else if (source) setTimeout(missLoader, 5000); // it may come late, after a consent
  };

  const begin = () => {
    if (shared.begun || shared.newest !== own) return;
    shared.begun = true;
    const source = tokenUrl ? tokenSource() : undefined;
    if (source) watchTabs();
    whenParsed(() => start(source));
  };

  const shared = (page.__appInbox = page.__appInbox || listen());
  shared.newest = own;
  const { appInboxConsent } = document.documentElement.dataset;
  if (settings.consent === undefined || appInboxConsent === "yes") begin();
  else document.addEventListener("app-inbox:consent", begin);
};

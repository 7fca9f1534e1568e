// The page's side of flask-app-inbox: tokens from the site, one `init` for the
// vendor, one user. Its settings are its own element's data attributes.
(() => {
  "use strict";

  const RETRIES = 3;
  const RETRIED = [0, 429, 502, 503, 504]; // 0: no answer from the site
  const FIRST_PAUSE = 500; // milliseconds, doubled with each retry
  const LONGEST_PAUSE = 60000;
  const ANSWER_WITHIN = 20000;
  const NEXT_PAGE_WITHIN = 300;
  const CHANGED = { status: 409, code: "user_changed", pause: 0 };

  /** @typedef {{status: number, token?: string, code: string, pause: number}} Answer */
  /** @typedef {((...command: unknown[]) => void) & {q?: any[]}} Vendor */
  /** @type {Window & {eS?: Vendor, __appInbox?: boolean, trustedTypes?: any}} */
  const page = window;
  const own = document.currentScript;
  if (!(own instanceof HTMLScriptElement) || page.__appInbox) return;
  page.__appInbox = true;
  const { tokenUrl = "", anchor = "", user = "", ...settings } = own.dataset;
  const flags = JSON.parse(settings.features || "{}");

  /** @param {string} name @param {{ code: string }} [detail] */
  const announce = (name, detail) =>
    document.dispatchEvent(new CustomEvent("app-inbox:" + name, { detail }));

  /** @param {string} code */
  const rejection = (code) =>
    Object.assign(new Error("App Inbox: " + code), { code });

  /** @param {string} method @param {string} url @returns {Promise<Answer>} */
  const ask = async (method, url) => {
    try {
      const response = await fetch(url, {
        method,
        headers: { "X-App-Inbox-User": user },
        credentials: "same-origin",
        cache: "no-store",
        redirect: "manual",
        signal: AbortSignal.timeout(ANSWER_WITHIN),
      });
      const body = (await response.json().catch(() => null)) || {};
      return {
        status: response.status || 302, // a redirect shows no status
        token: response.ok ? body.token : undefined,
        code: body.code || "unexpected_answer",
        pause: Number(response.headers.get("Retry-After")) * 1000 || 0,
      };
    } catch {
      return { status: 0, code: "network", pause: 0 };
    }
  };

  // --- one user for each page -------------------------------------------------

  /** @type {HTMLElement | null} */
  let place = null; // where the bell is, kept while pages are swapped around it
  let gone = false; // nobody, or somebody else, is logged in now

  /** @returns {HTMLElement | null} */
  const findPlace = () =>
    document.querySelector("[data-app-inbox-place]") ||
    document.querySelector(anchor);

  /** @param {boolean} hidden */
  const hide = (hidden) => {
    place = place || findPlace();
    if (place) place.hidden = hidden;
  };

  /** @param {Answer} answer */
  const emptyIfGone = ({ status, code }) => {
    if (gone || (status !== 401 && status !== 409)) return;
    gone = true;
    hide(true);
    if (place) place.replaceChildren();
    announce("error", { code });
  };

  const checkUser = async () => {
    const { href } = new URL("user", new URL(tokenUrl, location.href));
    const answer = await ask("GET", href);
    emptyIfGone(answer);
    if (answer.status === 204) hide(gone);
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
      hide(true); // a page that comes back may come back to somebody else
      tabs.postMessage("");
      tabs.close();
    });
    addEventListener("pageshow", ({ persisted }) => {
      if (!persisted) return;
      join();
      checkUser();
    });
    join();
  };

  /** Where a library swaps the page's body, put the bell into the new one. */
  const watchSwaps = () =>
    new MutationObserver(() => {
      place = place || findPlace();
      if (!place || place.isConnected) return;
      const next = findPlace();
      if (next) {
        // The old body may be kept for the way back: it keeps an empty place.
        place.replaceWith(next.cloneNode());
        next.replaceWith(place);
      }
      const script = document.body.querySelector("script[data-user]");
      if (!script) checkUser();
      else if (script.getAttribute("data-user") !== user) emptyIfGone(CHANGED);
    }).observe(document, { childList: true, subtree: true });

  // --- tokens -----------------------------------------------------------------

  /** Fetch a token, trying again where that may help; "": unknown contact. */
  const fetchToken = async () => {
    for (let attempt = 0; ; attempt++) {
      if (gone) throw rejection(CHANGED.code);
      const answer = await ask("POST", tokenUrl);
      if (typeof answer.token === "string") {
        announce(answer.token ? "token" : "unknown-contact");
        return answer.token;
      }
      emptyIfGone(answer);
      if (gone) throw rejection(answer.code);
      const again = attempt < RETRIES && RETRIED.includes(answer.status);
      if (!again || answer.pause > LONGEST_PAUSE) {
        announce("error", { code: answer.code });
        throw rejection(answer.code);
      }
      const backoff = FIRST_PAUSE * 2 ** attempt;
      const pause = Math.max(answer.pause, backoff) + Math.random() * backoff;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
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
    return (page.eS = page.eS || queue);
  };

  /** @param {string} source */
  const trusted = (source) => {
    if (!page.trustedTypes) return source;
    const rules = { createScriptURL: () => source };
    try {
      const policy = page.trustedTypes.createPolicy("app-inbox", rules);
      return policy.createScriptURL(source);
    } catch {
      return source; // the page allows no policy of ours; it may have a default
    }
  };

  /** Load the vendor's script unless the page carries it already. */
  const loadVendor = () => {
    const source = settings.script;
    if (!source) return;
    const { pathname } = new URL(source);
    const loaders = [...document.scripts].filter(({ src }) => src);
    if (loaders.some(({ src }) => new URL(src).pathname === pathname)) return;
    const script = document.createElement("script");
    script.async = true;
    script.nonce = own.nonce;
    script.onerror = () => announce("error", { code: "script_blocked" });
    script.src = trusted(source);
    document.head.append(script);
  };

  /** @param {Vendor} eS with calls kept by either common kind of stand-in */
  const hasInit = (eS) =>
    Array.from(eS.q || []).some(
      ([first]) => first === "init" || (first && first[0] === "init"),
    );

  /** @param {() => Promise<string>} getAuthTokenCallback */
  const initInbox = (getAuthTokenCallback) => {
    if (!findPlace()) {
      const mend = "so the bell has no place. Use {{ app_inbox_anchor() }}.";
      console.warn(`App Inbox: nothing matches the anchor ${anchor}, ${mend}`);
    }
    const options = { getAuthTokenCallback, language: settings.language };
    if (settings.form === "options") vendor()("init", options);
    else vendor()("init", { ...flags, APP_INBOX: true }, options);
  };

  const start = () => {
    if (hasInit(vendor())) {
      const why = "The vendor wants one init per page, so the bell stays away";
      console.warn(
        `App Inbox: eS('init') is called twice. ${why}. Take one out.`,
      );
      announce("error", { code: "second_init" });
    } else if (source) {
      initInbox(source);
    } else {
      vendor()("init", ...(settings.features ? [flags] : []));
    }
    loadVendor();
  };

  const source = tokenUrl ? tokenSource() : undefined;
  if (source) {
    watchTabs();
    watchSwaps();
  }
  if (document.readyState !== "loading") start();
  else document.addEventListener("DOMContentLoaded", start);
})();

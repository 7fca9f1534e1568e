// The page's side of flask-app-inbox: tokens from the site, one `init` for the
// vendor. Its settings are the data attributes of its own script element.
(() => {
  "use strict";

  const RETRIES = 3;
  const RETRIED = [0, 429, 502, 503, 504]; // 0: no answer from the site
  const FIRST_PAUSE = 500; // milliseconds, doubled with each retry
  const LONGEST_PAUSE = 60000;
  const ANSWER_WITHIN = 20000;

  /**
   * @typedef {{status: number, token?: string, code: string, pause: number}} Answer
   * @typedef {((...command: unknown[]) => void) & {q?: any[]}} Vendor
   */

  /** @type {Window & {eS?: Vendor, __appInbox?: boolean, trustedTypes?: any}} */
  const page = window;
  const own = document.currentScript;
  if (!(own instanceof HTMLScriptElement) || page.__appInbox) return;
  page.__appInbox = true;
  const settings = own.dataset;

  /**
   * @param {string} name
   * @param {Record<string, unknown>} [detail]
   */
  const announce = (name, detail) =>
    document.dispatchEvent(new CustomEvent("app-inbox:" + name, { detail }));

  /** @param {string} code */
  const failure = (code) => {
    announce("error", { code });
    return Object.assign(new Error("App Inbox: " + code), { code });
  };

  /** @param {number} milliseconds */
  const sleep = (milliseconds) =>
    new Promise((resolve) => setTimeout(resolve, milliseconds));

  /**
   * Ask the site once.
   * @returns {Promise<Answer>}
   */
  const ask = async () => {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), ANSWER_WITHIN);
    try {
      const response = await fetch(settings.tokenUrl || "", {
        method: "POST",
        headers: { "X-App-Inbox-User": settings.user || "" },
        credentials: "same-origin",
        cache: "no-store",
        redirect: "manual",
        signal: abort.signal,
      });
      const redirected = response.type === "opaqueredirect";
      const body = await response.json().catch(() => null);
      return {
        status: redirected ? 302 : response.status,
        token: response.ok && body ? body.token : undefined,
        code: (body && body.code) || "unexpected_answer",
        pause: Number(response.headers.get("Retry-After") || 0) * 1000 || 0,
      };
    } catch {
      return { status: 0, code: "network", pause: 0 };
    } finally {
      clearTimeout(timer);
    }
  };

  /**
   * Fetch a token, trying again where that may help.
   * @returns {Promise<string>} "" for a contact that the vendor does not know
   */
  const fetchToken = async () => {
    for (let attempt = 0; ; attempt++) {
      const answer = await ask();
      if (typeof answer.token === "string") {
        announce(answer.token ? "token" : "unknown-contact");
        return answer.token;
      }
      const again = attempt < RETRIES && RETRIED.includes(answer.status);
      if (!again || answer.pause > LONGEST_PAUSE) throw failure(answer.code);
      const backoff = FIRST_PAUSE * 2 ** attempt;
      await sleep(Math.max(answer.pause, backoff) + Math.random() * backoff);
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

  /**
   * Return the vendor's function, or a stand-in that keeps its calls in the
   * very form of the documented one: the arguments of `c`, of which the first
   * is the arguments of the call.
   * @returns {Vendor}
   */
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
      return page.trustedTypes
        .createPolicy("app-inbox", rules)
        .createScriptURL(source);
    } catch {
      return source; // the page allows no policy of ours; it may have a default
    }
  };

  /** Load the vendor's script unless the page carries it already. */
  const loadVendor = () => {
    const source = settings.script;
    if (!source) return;
    const { pathname } = new URL(source);
    for (const script of document.scripts) {
      if (script.src && new URL(script.src).pathname === pathname) return;
    }
    const script = document.createElement("script");
    script.async = true;
    script.nonce = own.nonce;
    script.onerror = () => announce("error", { code: "script_blocked" });
    script.src = trusted(source);
    document.head.append(script);
  };

  /**
   * Tell whether the page queued an `init`, by either common kind of stand-in.
   * @param {Vendor} eS
   */
  const hasInit = (eS) =>
    Array.from(eS.q || []).some(
      ([first]) => first === "init" || (first && first[0] === "init"),
    );

  const start = () => {
    const eS = vendor();
    if (hasInit(eS)) {
      console.warn(
        "App Inbox: this page calls eS('init') itself. The vendor wants one " +
          "init per page, so the bell stays away: take that call out.",
      );
      failure("second_init");
    } else if (source) {
      if (settings.anchor && !document.querySelector(settings.anchor)) {
        console.warn(
          "App Inbox: nothing matches the anchor " +
            settings.anchor +
            ", so the bell has no place. Put {{ app_inbox_anchor() }} there.",
        );
      }
      const features = { ...flags, APP_INBOX: true };
      const options = {
        getAuthTokenCallback: source,
        language: settings.language,
      };
      if (settings.form === "options") eS("init", options);
      else eS("init", features, options);
    } else if (Object.keys(flags).length) {
      eS("init", flags);
    } else {
      eS("init");
    }
    loadVendor();
  };

  const flags = JSON.parse(settings.features || "{}");
  const source = settings.tokenUrl ? tokenSource() : undefined;
  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", start);
  } else {
    start();
  }
})();

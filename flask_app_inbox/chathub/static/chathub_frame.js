// The frame's side of the operator panel. A document of its own for each token:
// the vendor's module runs once per document and finds its element by a fixed id.
(() => {
  "use strict";

  const own = document.currentScript;
  if (!(own instanceof HTMLScriptElement) || parent === window) return;
  const source = own.dataset.script || "";

  /** @param {"waiting" | "loaded" | "blocked" | "failed" | "doubted"} news */
  const tell = (news) => parent.postMessage({ chathub: news }, location.origin);

  /** @param {string} url */
  const trusted = (url) => {
    const types = /** @type {any} */ (window).trustedTypes;
    if (!types) return url;
    try {
      return types
        .createPolicy("chathub", { createScriptURL: () => url })
        .createScriptURL(url);
    } catch {
      return url; // the page allows no policy of ours; it may have a default
    }
  };

  /** @param {string} token */
  const mount = (token) => {
    const script = document.createElement("script");
    script.type = "module";
    script.id = "operator-chat-panel-script";
    script.nonce = own.nonce;
    script.setAttribute("token", token);
    script.onload = () => tell("loaded");
    script.onerror = () => tell("blocked");
    script.src = trusted(source);
    document.body.append(script);
  };

  /** @param {MessageEvent} event */
  const receive = (event) => {
    if (event.origin !== location.origin || event.source !== parent) return;
    const token = event.data && event.data.chathubToken;
    if (typeof token !== "string" || !token) return;
    removeEventListener("message", receive);
    mount(token);
  };

  // How the vendor's script tells of a token that died is not documented: an error on
  // the window, or a promise that nobody caught. It counts from the vendor's script
  // alone; where nobody can tell whose words they are, the page asks the site.
  const ABOUT_TOKENS = /token|expired|unauthori[sz]ed|\b40[13]\b/i;
  const OF_THE_BROWSER = /unexpected|\b(Syntax|Type|Reference|Range)Error\b/i;

  /**
   * @param {unknown} words
   * @param {any} error
   * @param {string} [file] that it came from
   */
  const listen = (words, error, file = "") => {
    const text = `${(error && error.name) || ""}: ${words}`;
    if (!ABOUT_TOKENS.test(text) || OF_THE_BROWSER.test(text)) return;
    if (error instanceof DOMException) return;
    const from = `${file} ${(error && error.stack) || ""}`;
    if (from.includes(new URL(source, location.href).origin)) tell("failed");
    else if (!/\bhttps?:/.test(from)) tell("doubted");
  };
  addEventListener("error", ({ message, error, filename }) =>
    listen(message, error, filename),
  );
  addEventListener("unhandledrejection", ({ reason }) =>
    listen((reason && reason.message) || reason, reason),
  );

  // Not by a style sheet: a policy may forbid one, and old browsers construct none.
  for (const { style } of [document.documentElement, document.body]) {
    style.margin = "0";
    style.height = "100%";
  }
  addEventListener("message", receive);
  tell("waiting");
})();

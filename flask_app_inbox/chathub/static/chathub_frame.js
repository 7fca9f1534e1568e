// The frame's side of the operator panel. A document of its own for each token:
// the vendor's module runs once per document and finds its element by a fixed id.
(() => {
  "use strict";

  const own = document.currentScript;
  if (!(own instanceof HTMLScriptElement) || parent === window) return;
  const source = own.dataset.script || "";

  /** @param {"waiting" | "loaded" | "blocked" | "failed"} news */
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

  // How the vendor's script tells of a token that died is not documented: an
  // error on the window, or a promise that nobody caught.
  /** @param {unknown} words */
  const listen = (words) => {
    if (/token|expired|unauthori[sz]ed|\b40[13]\b/i.test(String(words))) {
      tell("failed");
    }
  };
  addEventListener("error", (event) => listen(event.message));
  addEventListener("unhandledrejection", ({ reason }) =>
    listen((reason && reason.message) || reason),
  );

  const style = new CSSStyleSheet();
  style.replaceSync("html, body { margin: 0; height: 100%; }");
  document.adoptedStyleSheets.push(style);
  addEventListener("message", receive);
  tell("waiting");
})();

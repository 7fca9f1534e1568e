// The bell of a page that no template renders. It asks the site for what a template
// would have got, and starts the page script with that. <app-inbox-bell> is where the
// bell is shown; the bell outlives it, because the vendor draws it once in a page.
(() => {
  const own = document.currentScript;
  if (!(own instanceof HTMLScriptElement)) {
    throw new Error("App Inbox: load embed.js by a script element.");
  }
  if (customElements.get("app-inbox-bell")) return; // the page has it already
  const address = new URL("embed", own.src).href;

  /** @typedef {{ tag: string, attributes: Record<string, string>, children: Rendered[] }} Rendered */

  /** @type {string | undefined} whom the page script was started for; "": nobody */
  let user;
  let isAsking = false;
  let isStale = false; // whether somebody logged in or out since we asked

  // --- where the bell is shown ------------------------------------------------

  /** @type {Set<HTMLElement>} elements of the document; the newest is the last */
  const places = new Set();

  /** What goes from element to element: the anchor, with the bell in it or beside it. */
  const holder = makeElement("div");

  /** Put the bell into the newest element; out of sight while there is none. */
  const settle = () => {
    if (!holder.firstChild) return;
    const place = [...places].pop();
    const parent = place || document.documentElement;
    holder.style.display = place ? "contents" : "none";
    if (holder.parentNode !== parent) parent.append(holder);
  };

  // Before the page script's own observer, which must never find the anchor gone.
  const emptied = new MutationObserver(settle);

  class AppInboxBell extends HTMLElement {
    connectedCallback() {
      if (this.getRootNode() !== document) {
        console.warn(
          "App Inbox: <app-inbox-bell> is in a shadow tree, where the vendor's " +
            "script does not look for the anchor. Put it outside.",
        );
        return;
      }
      places.add(this);
      emptied.observe(this, { childList: true });
      settle();
    }

    disconnectedCallback() {
      places.delete(this);
      settle();
    }
  }

  // --- what the site gives ----------------------------------------------------

  /** @param {Rendered} rendered @returns {HTMLElement} */
  const build = ({ tag, attributes, children }) => {
    const element = makeElement(/** @type {"div"} */ (tag), attributes);
    element.append(...children.map(build));
    return element;
  };

  /** @param {Record<string, string>} attributes of the script that a template gets */
  const start = (attributes) => {
    const settings = document.createElement("div");
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("data-")) settings.setAttribute(name, value);
    }
    settings.nonce = own.nonce;
    user = settings.dataset.user || "";
    startAppInbox(settings);
  };

  /** @param {Answer} answer */
  const take = ({ status, body, code }) => {
    if (status !== 200 || !body) return announceInbox("error", { code });
    if (!holder.firstChild && body.anchor) {
      holder.append(build(body.anchor));
      settle();
    }
    if (!body.script) return; // nobody is logged in, or the extension is off
    const { attributes } = body.script;
    if (user === undefined) start(attributes);
    else if (attributes["data-user"]) sayReload();
  };

  /** Ask who is logged in, until the page script does so itself. */
  const look = async () => {
    isStale = isAsking;
    if (user || isAsking) return;
    isAsking = true;
    const answer = await siteEndpoint.insist(address, "", undefined, "GET");
    isAsking = false;
    take(answer);
    if (isStale) look();
  };

  customElements.define("app-inbox-bell", AppInboxBell);
  document.addEventListener("app-inbox:check", look);
  look();
})();

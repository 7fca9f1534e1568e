// The element that draws the bell. It is one button in a shadow tree, which no style
// sheet and no library of the page can tear; the panel comes when somebody is about to
// open it.

/**
 * @typedef {object} BellPanel
 * @property {() => void} toggle
 * @property {() => void} close
 *
 * @typedef {object} BellContext what the bells of a page share
 * @property {(hear: (state: StoreState, arrived: number) => void) => () => void} subscribe
 * @property {() => Store} store of the page's user
 * @property {() => { language: string, user: string, texts: string }} settings
 * @property {() => Promise<any>} module of the panel
 *
 * @typedef {BellContext & { plural: plural, announce: announce }} BellTools
 */

/** @type {DocumentFragment | undefined} a shadow tree as the site draws it */
let pattern;

/**
 * Tell the page what happens.
 * @param {EventTarget} target
 * @param {string} name after `app-inbox:`
 * @param {object} [detail]
 * @returns whether nobody has cancelled it
 */
const announce = (target, name, detail) =>
  target.dispatchEvent(
    new CustomEvent("app-inbox:" + name, {
      detail,
      bubbles: true,
      cancelable: true,
    }),
  );

/** @param {HTMLElement} host @param {BellContext} page */
const wireBell = (host, page) => {
  const root = host.shadowRoot || host.attachShadow({ mode: "open" });
  // A copy of a bell whose user went has none.
  if (!root.children[1]) {
    // Parsers of libraries leave the shadow tree in its template, and templates of
    // libraries lose it.
    /** @type {HTMLTemplateElement | null} */
    const spare = document.querySelector("template[data-bell]");
    const drawn =
      host.querySelector("template")?.content || pattern || spare?.content;
    if (drawn) root.replaceChildren(drawn.cloneNode(true));
  }
  const [button, status] = /** @type {any} */ (root.children);
  if (!status) return; // nobody has drawn a bell in this page yet
  const badge = button.lastElementChild;
  root.children[2]?.remove(); // a copy may have the panel of another one
  button.role = "button";
  button.ariaExpanded = "false";

  /** @type {Promise<BellPanel> | undefined} */
  let panel;
  const prepare = () => {
    panel ||= page
      .module()
      .then(({ openPanel }) =>
        openPanel(host, button, { ...page, plural, announce }),
      );
    panel.catch(() => (panel = undefined));
    return panel;
  };
  button.onpointerenter = button.onfocus = prepare; // a touch enters, too
  /** @type {Promise<unknown> | undefined} */
  let coming;
  button.onclick = (/** @type {MouseEvent} */ event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    // A second click must not close what the first one opens.
    coming ||= prepare()
      .then(({ toggle }) => toggle())
      .catch(() => navigator.onLine && location.assign(button.href))
      .finally(() => (coming = undefined));
  };
  button.onkeydown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === " ") {
      event.preventDefault();
      button.click();
    }
  };

  return {
    close: () => panel?.then(({ close }) => close()),
    /** @param {StoreState & { unread: any }} state @param {number} arrived */
    render: ({ unread, asOf, isGone }, arrived) => {
      const { language, user, texts } = page.settings();
      const said = JSON.parse(texts);
      if (isGone || (host.dataset.user ?? user) !== user) {
        button.remove();
        status.textContent = "";
      } else if (!button.parentNode) root.prepend(button);
      const told = unread ? plural(said.unread, unread, language) : said.none;
      const name = said.title + (unread === null ? "" : ", " + told);
      button.setAttribute("aria-label", name);
      badge.textContent = unread > 99 ? "99+" : unread || "";
      badge.hidden = !unread;
      host.dataset.unread = unread ?? "";
      host.toggleAttribute("data-stale", !!asOf);
      // Of several bells one says it that is not hidden.
      if (
        arrived > 0 &&
        host ===
          [...document.querySelectorAll(host.localName)].find(
            (bell) => bell.clientWidth,
          )
      ) {
        status.textContent = plural(said.arrived, arrived, language);
      }
    },
  };
};

/** @param {BellContext} page */
const defineBell = (page) =>
  customElements.define(
    "app-inbox-bell",
    class extends HTMLElement {
      /** @type {ReturnType<typeof wireBell> | undefined} */
      parts;
      /** @type {(() => void) | undefined} */
      stop;

      connectedCallback() {
        this.parts ||= wireBell(this, page);
        this.stop = this.parts && page.subscribe(this.parts.render);
      }

      disconnectedCallback() {
        this.stop?.();
        this.parts?.close();
      }
    },
  );

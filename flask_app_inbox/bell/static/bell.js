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
 * @property {() => DOMStringMap} settings
 * @property {() => Promise<any>} module of the panel
 */

/** @type {DocumentFragment | undefined} a shadow tree as the site draws it */
let pattern;

/** @param {HTMLElement} host @param {BellContext} page */
const wireBell = (host, page) => {
  const root = host.shadowRoot || host.attachShadow({ mode: "open" });
  if (!root.firstChild) {
    // Parsers of libraries leave the shadow tree in its template.
    const drawn = host.querySelector("template")?.content || pattern;
    if (drawn) root.append(drawn.cloneNode(true));
  }
  const [button, status] = /** @type {any} */ (root.children);
  if (!button) return; // nobody has drawn a bell in this page yet
  const badge = button.lastElementChild;
  if (!pattern) {
    pattern = new DocumentFragment();
    pattern.append(button.cloneNode(true), status.cloneNode());
  }
  button.setAttribute("role", "button");
  button.setAttribute("aria-expanded", "false");

  /** @type {Promise<BellPanel> | undefined} */
  let panel;
  const prepare = () => {
    panel =
      panel ||
      page.module().then(({ openPanel }) => openPanel(host, button, page));
    panel.catch(() => (panel = undefined));
    return panel;
  };
  button.onpointerenter = button.onfocus = prepare; // a touch enters, too
  button.onclick = (/** @type {MouseEvent} */ event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    prepare().then(
      ({ toggle }) => toggle(),
      () => location.assign(button.href),
    );
  };
  button.onkeydown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    button.click();
  };

  return {
    close: () => panel?.then(({ close }) => close()),
    /** @param {StoreState} state @param {number} arrived */
    render: ({ unread, asOf, isGone }, arrived) => {
      const { language, user, texts } = page.settings();
      const { title, none, ...said } = JSON.parse(texts || "{}");
      if (isGone || (host.dataset.user ?? user) !== user) button.remove();
      else if (!button.parentNode) root.prepend(button);
      const told = unread ? plural(said.unread, unread, language) : none;
      const name = unread === null ? title : title + ", " + told;
      button.setAttribute("aria-label", name);
      badge.textContent = Number(unread) > 99 ? "99+" : unread || "";
      badge.hidden = !unread;
      host.dataset.unread = /** @type {any} */ (unread ?? "");
      host.toggleAttribute("data-stale", !!asOf);
      if (arrived > 0 && host === document.querySelector(host.localName)) {
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
        this.parts = this.parts || wireBell(this, page);
        if (this.parts) this.stop = page.subscribe(this.parts.render);
      }

      disconnectedCallback() {
        this.stop?.();
        this.parts?.close();
      }
    },
  );

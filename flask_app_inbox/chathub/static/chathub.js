// The operator panel as an element of the page: tabs, one panel for each of the
// user's organizations, and nothing of one while the user is no operator there. It
// draws in a shadow tree, where libraries that morph the page do not look. A template
// gives the element its attributes; where none did, it asks the site for them.
(() => {
  const LOOK_EVERY = 60000; // milliseconds

  const own = document.currentScript;
  const isScript = own instanceof HTMLScriptElement;
  const nonce = isScript ? own.nonce : "";
  const embedUrl = isScript ? new URL("embed", own.src).href : "";

  /**
   * @typedef {object} Place of one organization
   * @property {Organization} organization
   * @property {HTMLElement} element
   * @property {HTMLElement} tab
   * @property {boolean} isOurs whether the user is its operator
   * @property {() => void} unwatch
   * @property {InstanceType<typeof OperatorPanel>} [panel] once it was looked at
   */

  /** @type {Set<ChatHubPanel>} */
  const elements = new Set();
  /** @type {ReturnType<typeof whoIsHere> | undefined} */
  let who;
  let lastId = 0;

  class ChatHubPanel extends HTMLElement {
    constructor() {
      super();
      this.root = this.attachShadow({ mode: "open" });
      /** @type {Place[]} */
      this.places = [];
      this.list = makeElement("div", {
        class: "chathub-tabs",
        role: "tablist",
      });
      this.list.onkeydown = (event) => this.steer(event);
      this.turn = 0; // which of the questions for its attributes counts
      /** @type {string[]} names of the attributes that the site gave */
      this.given = [];
    }

    static get observedAttributes() {
      return ["data-organizations", "organization"];
    }

    connectedCallback() {
      if (this.places.length) return; // it was only moved
      const begin = () => this.isConnected && this.begin();
      if (!(/** @type {any} */ (document).prerendering)) begin();
      else document.addEventListener("prerenderingchange", begin);
    }

    disconnectedCallback() {
      setTimeout(() => this.isConnected || this.close());
    }

    /**
     * @param {string} name
     */
    attributeChangedCallback(name) {
      if (name === "organization") {
        if (this.turn && this.isConnected) this.ask();
      } else if (this.places.length) {
        // A library makes this element that of another user.
        this.close();
        this.open();
      }
    }

    begin() {
      elements.add(this);
      if (this.dataset.organizations) this.open();
      else this.ask();
    }

    /** Ask the site what a template would have got, and draw that. */
    async ask() {
      const turn = ++this.turn;
      const organization = this.getAttribute("organization") || "";
      const query = organization && `?${new URLSearchParams({ organization })}`;
      const { status, body, code } = await siteEndpoint.insist(
        `${embedUrl}${query}`,
        "",
        undefined,
        "GET",
      );
      if (turn !== this.turn || !this.isConnected) return;
      if (status !== 200 || !body) {
        return announcePanel("error", { organization, code });
      }
      /** @type {Record<string, string>} */
      const attributes = body.panel ? body.panel.attributes : {};
      const { organizations } = this.dataset;
      if (attributes["data-organizations"] === organizations) return;
      this.close();
      this.given.forEach((name) => this.removeAttribute(name));
      this.given = Object.keys(attributes);
      for (const name of this.given) this.setAttribute(name, attributes[name]);
      this.begin();
    }

    /** Ask anew who an element belongs to that no template has made. */
    look() {
      if (this.turn && !this.places.some(({ isOurs }) => isOurs)) this.ask();
    }

    // --- places -------------------------------------------------------------------

    open() {
      if (this.places.length) return;
      const { organizations = "[]", texts = "{}", userUrl = "" } = this.dataset;
      who = who || whoIsHere(userUrl, "chathub:check");
      this.texts = JSON.parse(texts);
      this.list.setAttribute("aria-label", this.texts.organizations);
      addPanelStyle(this.root, nonce);
      this.root.append(this.list);
      this.places = JSON.parse(organizations).map(
        (/** @type {Organization} */ organization) => this.place(organization),
      );
      this.draw();
    }

    /**
     * @param {Organization} organization
     * @returns {Place}
     */
    place(organization) {
      const id = `chathub-${++lastId}`;
      const tab = makeElement(
        "button",
        { type: "button", role: "tab", id, "aria-controls": id + "-panel" },
        organization[0],
      );
      const element = makeElement("div", {
        class: "chathub-place",
        id: id + "-panel",
      });
      /** @type {Place} */
      const place = {
        organization,
        element,
        tab,
        isOurs: true,
        unwatch: () => {},
      };
      tab.onclick = () => this.select(place);
      if (who) {
        place.unwatch = who.watch(organization[1], (isHere, code) =>
          this.hear(place, isHere, code),
        );
      }
      return place;
    }

    /** Show the places of which the user is the operator; no frame is moved. */
    draw() {
      const ours = this.places.filter(({ isOurs }) => isOurs);
      const several = this.places.length > 1;
      this.list.hidden = !several || !ours.length;
      this.list.replaceChildren(...ours.map(({ tab }) => tab));
      /** @type {HTMLElement} */
      let last = this.list;
      for (const { isOurs, element, tab } of this.places) {
        if (!isOurs) element.remove();
        else if (element.parentNode !== this.root) last.after(element);
        if (!isOurs) continue;
        last = element;
        if (several) {
          element.setAttribute("role", "tabpanel");
          element.setAttribute("aria-labelledby", tab.id);
        } else {
          element.removeAttribute("role");
          element.removeAttribute("aria-labelledby");
        }
      }
      const chosen = ours.find(
        ({ tab }) => tab.getAttribute("aria-selected") === "true",
      );
      if (ours[0]) this.select(chosen || ours[0]);
    }

    /**
     * Show one organization; the panels of the others go on behind it.
     * @param {Place} chosen
     */
    select(chosen) {
      for (const place of this.places) {
        const isChosen = place === chosen;
        place.element.hidden = !isChosen;
        place.tab.setAttribute("aria-selected", String(isChosen));
        place.tab.setAttribute("tabindex", isChosen ? "0" : "-1");
      }
      const { organization } = chosen;
      chosen.panel ??= new OperatorPanel(chosen.element, {
        settings: this.dataset,
        texts: this.texts,
        organization,
        learn: (answer) => who?.learn(answer, [organization[1]]),
      });
    }

    /** @param {KeyboardEvent} event */
    steer(event) {
      const tabs = /** @type {HTMLElement[]} */ ([...this.list.children]);
      const at = tabs.findIndex((tab) => tab === this.root.activeElement);
      const forward = getComputedStyle(this).direction === "rtl" ? -1 : 1;
      /** @type {Record<string, number>} */
      const targets = {
        Home: 0,
        End: tabs.length - 1,
        ArrowRight: at + forward,
        ArrowLeft: at - forward,
      };
      const target = targets[event.key];
      if (target === undefined || at < 0) return;
      event.preventDefault();
      const tab = tabs[(target + tabs.length) % tabs.length];
      tab.focus();
      tab.click();
    }

    // --- who is here --------------------------------------------------------------

    /**
     * @param {Place} place
     * @param {boolean | undefined} isHere
     * @param {PanelCode} code
     */
    hear(place, isHere, code) {
      if (place.isOurs === Boolean(isHere)) return;
      place.isOurs = Boolean(isHere);
      const [organization, user] = place.organization;
      if (!isHere) {
        place.panel?.stop();
        place.panel = undefined;
        operatorTokens.forget(user);
        place.tab.setAttribute("aria-selected", "false");
      }
      const draw = () => {
        this.draw();
        if (isHere === false) this.look(); // another operator may be here
      };
      Promise.resolve().then(draw); // once all places have heard
      if (isHere === false) announcePanel("removed", { organization, code });
    }

    /** The page shows this element no more, and perhaps the user has gone, too. */
    close() {
      elements.delete(this);
      const shown = [...elements].flatMap(({ places }) => places).map(userOf);
      for (const place of this.places) {
        place.panel?.stop();
        place.unwatch();
        const user = userOf(place);
        if (!shown.includes(user)) who?.doubt(user);
      }
      this.places = [];
      this.root.replaceChildren();
    }
  }

  const userOf = (/** @type {Place} */ { organization: [, user] }) => user;

  const wake = () => {
    if (document.visibilityState !== "visible") return;
    for (const { places } of elements) {
      for (const { panel } of places) panel?.look();
    }
  };

  // Turbo and htmx run a page's scripts again.
  if (customElements.get("chathub-panel")) return;
  addEventListener("online", wake);
  addEventListener("focus", wake);
  document.addEventListener("visibilitychange", wake);
  document.addEventListener("chathub:check", () => {
    for (const element of elements) element.look();
  });
  // A page that came with an element of its own told who is here by that.
  onPageChange(
    () => [[...elements].pop()],
    ([newest], [last]) => {
      const isDoubtful = newest === last;
      if (isDoubtful) who?.look();
      return isDoubtful;
    },
  );
  setInterval(() => {
    wake();
    if (document.visibilityState === "visible") who?.look();
  }, LOOK_EVERY);
  customElements.define("chathub-panel", ChatHubPanel);
})();

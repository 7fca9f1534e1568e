// The operator panel as an element of the page: tabs, one panel for each of the
// user's organizations, and nothing of it once they are no longer an operator. A
// template gives the element its attributes; where none did, it asks the site for them.
(() => {
  "use strict";

  const LOOKS = [100, 500, 1000, 3000]; // after another tab may have logged out
  const LOOK_EVERY = 60000;

  const { Panel, all, forget } = operatorPanels;

  const own = document.currentScript;
  const embedUrl =
    own instanceof HTMLScriptElement ? new URL("embed", own.src).href : "";

  /** Whether the user still is who the page was made for, in all tabs. */
  const session = (() => {
    /** @type {BroadcastChannel | undefined} */
    let channel;
    /** @type {ReturnType<typeof setTimeout>[]} */
    let looks = [];

    const check = () => all.forEach((panel) => panel.check());
    const checkSoon = () => {
      looks.forEach(clearTimeout);
      looks = LOOKS.map((pause) => setTimeout(check, pause));
    };
    const open = () => {
      if (channel) return;
      channel = new BroadcastChannel("chathub");
      channel.onmessage = checkSoon;
    };
    /** Let the other tabs look, too. */
    const spread = () => channel?.postMessage("look");
    const close = () => {
      spread();
      channel?.close();
      channel = undefined;
    };
    return { check, open, spread, close };
  })();

  /**
   * @typedef {object} Place of one organization
   * @property {[string, string]} organization its alias, the operator's tag
   * @property {HTMLElement} element
   * @property {HTMLElement} [tab]
   * @property {InstanceType<typeof Panel>} [panel] once it was looked at
   */

  let lastId = 0;

  class ChatHubPanel extends HTMLElement {
    static observedAttributes = ["organization"];

    constructor() {
      super();
      /** @type {Place[] | undefined} */
      this.places = undefined;
      /** @type {string[]} names of the attributes that the site gave */
      this.given = [];
      this.turn = 0; // which of the questions counts
    }

    connectedCallback() {
      if (this.places) return; // it was only moved
      if (this.dataset.organizations) this.build();
      else this.ask();
    }

    attributeChangedCallback() {
      if (!this.isConnected || !this.turn) return; // it has not asked
      this.clear();
      this.ask();
    }

    /** Ask again, unless there is a panel or a template has made the element. */
    look() {
      if (!this.places && !this.dataset.organizations) this.ask();
    }

    /**
     * Ask the site what a template would have got, and draw that.
     * @param {string} [former] organizations whose panels have just been taken away
     */
    async ask(former) {
      const turn = ++this.turn;
      const organization = this.getAttribute("organization") || "";
      const query = organization && `?${new URLSearchParams({ organization })}`;
      const { status, body, code } = await siteEndpoint.insist(
        `${embedUrl}${query}`,
        "",
        undefined,
        "GET",
      );
      if (turn !== this.turn || !this.isConnected || this.places) return;
      if (status !== 200 || !body) {
        const detail = { organization, code };
        document.dispatchEvent(new CustomEvent("chathub:error", { detail }));
        return;
      }
      /** @type {Record<string, string>} */
      const attributes = body.panel ? body.panel.attributes : {};
      const { "data-organizations": organizations } = attributes;
      if (!organizations || organizations === former) return;
      this.given = Object.keys(attributes);
      for (const name of this.given) this.setAttribute(name, attributes[name]);
      this.build();
    }

    disconnectedCallback() {
      setTimeout(() => {
        if (this.isConnected) return; // it was only moved
        this.clear();
        session.spread(); // for a page that was swapped after a logout
      });
    }

    /** Draw the places, tabs if there are several, and the first one's panel. */
    build() {
      const { organizations = "[]", texts = "{}" } = this.dataset;
      /** @type {Place[]} */
      const places = JSON.parse(organizations).map(
        (/** @type {[string, string]} */ organization) => ({
          organization,
          element: makeElement("div", { class: "chathub-place" }),
        }),
      );
      this.places = places;
      this.replaceChildren(...places.map(({ element }) => element));
      if (places.length > 1) {
        this.prepend(this.tabs(places, JSON.parse(texts).organizations));
      }
      if (places[0]) this.select(places[0]);
    }

    /**
     * @param {Place[]} places
     * @param {string} label
     */
    tabs(places, label) {
      const list = makeElement("div", {
        class: "chathub-tabs",
        role: "tablist",
        "aria-label": label,
      });
      for (const place of places) {
        const id = `chathub-${++lastId}`;
        const tab = makeElement(
          "button",
          { type: "button", role: "tab", id, "aria-controls": id + "-panel" },
          place.organization[0],
        );
        tab.onclick = () => this.select(place);
        place.tab = tab;
        place.element.id = id + "-panel";
        place.element.setAttribute("role", "tabpanel");
        place.element.setAttribute("aria-labelledby", id);
        list.append(tab);
      }
      list.onkeydown = (event) => this.steer(event);
      return list;
    }

    /**
     * Show one organization; the panels of the others go on behind it.
     * @param {Place} chosen
     */
    select(chosen) {
      for (const { element, tab } of this.places || []) {
        const isChosen = element === chosen.element;
        element.hidden = !isChosen;
        tab?.setAttribute("aria-selected", String(isChosen));
        tab?.setAttribute("tabindex", isChosen ? "0" : "-1");
      }
      chosen.panel ??= new Panel(
        chosen.element,
        this.dataset,
        chosen.organization,
        () => this.drop(chosen),
      );
    }

    /**
     * Take an organization away whose operator the user is no more.
     * @param {Place} gone
     */
    drop(gone) {
      gone.tab?.remove();
      gone.element.remove();
      this.places = this.places?.filter((place) => place !== gone);
      if (!this.places?.length) this.leave();
      else if (!gone.element.hidden) this.select(this.places[0]);
      session.spread();
      session.check();
    }

    /** @param {KeyboardEvent} event */
    steer(event) {
      const tabs = (this.places || []).map((place) => place.tab);
      const at = tabs.findIndex((tab) => tab === document.activeElement);
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
      tab?.focus();
      tab?.click();
    }

    /** The user is no operator here any more; another one may be. */
    leave() {
      const { organizations } = this.dataset;
      const isGiven = this.given.length > 0;
      this.clear();
      if (isGiven) this.ask(organizations);
    }

    /** Take the panels away, and what the site gave for them. */
    clear() {
      this.places?.forEach(({ panel }) => panel?.stop());
      this.places = undefined;
      this.replaceChildren();
      this.given.forEach((name) => this.removeAttribute(name));
      this.given = [];
    }
  }

  const start = () => {
    /** @returns {NodeListOf<ChatHubPanel>} */
    const elements = () => document.querySelectorAll("chathub-panel");

    const wake = () => {
      if (document.visibilityState !== "visible") return;
      all.forEach((panel) => panel.look());
      session.check();
    };

    // What a page leaves in the back/forward cache must hold nothing of a chat,
    // and whoever comes back may be somebody else.
    addEventListener("pagehide", () => {
      elements().forEach((element) => element.clear());
      forget();
      session.close();
    });
    addEventListener("pageshow", ({ persisted }) => {
      if (!persisted) return;
      session.open();
      elements().forEach((element) => element.connectedCallback());
    });
    addEventListener("online", wake);
    addEventListener("focus", wake);
    document.addEventListener("visibilitychange", wake);
    document.addEventListener("chathub:check", () => {
      session.check();
      elements().forEach((element) => element.look());
    });
    setInterval(wake, LOOK_EVERY);

    const style = new CSSStyleSheet();
    style.replaceSync(STYLE);
    document.adoptedStyleSheets.push(style);
    session.open();
    customElements.define("chathub-panel", ChatHubPanel);
  };

  const STYLE = `
    chathub-panel { display: block; }
    .chathub-tabs { display: flex; flex-wrap: wrap; gap: 0.25rem; }
    .chathub-tabs [role="tab"] {
      padding: 0.5rem 1rem;
      border: 0;
      border-block-end: 3px solid transparent;
      background: none;
      color: inherit;
      font: inherit;
      cursor: pointer;
    }
    .chathub-tabs [aria-selected="true"] {
      border-color: currentColor;
      font-weight: 600;
    }
    .chathub-place {
      position: relative;
      block-size: var(--chathub-height, 36rem);
      border: 1px solid color-mix(in srgb, currentColor 25%, transparent);
      border-radius: 0.5rem;
      overflow: hidden;
    }
    .chathub-place[hidden] { display: none; }
    .chathub-place iframe {
      position: absolute;
      inset: 0;
      inline-size: 100%;
      block-size: 100%;
      border: 0;
    }
    .chathub-place .chathub-next { visibility: hidden; }
    .chathub-notice {
      display: grid;
      place-content: center;
      justify-items: center;
      block-size: 100%;
      text-align: center;
    }
  `;

  // Turbo and htmx run a page's scripts again.
  if (!customElements.get("chathub-panel")) start();
})();

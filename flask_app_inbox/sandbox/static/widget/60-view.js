/**
 * Bell and panel in the page. The view holds no state of its own beyond the
 * nodes: it shows what it is given, and reports what people do.
 *
 * @typedef {"loading" | "ready" | "unknown" | "error" | "offline"} Phase
 * @typedef {object} Shown
 * @property {Phase} phase of the list
 * @property {number | null} count unread; null: not known
 * @property {Message[]} messages
 * @property {boolean} more older ones can be fetched
 * @property {boolean} offline
 * @property {string | null} expanded id of the message that is open
 *
 * @typedef {object} Place a control of the panel that may be drawn anew
 * @property {string} id of its message; "": it is in no message
 * @property {number} index among the controls of its message
 * @property {string} className
 *
 * @typedef {object} Acts
 * @property {() => void} near the pointer or the focus comes to the bell
 * @property {(open: boolean) => void} toggle
 * @property {(id: string) => void} expand
 * @property {() => void} readAll
 * @property {() => void} showMore
 * @property {() => void} retry
 */

/** Keep the tap that dismisses the sheet from what lies under it. */
function swallowClick() {
  const swallow = (/** @type {Event} */ event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  document.addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => document.removeEventListener("click", swallow, true), 500);
}

class View {
  #open = false;
  /** @type {Map<string, MessageItem>} */
  #items = new Map();
  #scene = "";
  #count = /** @type {number | null} */ (null);
  /** @type {Place | null} */
  #lostFocus = null;

  /**
   * @param {HTMLElement} root
   * @param {Speech} speech
   * @param {Acts} acts
   * @param {unknown} icon the site's own SVG
   */
  constructor(root, speech, acts, icon) {
    const { texts } = speech;
    this.root = root;
    this.speech = speech;
    this.acts = acts;
    root.lang = speech.language;
    root.dir = speech.direction;

    const drawing = cleanDrawing(icon) ?? draw(DRAWINGS.bell);
    drawing.setAttribute("aria-hidden", "true");
    this.badge = make("span", "aib-badge");
    this.badge.hidden = true;
    this.badge.setAttribute("aria-hidden", "true");
    this.bell = makeButton(
      "aib-bell",
      () => this.toggle(!this.#open),
      drawing,
      this.badge,
    );
    this.bell.setAttribute("aria-haspopup", "dialog");
    this.bell.setAttribute("aria-controls", "aib-panel");
    this.news = make("div", "aib-hush aib-news");
    this.news.setAttribute("role", "status");

    this.all = makeButton("aib-all", acts.readAll, texts.markAll);
    const close = makeButton(
      "aib-close",
      () => this.toggle(false),
      draw(DRAWINGS.close),
    );
    close.setAttribute("aria-label", texts.close);
    this.notice = make("p", "aib-notice", texts.offline.join(". "));
    this.body = make("div", "aib-body");
    this.panel = make(
      "div",
      "aib-panel",
      make(
        "div",
        "aib-head",
        make("h2", "aib-heading", texts.title),
        this.all,
        close,
      ),
      this.notice,
      this.body,
    );
    this.panel.id = "aib-panel";
    this.panel.tabIndex = -1;
    this.panel.setAttribute("role", "dialog");
    this.panel.setAttribute("aria-label", texts.title);
    // The top layer lifts the panel over whatever the page clips or stacks.
    if ("popover" in this.panel) this.panel.popover = "manual";
    this.list = make("ul", "aib-list");
    this.more = makeButton("aib-more", acts.showMore, texts.more);

    root.append(this.bell, this.news, this.panel);
    this.#listen();
  }

  get open() {
    return this.#open;
  }

  #listen() {
    this.bell.addEventListener("pointerenter", this.acts.near);
    this.bell.addEventListener("focus", this.acts.near);
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.#open) return;
      event.preventDefault();
      this.toggle(false);
    });
    document.addEventListener("pointerdown", (event) => {
      // The path and not contains(): the target may be gone by now.
      if (this.#open && !event.composedPath().includes(this.root)) {
        this.toggle(false, { refocus: false });
        if (matchMedia("(max-width: 479.98px)").matches) swallowClick();
      }
    });
    this.root.addEventListener("focusout", (event) => {
      const to = event.relatedTarget;
      if (this.#open && to instanceof Node && !this.root.contains(to)) {
        this.toggle(false, { refocus: false });
      }
    });
    this.panel.addEventListener("keydown", (event) => this.#waitForList(event));
    // A page that moves the anchor makes the browser close the popover.
    this.panel.addEventListener("toggle", (event) => {
      const { newState } = /** @type {ToggleEvent} */ (event);
      if (newState === "closed" && this.#open) this.toggle(false);
    });
    const place = () => this.#open && this.#place();
    addEventListener("resize", place);
    addEventListener("scroll", place, { capture: true, passive: true });
  }

  /** @param {boolean} open @param {{ refocus?: boolean }} options */
  toggle(open, { refocus = true } = {}) {
    if (open === this.#open) return;
    this.#open = open;
    this.bell.setAttribute("aria-expanded", String(open));
    this.panel.classList.toggle("aib-shown", open);
    if (open) {
      this.#place();
      if (this.panel.popover) this.panel.showPopover();
      this.panel.focus({ preventScroll: true });
    } else {
      const inside = this.panel.contains(document.activeElement);
      if (this.panel.popover) this.panel.hidePopover();
      if (refocus || inside) this.bell.focus({ preventScroll: true });
    }
    this.acts.toggle(open);
  }

  /** Put the panel under the bell, inside the window. */
  #place() {
    const bell = this.bell.getBoundingClientRect();
    const width = this.panel.offsetWidth || 400;
    const room = document.documentElement.clientWidth;
    const wanted =
      bell.left + bell.width / 2 > room / 2 ? bell.right - width : bell.left;
    const left = Math.max(8, Math.min(wanted, room - width - 8));
    const top = Math.max(8, Math.min(bell.bottom + 8, innerHeight - 260));
    this.panel.style.setProperty("--aib-left", `${left}px`);
    this.panel.style.setProperty("--aib-top", `${top}px`);
  }

  /** @param {number} n messages that came in */
  announce(n) {
    this.news.textContent = this.speech.plural(this.speech.texts.arrived, n);
    this.badge.classList.remove("aib-rise");
    requestAnimationFrame(() => this.badge.classList.add("aib-rise"));
  }

  /** @param {Shown} shown */
  show(shown) {
    this.#showCount(shown.count);
    this.root.dataset.aibPhase = shown.phase;
    this.notice.hidden = !shown.offline || shown.phase !== "ready";
    const focused = this.#placeOfFocus();
    this.#offer(
      this.all,
      shown.messages.some(({ unread }) => unread),
    );
    if (shown.phase === "ready" && shown.messages.length) this.#showList(shown);
    else this.#showState(shown.phase);
    this.body.setAttribute("aria-busy", String(shown.phase === "loading"));
    this.#keepFocus(focused, shown.phase);
  }

  /** @param {number | null} count */
  #showCount(count) {
    const { texts, plural, number } = this.speech;
    const words = count ? plural(texts.unread, count) : texts.none;
    const label = count === null ? texts.title : `${texts.title}, ${words}`;
    if (this.bell.getAttribute("aria-label") !== label) {
      this.bell.setAttribute("aria-label", label);
    }
    this.bell.setAttribute("aria-expanded", String(this.#open));
    if (count === this.#count) return;
    this.#count = count;
    this.badge.hidden = !count;
    this.badge.textContent = count
      ? count > 99
        ? `${number(99)}+`
        : number(count)
      : "";
  }

  /** @param {Shown} shown */
  #showList({ messages, expanded, more }) {
    if (this.#scene !== "list") {
      this.#scene = "list";
      this.body.replaceChildren(this.list, this.more);
    }
    const wanted = new Set(messages.map(({ id }) => id));
    for (const [id, item] of this.#items) {
      if (wanted.has(id)) continue;
      item.node.remove();
      this.#items.delete(id);
    }
    let before = this.list.firstElementChild;
    for (const message of messages) {
      const item =
        this.#items.get(message.id) ??
        new MessageItem(message.id, this.speech, this.acts);
      this.#items.set(message.id, item);
      item.show(message, message.id === expanded);
      if (item.node === before) before = before.nextElementSibling;
      else this.list.insertBefore(item.node, before);
    }
    this.#offer(this.more, more);
  }

  /** @param {Phase} phase */
  #showState(phase) {
    if (this.#scene === phase) return;
    this.#scene = phase;
    this.#items.clear();
    this.list.replaceChildren();
    this.body.replaceChildren(
      ...(phase === "loading" ? this.#bones() : [this.#state(phase)]),
    );
  }

  #bones() {
    const { loading } = this.speech.texts;
    const bones = [1, 2, 3].map(() => {
      const lines = [1, 2, 3].map(() => make("span", ""));
      const bone = make("div", "aib-bone", ...lines);
      bone.setAttribute("aria-hidden", "true");
      return bone;
    });
    return [...bones, make("p", "aib-hush aib-loading", loading)];
  }

  /** @param {Exclude<Phase, "loading">} phase */
  #state(phase) {
    const { texts } = this.speech;
    const [title, words] = phase === "ready" ? texts.empty : texts[phase];
    const drawing = phase === "unknown" ? "ready" : phase;
    const name = phase === "ready" ? "empty" : phase;
    const state = make(
      "div",
      `aib-state aib-${name}`,
      draw(DRAWINGS[drawing]),
      make("p", "aib-state-title", title),
      make("p", "aib-state-text", words),
    );
    if (phase === "error" || phase === "offline") {
      state.setAttribute("role", "alert");
      state.append(makeButton("aib-retry", this.acts.retry, texts.retry));
    }
    return state;
  }

  /** @param {HTMLButtonElement} button @param {boolean} offered */
  #offer(button, offered) {
    button.hidden = !offered;
  }

  /** @returns {Place | null} null: the focus is on no control of the panel */
  #placeOfFocus() {
    const active = document.activeElement;
    if (!this.panel.contains(active)) return null;
    const message = active?.closest(".aib-message");
    const id = message instanceof HTMLElement ? message.dataset.aibId : "";
    const index = this.#controls(id ?? "").findIndex((one) => one === active);
    if (!active || index < 0) return null;
    return { id: id ?? "", index, className: active.className };
  }

  /** @param {string} id of a message; "": the whole panel */
  #controls(id) {
    const within = id ? this.#items.get(id)?.node : this.panel;
    const found = within?.querySelectorAll("a[href], button") ?? [];
    return /** @type {HTMLElement[]} */ ([...found]);
  }

  /** @param {Place} place @returns {HTMLElement | undefined} */
  #controlAt({ id, index, className }) {
    const controls = this.#controls(id);
    const found = id
      ? (controls[index] ?? controls[0])
      : controls.find((control) => control.className === className);
    return found?.checkVisibility() ? found : undefined;
  }

  /**
   * Where the focused control is gone, the panel takes the focus, and gives it
   * back to the same control once that is there again.
   *
   * @param {Place | null} before
   * @param {Phase} phase
   */
  #keepFocus(before, phase) {
    if (!this.#open) return;
    if (before) {
      const control = this.#controlAt(before);
      if (control) return control.focus({ preventScroll: true });
      // Do not wait for a button that has nothing left to do.
      this.#lostFocus = before.id || phase !== "ready" ? before : null;
      return this.panel.focus({ preventScroll: true });
    }
    const control = this.#lostFocus && this.#controlAt(this.#lostFocus);
    if (!control) return;
    this.#lostFocus = null;
    if (document.activeElement === this.panel) control.focus();
  }

  /**
   * The list is not there yet: a Tab must not leave the panel, and so close it,
   * before there is anything to reach.
   *
   * @param {KeyboardEvent} event
   */
  #waitForList(event) {
    if (event.key !== "Tab" || event.shiftKey) return;
    const last = this.#controls("")
      .filter((one) => one.checkVisibility())
      .pop();
    if (this.#scene === "loading" && document.activeElement === last) {
      event.preventDefault();
    }
  }
}

// One organization's panel: a token from the site, and for each token a frame with
// a document of its own, in which the vendor's module really runs.
const operatorPanels = (() => {
  const QUICK = 2000; // milliseconds; a panel that fails sooner never worked
  const FAILURES = 3; // in a row, until the fallback is shown
  const FIRST_PAUSE = 2000; // doubled with each failure
  const LONGEST_PAUSE = 60000;
  const FRAME_WITHIN = 20000;
  const FALLBACK_AFTER = 4500; // of trouble; the page goes on trying behind it
  /** @type {string[]} */
  const GONE = ["login_required", "not_an_operator", "user_changed"];

  /**
   * Codes of this script. The manual's tables are made from these lists.
   * @typedef {object} OwnCodes
   * @property {never} script_blocked The vendor's script did not load in the frame.
   * @property {never} frame_blocked The frame did not load: often a policy without
   *   `frame-src 'self'`.
   * @property {never} panel_failed The panel says that its token does not work.
   */
  /** @typedef {ProblemCode | keyof AnswerCodes | keyof OwnCodes} Code */
  /**
   * Events on `document`: each with its name after `chathub:`, and its detail.
   * @typedef {["token", { organization: string }]} TokenEvent A token came; it is not
   *   in the event.
   * @typedef {["ready", { organization: string }]} ReadyEvent A panel is shown.
   * @typedef {["error", { organization: string, code: Code }]} ErrorEvent There is no
   *   panel for the moment. `code` is one of the endpoint's codes or of the script's
   *   own.
   * @typedef {["removed", { organization: string, code: Code }]} RemovedEvent The user
   *   is no longer an operator.
   *
   * @typedef {TokenEvent | ReadyEvent | ErrorEvent | RemovedEvent} PanelEvent
   */

  /**
   * @typedef {object} Access
   * @property {string} token
   * @property {number} renewAt by this computer's clock, as the others
   * @property {number} latest when a text that is being typed no longer counts
   * @property {number} endsAt
   *
   * @typedef {object} Frame
   * @property {HTMLIFrameElement} element
   * @property {Access} access
   * @property {boolean} isWaiting whether its script runs
   * @property {boolean} isDead whether it says that its token does not work
   * @property {() => void} loaded
   * @property {(error: Error) => void} blocked
   */

  /** @type {Map<string, Access>} by the tag of the operator */
  const kept = new Map();
  /** @type {Set<Panel>} */
  const panels = new Set();

  /** @param {Code} code @param {number} [pause] */
  const problem = (code, pause = 0) =>
    Object.assign(new Error("ChatHub: " + code), { code, pause });

  /**
   * Tell when a token dies, by the site's clock, which need not be ours.
   * @param {Awaited<ReturnType<typeof siteEndpoint.ask>>} answer
   * @returns {Access}
   */
  const accessOf = ({ body, time }) => {
    const now = Date.now();
    // The Date header is cut to whole seconds, so up to one more has passed.
    const left = Date.parse(body.expiresAt) - (time ? time + 1000 : now);
    return {
      token: body.token,
      renewAt: now + left * (0.8 + 0.05 * Math.random()),
      latest: now + left * 0.95,
      endsAt: now + left,
    };
  };

  /**
   * Tell whether somebody is writing in a frame.
   * @param {Document | ShadowRoot | null} place
   * @returns {boolean}
   */
  const isWriting = (place) => {
    /** @type {any} */
    const field = place && place.activeElement;
    if (!field) return false;
    if (field.shadowRoot) return isWriting(field.shadowRoot);
    return Boolean(field.isContentEditable ? field.textContent : field.value);
  };

  class Panel {
    /**
     * @param {HTMLElement} place
     * @param {DOMStringMap} settings of the element that it belongs to
     * @param {[string, string]} organization its alias, the operator's tag
     * @param {() => void} gone called once the user is no operator any more
     */
    constructor(place, settings, [organization, user], gone) {
      this.place = place;
      this.settings = settings;
      this.organization = organization;
      this.user = user;
      this.gone = gone;
      this.texts = JSON.parse(settings.texts || "{}");
      this.failures = 0;
      this.shownAt = 0;
      this.isBusy = false;
      this.turn = 0; // which of the tries counts
      this.isStopped = false;
      this.isSuspect = false; // whether the last token was found dead
      /** @type {Frame | undefined} */
      this.shown = undefined;
      /** @type {Frame | undefined} */
      this.next = undefined;
      /** @type {ReturnType<typeof setTimeout> | undefined} */
      this.timer = undefined;
      /** @type {ReturnType<typeof setTimeout> | undefined} */
      this.patience = undefined;
      this.notice = ""; // which one is shown
      panels.add(this);
      this.notify("loading");
      this.renew();
    }

    /** Leave nothing behind. */
    stop() {
      this.isStopped = true;
      clearTimeout(this.timer);
      clearTimeout(this.patience);
      panels.delete(this);
      this.place.replaceChildren();
    }

    /** @param {PanelEvent} event */
    announce(...[name, detail]) {
      if (name === "error") {
        console.warn(
          `ChatHub: no panel for ${detail.organization}: ${detail.code}`,
        );
      }
      document.dispatchEvent(new CustomEvent("chathub:" + name, { detail }));
    }

    /** Tell whether a panel is shown whose token works, as far as one can know. */
    isGood() {
      const { isDead, access } = this.shown || {};
      return Boolean(access && !isDead && access.endsAt > Date.now());
    }

    /** Show the fallback unless there is a panel that works in time. */
    expectPanel() {
      this.patience ??= setTimeout(() => {
        if (!this.isGood()) this.notify("unavailable");
      }, FALLBACK_AFTER);
    }

    /** Stop waiting for one. */
    settle() {
      clearTimeout(this.patience);
      this.patience = undefined;
    }

    /** Show a panel with a token that is not about to die. */
    async renew() {
      if (this.isBusy || this.isStopped) return;
      this.isBusy = true;
      const turn = ++this.turn;
      clearTimeout(this.timer);
      if (!this.isGood()) this.expectPanel();
      try {
        const wasSuspect = this.isSuspect;
        const access = await this.access();
        if (turn !== this.turn) return;
        const isShown = this.shown?.access.token === access.token;
        if (this.shown && isShown && !wasSuspect) this.shown.access = access;
        else await this.show(access);
        if (turn !== this.turn) return;
        if (!wasSuspect) this.failures = 0;
        this.isBusy = false;
        if (this.shown?.isDead) this.recover(this.shown);
        else this.wait(access.renewAt - Date.now());
      } catch (error) {
        if (turn !== this.turn) return;
        this.isBusy = false;
        this.fail(/** @type {ReturnType<typeof problem>} */ (error));
      }
    }

    /** Return the token that the page has, or one from the site. */
    async access() {
      const known = kept.get(this.user);
      if (known && known.renewAt > Date.now()) return known;
      const answer = await siteEndpoint.insist(
        this.settings.tokenUrl || "",
        this.user,
        {
          organization: this.organization,
          ...(this.isSuspect && { failed: true }),
        },
      );
      if (answer.status !== 200 || typeof answer.body?.token !== "string") {
        throw problem(answer.code, answer.pause);
      }
      const access = accessOf(answer);
      if (!(access.endsAt > Date.now())) throw problem("unexpected_answer");
      this.isSuspect = false;
      kept.set(this.user, access);
      this.announce("token", { organization: this.organization });
      return access;
    }

    /**
     * Put a new frame behind the one that is shown, and in its place as soon as
     * the vendor's module has run there.
     * @param {Access} access
     */
    async show(access) {
      const element = makeElement("iframe", {
        title: `${this.texts.panel}: ${this.organization}`,
        class: "chathub-next",
        src: this.settings.frameUrl || "",
      });
      try {
        await this.load(element, access);
      } catch (error) {
        this.next = undefined;
        element.remove();
        throw error;
      }
      if (this.isStopped) return;
      const hadFocus = document.activeElement === this.shown?.element;
      this.shown = this.next;
      this.next = undefined;
      element.classList.remove("chathub-next");
      for (const old of [...this.place.children]) {
        if (old !== element) old.remove();
      }
      if (hadFocus) element.focus();
      this.notice = "";
      this.settle();
      this.shownAt = Date.now();
      this.announce("ready", { organization: this.organization });
    }

    /**
     * Wait until the vendor's module has run in a frame.
     * @param {HTMLIFrameElement} element
     * @param {Access} access
     * @returns {Promise<void>}
     */
    load(element, access) {
      return new Promise((resolve, reject) => {
        const frame = {
          element,
          access,
          isWaiting: false,
          isDead: false,
          loaded: resolve,
          blocked: reject,
        };
        const refuse = () => reject(problem("frame_blocked"));
        setTimeout(refuse, FRAME_WITHIN);
        element.onload = () =>
          setTimeout(() => frame.isWaiting || refuse(), 1000);
        this.next = frame;
        this.place.append(element);
      });
    }

    /** @param {number} milliseconds */
    wait(milliseconds) {
      clearTimeout(this.timer);
      const pause = Math.min(Math.max(milliseconds, 0), LONGEST_PAUSE);
      this.timer = setTimeout(() => this.look(), pause);
    }

    /** Renew if it is time, but not while somebody writes, if that can wait. */
    look() {
      if (this.isBusy || this.isStopped) return;
      const now = Date.now();
      const { element, access } = this.shown || {};
      if (!element || !access) this.renew();
      else if (now < access.renewAt) this.wait(access.renewAt - now);
      else if (now < access.latest && isWriting(element.contentDocument)) {
        this.wait(Math.min(1000, access.latest - now));
      } else this.renew();
    }

    /** @param {{code: Code, pause: number}} problem */
    fail({ code, pause }) {
      if (this.isStopped) return;
      if (GONE.includes(code)) {
        this.leave(code);
        return;
      }
      this.failures++;
      this.announce("error", { organization: this.organization, code });
      if (!this.isGood()) this.notify("unavailable");
      const backoff = FIRST_PAUSE * 2 ** Math.min(this.failures - 1, 5);
      this.wait(Math.max(pause, backoff * (0.8 + 0.2 * Math.random())));
    }

    /** @param {Code} code why the user is no operator any more */
    leave(code) {
      kept.delete(this.user);
      this.stop();
      this.announce("removed", { organization: this.organization, code });
      this.gone();
    }

    /** @param {"loading" | "unavailable"} state */
    notify(state) {
      if (this.notice === state) return; // it keeps its focus, and is read out once
      this.notice = state;
      this.shown = undefined;
      const isLoading = state === "loading";
      const notice = makeElement("div", {
        class: "chathub-notice",
        role: isLoading ? "status" : "alert",
      });
      notice.append(makeElement("p", {}, this.texts[state]));
      if (!isLoading) notice.append(...this.wayOut());
      for (const old of [...this.place.children]) {
        if (old !== this.next?.element) old.remove();
      }
      this.place.prepend(notice);
    }

    /** Return what helps while there is no panel. */
    wayOut() {
      const { fallbackText = "", fallbackLink } = this.settings;
      const retry = makeElement("button", { type: "button" }, this.texts.retry);
      retry.onclick = () => {
        this.next?.element.remove();
        this.next = undefined;
        this.notify("loading");
        this.settle();
        this.isBusy = false; // what is under way may take long
        this.renew();
      };
      const contact = makeElement("p", { class: "chathub-fallback" });
      contact.append(
        fallbackLink
          ? makeElement("a", { href: fallbackLink }, fallbackText)
          : fallbackText,
      );
      return fallbackText ? [contact, retry] : [retry];
    }

    /**
     * Hear what a frame tells.
     * @param {Frame} frame
     * @param {unknown} news
     */
    hear(frame, news) {
      if (news === "waiting") {
        frame.isWaiting = true;
        const message = { chathubToken: frame.access.token };
        frame.element.contentWindow?.postMessage(message, location.origin);
      } else if (news === "loaded") frame.loaded();
      else if (news === "blocked") frame.blocked(problem("script_blocked"));
      else if (news === "failed" && !frame.isDead) {
        frame.isDead = true;
        if (frame === this.shown && !this.isBusy) this.recover(frame);
      }
    }

    /**
     * Replace a token that the panel found dead.
     * @param {Frame} frame
     */
    recover(frame) {
      frame.access.endsAt = 0;
      kept.delete(this.user);
      this.isSuspect = true;
      if (Date.now() - this.shownAt > QUICK) this.failures = 0;
      if (this.failures >= FAILURES) {
        this.fail(problem("panel_failed"));
        return;
      }
      this.failures++;
      const { organization } = this;
      this.announce("error", { organization, code: "panel_failed" });
      this.renew();
    }

    /** Ask the site whether the user still is this operator. */
    async check() {
      const query = new URLSearchParams({ organization: this.organization });
      const url = `${this.settings.userUrl}?${query}`;
      const { code } = await siteEndpoint.ask("GET", url, this.user);
      if (!this.isStopped && GONE.includes(code)) this.leave(code);
    }
  }

  addEventListener("message", ({ origin, source, data }) => {
    if (origin !== location.origin || !data || !source) return;
    for (const panel of panels) {
      for (const frame of [panel.shown, panel.next]) {
        if (frame && frame.element.contentWindow === source) {
          panel.hear(frame, data.chathub);
        }
      }
    }
  });

  return { Panel, all: panels, forget: () => kept.clear() };
})();

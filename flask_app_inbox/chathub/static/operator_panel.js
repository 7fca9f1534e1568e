/**
 * One organization's panel: a frame whose token lives, or a notice.
 *
 * @typedef {object} PanelContext
 * @property {DOMStringMap} settings of the element that the panel belongs to
 * @property {Record<string, string>} texts
 * @property {Organization} organization
 * @property {(answer: Answer) => unknown} learn who is here
 */
const OperatorPanel = (() => {
  const QUICK = 2000; // milliseconds; a panel that fails sooner never worked
  const FAILURES = 3; // in a row, until the fallback is shown
  const FIRST_PAUSE = 2000; // doubled with each failure
  const LONGEST_PAUSE = 60000;
  const FALLBACK_AFTER = 4500; // of trouble; the page goes on trying behind it

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

  return class {
    /**
     * @param {HTMLElement} place
     * @param {PanelContext} context
     */
    constructor(place, { settings, texts, organization, learn }) {
      this.place = place;
      this.settings = settings;
      this.organization = organization;
      this.learn = learn;
      this.title = `${texts.panel}: ${organization[0]}`;
      this.notice = panelNotice(settings, texts, () => this.retry());
      this.failures = 0; // in a row
      this.shownAt = 0;
      this.doubtedAt = 0;
      this.restsUntil = 0; // because the site said so
      this.turn = 0; // which of the tries counts
      this.isBusy = false;
      this.isStopped = false;
      this.isHopeless = false; // whether the site says that trying is no use
      this.isSuspect = false; // whether the last token may be dead
      /** @type {PanelFrame | undefined} */
      this.shown = undefined;
      /** @type {PanelFrame | undefined} */
      this.next = undefined;
      /** @type {ReturnType<typeof setTimeout> | undefined} */
      this.timer = undefined;
      /** @type {ReturnType<typeof setTimeout> | undefined} */
      this.patience = undefined;
      this.notify("loading");
      this.renew();
    }

    /** Leave nothing behind. */
    stop() {
      this.isStopped = true;
      clearTimeout(this.timer);
      clearTimeout(this.patience);
      this.place.replaceChildren();
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

    // --- tokens -------------------------------------------------------------------

    /** Show a panel with a token that is not about to die. */
    async renew() {
      if (this.isBusy || this.isStopped) return;
      this.isBusy = true;
      const turn = ++this.turn;
      clearTimeout(this.timer);
      if (!this.isGood()) this.expectPanel();
      const { organization, isSuspect, learn } = this;
      const url = this.settings.tokenUrl || "";
      try {
        const token = operatorTokens.get(url, organization, isSuspect, learn);
        const access = await token;
        if (turn !== this.turn) return;
        this.isSuspect = false;
        await this.use(access);
        if (turn !== this.turn) return;
        if (!isSuspect) this.failures = 0;
        this.isBusy = false;
        if (this.shown?.isDead) this.recover(this.shown);
        else this.wait(access.renewAt - Date.now());
      } catch (error) {
        if (turn !== this.turn) return;
        this.isBusy = false;
        this.fail(/** @type {PanelProblem} */ (error));
      }
    }

    /** @param {number} milliseconds */
    wait(milliseconds) {
      clearTimeout(this.timer);
      const pause = Math.min(Math.max(milliseconds, 0), LONGEST_PAUSE);
      this.timer = setTimeout(() => this.look(), pause);
    }

    /** Renew if it is time, but not while somebody writes, if that can wait. */
    look() {
      if (this.isBusy || this.isStopped || this.isHopeless) return;
      const now = Date.now();
      const { element, access } = this.shown || {};
      if (now < this.restsUntil) this.wait(this.restsUntil - now);
      else if (!element || !access) this.renew();
      else if (now < access.renewAt) this.wait(access.renewAt - now);
      else if (now < access.latest && isWriting(element.contentDocument)) {
        this.wait(Math.min(1000, access.latest - now));
      } else this.renew();
    }

    /** @param {PanelProblem} problem */
    fail({ code, pause, isHopeless }) {
      if (this.isStopped) return;
      this.failures++;
      this.isHopeless = isHopeless;
      this.restsUntil = Date.now() + pause;
      announcePanel("error", { organization: this.organization[0], code });
      if (!this.isGood()) this.notify("unavailable");
      const backoff = FIRST_PAUSE * 2 ** Math.min(this.failures - 1, 5);
      this.wait(Math.max(pause, backoff * (0.8 + 0.2 * Math.random())));
    }

    /** Try at once, because somebody wants it. */
    retry() {
      siteEndpoint.hurry();
      this.next?.element.remove();
      this.next = undefined;
      this.notify("loading");
      this.settle();
      this.restsUntil = 0;
      this.isHopeless = false;
      this.isBusy = false; // what is under way may take long
      this.renew();
    }

    // --- frames -------------------------------------------------------------------

    /** @param {Access} access */
    async use(access) {
      const { shown } = this;
      const isSame = shown && shown.access.token === access.token;
      // The site has confirmed a token that somebody doubted.
      if (isSame && !shown.isDead) shown.access = access;
      else await this.show(access);
    }

    /**
     * Put a new frame behind the one that is shown, and in its place as soon as
     * the vendor's module has run there.
     * @param {Access} access
     */
    async show(access) {
      const { title, settings } = this;
      const src = settings.frameUrl || "";
      const { frame, ready } = panelFrames.open(
        this.place,
        { title, class: "chathub-next", src },
        access,
        () => this.hearFailure(frame),
        () => this.hearDoubt(frame),
      );
      const { element } = frame;
      this.next = frame;
      try {
        await ready;
      } catch (error) {
        if (this.next === frame) this.next = undefined;
        element.remove();
        throw error;
      }
      if (this.isStopped || this.next !== frame) return;
      const hadFocus = this.hasFocus();
      this.shown = frame;
      this.next = undefined;
      element.classList.remove("chathub-next");
      for (const old of [...this.place.children]) {
        if (old !== element) old.remove();
      }
      if (hadFocus) element.focus();
      this.notice.reset();
      this.settle();
      this.shownAt = Date.now();
      announcePanel("ready", { organization: this.organization[0] });
    }

    hasFocus() {
      const root = /** @type {ShadowRoot} */ (this.place.getRootNode());
      return this.place.contains(root.activeElement);
    }

    /** @param {"loading" | "unavailable"} state */
    notify(state) {
      const { element } = this.notice;
      const hadFocus = this.hasFocus();
      this.notice.say(state);
      if (element.isConnected) return;
      this.shown = undefined;
      for (const old of [...this.place.children]) {
        if (old !== this.next?.element) old.remove();
      }
      this.place.prepend(element);
      if (hadFocus) element.focus();
    }

    /** @param {PanelFrame} frame whose script says that its token does not work */
    hearFailure(frame) {
      if (frame.isDead) return;
      frame.isDead = true;
      if (frame === this.shown && !this.isBusy) this.recover(frame);
    }

    /** @param {PanelFrame} frame in which somebody says so; the site knows better */
    hearDoubt(frame) {
      const isNews = Date.now() - this.doubtedAt > LONGEST_PAUSE;
      if (frame !== this.shown || this.isBusy || !isNews) return;
      this.doubtedAt = Date.now();
      this.isSuspect = true;
      this.renew();
    }

    /**
     * Replace a token that the panel found dead.
     * @param {PanelFrame} frame
     */
    recover(frame) {
      frame.access.endsAt = 0;
      this.isSuspect = true;
      if (Date.now() - this.shownAt > QUICK) this.failures = 0;
      if (this.failures >= FAILURES) {
        this.fail(panelProblem("panel_failed"));
        return;
      }
      this.failures++;
      const [organization] = this.organization;
      announcePanel("error", { organization, code: "panel_failed" });
      this.renew();
    }
  };
})();

// The panel: the messages, in the shadow tree of the bell that opened it.

/**
 * Events on the bell; they bubble, and the page can cancel them. Each with its name
 * after `app-inbox:`, and its detail.
 * @typedef {["open", undefined?]} OpenEvent The panel is about to open. Cancelled: it
 *   stays closed.
 * @typedef {["read", { ids: string[] | null }]} ReadEvent Messages are about to be
 *   marked as read; null: all. Cancelled: they stay unread.
 * @typedef {["click", { message: InboxMessage, event: Event }]} ClickEvent Somebody
 *   clicked on a message or on a link in it, by the browser's own `event`. Cancelled:
 *   the page follows the link itself.
 *
 * @typedef {OpenEvent | ReadEvent | ClickEvent} BellEvent
 */

/**
 * @param {HTMLElement} host
 * @param {HTMLElement} button
 * @param {BellTools} page
 * @returns {BellPanel}
 */
const openPanel = (host, button, page) => {
  const TICK = 30000; // milliseconds
  const root = /** @type {ShadowRoot} */ (host.shadowRoot);
  const sheet = new CSSStyleSheet(); // needs no exception in a page's style-src
  /** @type {(() => void) | undefined} if it is open */
  let close;

  const focused = () => root.activeElement;

  /** @type {(...event: BellEvent) => boolean} whether nobody has cancelled it */
  const announce = (...[name, detail]) => page.announce(host, name, detail);

  const open = () => {
    if (!root.isConnected || !announce("open")) return;
    const { language, texts: said } = page.settings();
    const texts = JSON.parse(said);
    const messages = listOf(page.store());
    /** @type {Map<string, ReturnType<typeof messageItem>>} */
    const items = new Map();
    const leave = new AbortController();
    const { signal } = leave;
    const isSheet = matchMedia("(width<480px)").matches;

    const mark = (/** @type {string[] | null} */ ids) => {
      if (announce("read", { ids })) messages.markRead(ids);
    };

    /** @param {Event} event @param {InboxMessage} message */
    const act = (event, message) => {
      if (!announce("click", { message, event })) event.preventDefault();
      if (!message.read) mark([message.id]);
    };

    /** @returns the number of the message that has the focus, or -1 */
    const focusedAt = () =>
      [...list.children].findIndex((item) => item.contains(focused()));

    /** @type {(at: number) => any} */
    const titleAt = (at) => list.children[at]?.firstChild;

    /** Arrow keys go from message to message. */
    const walk = (/** @type {KeyboardEvent} */ event) => {
      const at = focusedAt();
      const to = {
        ArrowDown: at + 1,
        ArrowUp: at - 1,
        Home: 0,
        End: items.size - 1,
      };
      const title = titleAt(/** @type {any} */ (to)[event.key]);
      if (title) {
        event.preventDefault();
        title.focus();
      }
    };

    /** @param {string} part @param {() => void} onclick */
    const newButton = (part, onclick, text = "") =>
      newElement("button", part, { onclick }, text);

    const list = newElement("ul", "list", {
      role: "list", // Safari takes that from lists without bullets
    });
    const notice = newElement("p", "notice", { role: "status" });
    const stateTitle = newElement("b", "state-title");
    const stateHint = newElement("p", "state-hint");
    const retry = newButton("retry", messages.refresh, texts.retry);
    /** @type {any} */
    const state = newElement("div", "", null, stateTitle, stateHint, retry);
    const markAll = newButton("mark-all", () => mark(null), texts.markAll);
    const more = newButton("more", messages.loadMore, texts.more);
    const shut = newButton("close", () => close?.(), "×");
    shut.ariaLabel = texts.close;
    /** @type {any} */
    const panel = newElement(
      "dialog",
      "panel",
      {
        popover: "manual",
        tabIndex: -1,
        ariaLabel: texts.title,
        lang: language,
        onclose: () => close?.(),
        onkeydown: walk,
      },
      newElement(
        "div",
        "header",
        null,
        newElement("h2", "heading", null, texts.title),
        markAll,
        shut,
      ),
      notice,
      newElement("div", "body", null, list, state, more),
    );

    /** @param {InboxMessage[]} all */
    const drawList = (all) => {
      for (const [id, item] of items) {
        if (!all.some((message) => message.id === id)) {
          item.remove();
          items.delete(id);
        }
      }
      all.forEach((message, at) => {
        const item =
          items.get(message.id) || messageItem(message, texts, language, act);
        items.set(message.id, item);
        item.update(message);
        const there = list.children[at];
        if (item !== there) list.insertBefore(item, there);
      });
    };

    /** @param {StoreState & { asOf?: any }} now @param {number} arrived */
    const draw = ({ unread, asOf, list: told }, arrived) => {
      if (!told) return close?.();
      const { messages: all, isLoaded, hasFailed } = told;
      messages.isWatched = isLoaded;
      /** @type {any} */
      const before = focused();
      const at = before === more ? items.size : focusedAt();
      drawList(all);
      const trouble = navigator.onLine ? "error" : "offline";
      const name = isLoaded ? "empty" : hasFailed ? trouble : "loading";
      state.part = "state " + name;
      state.hidden = !!all.length;
      stateTitle.textContent = texts[name];
      stateHint.textContent = texts[name + "Hint"];
      retry.hidden = name !== trouble;
      markAll.hidden = !unread && all.every(({ read }) => read);
      more.hidden = !told.hasMore;
      notice.textContent = told.markFailed
        ? texts.markFailed
        : hasFailed && isLoaded
          ? texts[trouble]
          : asOf < Date.now() - TICK
            ? texts.asOf.replace("{time}", agoOf(asOf, language))
            : isSheet && arrived > 0 // elsewhere the bell itself says what has come
              ? page.plural(texts.arrived, arrived, language)
              : "";
      notice.hidden = !notice.textContent;
      // The focus goes on where what had it is gone.
      if (before && before !== button && !before.offsetParent) {
        (titleAt(Math.min(at, items.size - 1)) || panel).focus();
      }
    };

    const place = () => {
      const { bottom, top, right } = button.getBoundingClientRect();
      const isAbove = top > innerHeight - bottom;
      const near = isAbove ? innerHeight - top : bottom; // what the panel leaves free
      const edges = [near + 8 + "px", "auto", "auto"];
      if (isAbove) edges.reverse();
      const edge = Math.min(right, innerWidth - 24) - panel.offsetWidth;
      /** @type {any} */ (panel).style =
        `--place:${edges.join(" ")} ${Math.max(edge, 8)}px;--room:${innerHeight - near - 16}px`;
    };

    root.append(panel);
    if (isSheet) panel.showModal();
    else panel.showPopover();
    place();
    panel.focus();
    button.ariaExpanded = "true";
    messages.refresh();
    const timer = setInterval(() => page.store().notify(), TICK);
    const stop = page.subscribe(draw);
    close = () => {
      const hadFocus = panel.contains(focused());
      close = undefined;
      stop();
      leave.abort();
      clearInterval(timer);
      messages.isWatched = false;
      panel.remove(); // nothing of the user stays
      button.ariaExpanded = "false";
      // The page stays where it is, if somebody has scrolled it.
      if (hadFocus) button.focus({ preventScroll: true });
    };

    addEventListener("resize", place, { signal });
    addEventListener("scroll", place, { signal, capture: true });
    addEventListener(
      "pointerdown",
      (event) => {
        const path = event.composedPath();
        if (!path.includes(host)) close?.();
        // Only now, so that a tap beside the sheet presses nothing below it.
        panel.onclick = isSheet && path[0] === panel && close;
      },
      { signal },
    );
    addEventListener(
      "keydown",
      (event) => {
        if (event.key === "Escape" && !event.defaultPrevented) {
          event.preventDefault();
          close?.();
        }
      },
      { signal },
    );
  };

  sheet.replaceSync(PANEL_CSS);
  root.adoptedStyleSheets.push(sheet);
  return { toggle: () => (close || open)(), close: () => close?.() };
};

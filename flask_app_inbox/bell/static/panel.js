// The panel: the messages, in the shadow tree of the bell that opened it.

/**
 * Events on the bell; they bubble, and the page can cancel them. Each with its name
 * after `app-inbox:`, and its detail.
 * @typedef {["open", undefined?]} OpenEvent The panel is about to open. Cancelled: it
 *   stays closed.
 * @typedef {["read", { ids: string[] | null }]} ReadEvent Messages are about to be
 *   marked as read; null: all. Cancelled: they stay unread.
 * @typedef {["click", { message: InboxMessage }]} ClickEvent Somebody clicked on a
 *   message or on a link in it. Cancelled: the page follows the link itself.
 *
 * @typedef {OpenEvent | ReadEvent | ClickEvent} BellEvent
 */

/**
 * @param {HTMLElement} host
 * @param {HTMLElement} button
 * @param {BellContext} page
 * @returns {Promise<BellPanel>}
 */
const openPanel = async (host, button, page) => {
  const TICK = 30000; // milliseconds
  const root = /** @type {ShadowRoot} */ (host.shadowRoot);
  const { language, style, texts: said } = page.settings();
  const texts = JSON.parse(said || "{}");

  /** @param {string} part @param {string} text @param {() => void} work */
  const makeButton = (part, text, work) => {
    const made = makeElement("button", { type: "button", part }, text);
    made.onclick = work;
    return made;
  };

  const panel = makeElement("dialog", {
    part: "panel",
    tabindex: "-1",
    "aria-label": texts.title,
    lang: language || "",
  });
  const list = makeElement("ul", { part: "list", role: "list" });
  const notice = makeElement("p", { part: "notice", role: "status" });
  const state = makeElement("div", { part: "state" });
  const markAll = makeButton("mark-all", texts.markAll, () => mark(null));
  const more = makeButton("more", texts.more, () => messages().loadMore());
  const head = makeElement("div", { part: "header" });
  const body = makeElement("div", { part: "body" });
  const shut = makeButton("close", "", () => close());
  shut.setAttribute("aria-label", texts.close);
  head.append(
    makeElement("h2", { part: "heading" }, texts.title),
    markAll,
    shut,
  );
  body.append(list, state, more);
  panel.append(head, notice, body);

  /** @type {Map<string, ReturnType<typeof messageItem>>} */
  const items = new Map();
  /** @type {(() => void) | undefined} what ends with this opening */
  let end;
  let shownState = "";

  const messages = () => listOf(page.store());
  const focused = () => root.activeElement;

  /** @type {(...event: BellEvent) => boolean} whether nobody has cancelled it */
  const announce = (...[name, detail]) =>
    host.dispatchEvent(
      new CustomEvent("app-inbox:" + name, {
        detail,
        bubbles: true,
        cancelable: true,
      }),
    );

  /** @param {string[] | null} ids */
  const mark = (ids) => {
    if (announce("read", { ids })) messages().markRead(ids);
  };

  /** @param {MouseEvent} event @param {string} id */
  const act = (event, id) => {
    const message = messages()
      .state()
      .messages.find((one) => one.id === id);
    if (!message) return;
    if (!announce("click", { message })) event.preventDefault();
    if (!message.read) mark([id]);
  };

  // --- drawing --------------------------------------------------------------------

  /** What there is instead of messages. @param {ListState} now */
  const nameState = ({ messages: all, isLoaded, isLoading, hasFailed }) => {
    if (all.length) return "";
    if (isLoading || (!isLoaded && !hasFailed)) return "loading";
    if (isLoaded) return "empty";
    return navigator.onLine ? "error" : "offline";
  };

  const drawState = (/** @type {string} */ name) => {
    if (name === shownState) return;
    shownState = name;
    const hadFocus = state.contains(focused());
    state.setAttribute("part", name ? "state " + name : "");
    state.replaceChildren();
    if (name) {
      state.append(makeElement("p", { part: "state-title" }, texts[name]));
      const hint = texts[name + "Hint"];
      if (hint) state.append(makeElement("p", { part: "state-hint" }, hint));
    }
    if (name === "error" || name === "offline") {
      const again = () => void messages().refresh();
      state.append(makeButton("retry", texts.retry, again));
    }
    if (hadFocus) panel.focus();
  };

  const drawList = (/** @type {InboxMessage[]} */ all) => {
    const before = [...items.keys()];
    const lost = before.find((id) => items.get(id)?.item.contains(focused()));
    const ids = new Set(all.map(({ id }) => id));
    const hadFocus = lost !== undefined && !ids.has(lost);
    for (const id of before) {
      if (ids.has(id)) continue;
      items.get(id)?.item.remove();
      items.delete(id);
    }
    /** @type {Element | null} */
    let next = list.firstElementChild;
    for (const message of all) {
      const { id } = message;
      const known = items.get(id) || messageItem(id, texts, act);
      items.set(id, known);
      known.update(message, language);
      if (known.item === next) next = next.nextElementSibling;
      else list.insertBefore(known.item, next);
    }
    if (!hadFocus) return;
    // The one that stood after it, else before it.
    const at = before.indexOf(lost || "");
    const near = [...before.slice(at), ...before.slice(0, at).reverse()];
    const kept = near.find((id) => ids.has(id));
    if (kept === undefined) panel.focus();
    else items.get(kept)?.focus();
  };

  /** @param {StoreState} now @param {number} arrived */
  const draw = ({ unread, asOf, isGone, list: told }, arrived) => {
    if (isGone || !told) return close();
    const before = focused();
    const known = items.size;
    drawList(told.messages);
    drawState(nameState(told));
    panel.setAttribute("aria-busy", String(told.isLoading));
    markAll.hidden = !unread && !told.messages.some(({ read }) => !read);
    more.hidden = !told.hasMore;
    if (before === markAll && markAll.hidden) panel.focus();
    if (before === more && more.hidden) [...items.values()][known]?.focus();
    const failed = told.allFailed || told.failed.size;
    const isOld = asOf && asOf < Date.now() - TICK;
    const age = isOld
      ? texts.asOf.replace("{time}", agoOf(asOf, language))
      : "";
    // Elsewhere the bell itself says so.
    const isNews = arrived > 0 && panel.matches(":modal");
    const come = isNews ? plural(texts.arrived, arrived, language) : "";
    notice.textContent = failed ? texts.markFailed : age || come;
    notice.hidden = !notice.textContent;
  };

  // --- opening and closing ----------------------------------------------------------

  const place = () => {
    const { bottom, top, left, right } = button.getBoundingClientRect();
    const width = panel.offsetWidth;
    const wish = panel.dir === "rtl" ? left : right - width;
    const most = document.documentElement.clientWidth - width - 8;
    const below = innerHeight - bottom;
    panel.style.setProperty("left", Math.max(Math.min(wish, most), 8) + "px");
    panel.style.setProperty("--bell-bottom", Math.round(bottom) + "px");
    panel.style.setProperty("--bell-top", Math.round(innerHeight - top) + "px");
    panel.toggleAttribute("data-above", below < 240 && top > below);
  };

  const isPhone = () => matchMedia("(max-width: 479.98px)").matches;

  const open = () => {
    if (end || !announce("open")) return;
    panel.dir = getComputedStyle(host).direction;
    if (isPhone()) panel.showModal();
    else if (panel.showPopover) {
      panel.popover = "manual";
      panel.showPopover();
    } else panel.show();
    const isModal = panel.matches(":modal");
    const leave = new AbortController();
    const { signal } = leave;
    const stop = page.subscribe(draw);
    const timer = setInterval(() => draw(page.store().state(), 0), TICK);
    end = () => {
      stop();
      clearInterval(timer);
      leave.abort();
      messages().watch(false);
    };
    button.setAttribute("aria-expanded", "true");
    if (!isModal) {
      place();
      addEventListener("resize", place, { signal });
      addEventListener("scroll", place, {
        signal,
        passive: true,
        capture: true,
      });
    }
    const outside = (/** @type {Event} */ event) => {
      const [first] = event.composedPath();
      const isIn = event.composedPath().includes(host);
      if (!isIn || (isModal && first === panel)) close();
    };
    document.addEventListener("pointerdown", outside, { signal });
    document.addEventListener("keydown", escape, { signal });
    addEventListener("pagehide", close, { signal });
    messages().watch(true);
    messages().refresh();
    panel.focus();
  };

  const close = () => {
    if (!end) return;
    const hadFocus = panel.contains(focused()) || focused() === panel;
    end();
    end = undefined;
    button.setAttribute("aria-expanded", "false");
    if (panel.open) panel.close();
    if (panel.popover && panel.isConnected) panel.hidePopover();
    panel.removeAttribute("popover");
    if (hadFocus) button.focus();
    drawList([]); // nothing of the user stays
  };

  const escape = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    close();
  };

  /** Arrow keys go from message to message. */
  list.addEventListener("keydown", (event) => {
    const all = [...list.children];
    const at = all.findIndex((item) => item.contains(focused()));
    const to = {
      ArrowDown: Math.min(at + 1, all.length - 1),
      ArrowUp: Math.max(at - 1, 0),
      Home: 0,
      End: all.length - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    for (const { item, focus } of items.values()) {
      if (item === all[to]) focus();
    }
  });
  panel.addEventListener("cancel", (event) => {
    event.preventDefault();
    close();
  });

  if (style) {
    // Nothing is shown before its style is there.
    const dress = makeElement("link", { rel: "stylesheet", href: style });
    const dressed = new Promise((resolve, reject) => {
      dress.onload = resolve;
      dress.onerror = reject;
    });
    root.append(dress);
    await dressed;
  }
  root.append(panel);
  return { toggle: () => (end ? close() : open()), close };
};

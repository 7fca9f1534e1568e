/**
 * What the vendor's script drew at the anchor: kept wherever the page goes, and out of
 * it while its user is not here.
 *
 * The script draws once in a document. Libraries that swap, morph or draw pages know
 * nothing of that: they remove the bell, copy it for the way back, and make new
 * anchors. The bell's parts are the elements that came to its position after the
 * anchor itself had come.
 * @param {string} selector of the anchor
 * @param {string} position of the bell there, as insertAdjacentHTML() names it
 */
const vendorBell = (selector, position) => {
  const MARK = "data-app-inbox-bell";
  const PLACE = "data-app-inbox-place"; // keeps free what the bell will take
  const FIGHTS = 20; // in a second, with somebody who takes the bell away each time

  /** @type {Record<string, ["before" | "prepend" | "append" | "after", boolean]>} */
  const WAYS = {
    beforebegin: ["before", false],
    afterbegin: ["prepend", true],
    beforeend: ["append", true],
    afterend: ["after", false],
  };
  const [put, isInside] = WAYS[position] || WAYS.beforeend;

  /** @type {Element | null} */
  let anchor = null;
  /** @type {WeakSet<Element>} what came together with an anchor */
  const others = new WeakSet();
  /** @type {string[]} how those of the current anchor look */
  let looksOfOthers = [];
  /** @type {Map<Element, { look: string, home: Element | null }>} */
  const parts = new Map();
  let isShown = true;
  let lastId = 0;
  let puts = 0;

  /**
   * What is in the anchor, or on the bell's side of it, in the page's order.
   * @param {boolean} [isAll] also what came with the anchor, and what is behind that
   */
  const neighbours = (isAll) => {
    if (!anchor) return [];
    const isOther = (/** @type {Element} */ one) =>
      one.hasAttribute(PLACE) || (!isAll && others.has(one));
    if (isInside) return [...anchor.children].filter((one) => !isOther(one));
    const isAfter = put === "after";
    const side = isAfter ? "nextElementSibling" : "previousElementSibling";
    const found = [];
    for (let one = anchor[side]; one && !isOther(one); one = one[side]) {
      found.push(one);
    }
    return isAfter ? found : found.reverse();
  };

  /** @param {Element} element */
  const lookOf = (element) => {
    const { tagName, id, className } = element;
    if (id || className) return `${tagName}#${id}.${className}`;
    return /** @type {Element} */ (element.cloneNode()).outerHTML;
  };

  /** A copy of a part that a library kept, of whomever it was. */
  const isDead = (/** @type {Element} */ element) =>
    element.hasAttribute(MARK) && !parts.has(element);

  /**
   * A page library makes a new anchor, and the site's own script its own elements
   * there once more: what comes again has not been the vendor's.
   * @param {string} look
   */
  const leaveOut = (look) => {
    for (const [part, { look: known, home }] of parts) {
      if (known !== look || home === anchor) continue;
      part.remove();
      parts.delete(part);
      return;
    }
  };

  /** Take in what came with a new anchor. */
  const greet = () => {
    for (const one of document.querySelectorAll(`[${MARK}]`)) {
      if (isDead(one)) one.remove();
    }
    const before = looksOfOthers;
    const came = neighbours(true).filter((one) => !parts.has(one));
    looksOfOthers = came.map(lookOf);
    for (const look of looksOfOthers) {
      if (!before.includes(look)) leaveOut(look);
    }
    for (const one of came) others.add(one);
  };

  /** @param {Element} part that the vendor's script, or the site's, has just put */
  const adopt = (part) => {
    if (isDead(part)) return part.remove();
    const look = lookOf(part);
    leaveOut(look);
    parts.set(part, { look, home: anchor });
    // This event does not leave a shadow tree.
    part.shadowRoot?.addEventListener("beforetoggle", onToggle, true);
    // Marks are written once, so that no observer of the site's goes round in circles.
    part.setAttribute(MARK, "");
    part.setAttribute("hx-history", "false"); // htmx: keep no copy of the page
    part.id ||= `app-inbox-bell-${++lastId}`; // a morph makes nothing else of it
  };

  // --- what is lost with the place in the page ------------------------------------

  /** @type {Set<HTMLElement>} popovers of the page that are open */
  const open = new Set();
  /** @type {HTMLElement | undefined} what has lost the focus in this very task */
  let unfocused;

  /** @param {Event} event */
  const onToggle = (event) => {
    const { target, newState } = /** @type {ToggleEvent} */ (event);
    if (!(target instanceof HTMLElement) || !target.popover) return;
    if (newState === "open") open.add(target);
    else open.delete(target);
  };
  document.addEventListener("beforetoggle", onToggle, true);
  document.addEventListener("focusout", (event) => {
    const [target] = event.composedPath(); // in a shadow tree, too
    if (!(target instanceof HTMLElement)) return;
    unfocused = target;
    setTimeout(() => (unfocused = undefined));
  });

  /** @param {Element} part @param {HTMLElement | undefined} element */
  const holds = (part, element) =>
    !!element && (part.contains(element) || part.shadowRoot?.contains(element));

  /** @param {Element[]} missing parts */
  const restore = (missing) => {
    if (!anchor || ++puts > FIGHTS) return;
    if (puts === 1) setTimeout(rest, 1000);
    const isOurs = (/** @type {HTMLElement | undefined} */ element) =>
      missing.some((part) => holds(part, element));
    const lost = [...open].filter(isOurs);
    anchor[put](...missing);
    for (const popover of lost) popover.showPopover();
    if (isOurs(unfocused)) unfocused?.focus({ preventScroll: true });
  };

  const rest = () => {
    const isFight = puts > FIGHTS;
    puts = 0;
    if (isFight) settle();
  };

  /** In the same task in which the bell comes, so nothing on the page moves. */
  const freePlace = () =>
    anchor?.querySelector(`:scope > [${PLACE}]`)?.remove();

  /** See to it that the bell is where it belongs, as far as something has changed. */
  const settle = () => {
    const stays = anchor?.isConnected && anchor.matches(selector);
    const found = stays ? anchor : document.querySelector(selector);
    if (found !== anchor) {
      anchor = found;
      greet();
    }
    for (const one of neighbours()) if (!parts.has(one)) adopt(one);
    const all = [...parts.keys()];
    const wrong = all.filter(({ isConnected }) => isConnected !== isShown);
    if (!isShown) for (const part of wrong) part.remove();
    else if (wrong.length) restore(wrong);
    if (isShown && all.length) freePlace();
  };

  return {
    settle,
    anchor: () => anchor,
    show: () => {
      isShown = true;
      settle();
    },
    hide: () => {
      isShown = false;
      for (const popover of open) {
        for (const part of parts.keys()) {
          if (holds(part, popover)) popover.hidePopover();
        }
      }
      settle();
    },
  };
};

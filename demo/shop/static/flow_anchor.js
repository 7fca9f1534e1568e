// The bell's anchor: marks it in the page, and says if there is none.
(() => {
  "use strict";

  const MOVED = "zavarka.moved";

  const part = document.querySelector(".flow-anchor");
  if (!(part instanceof HTMLDetailsElement)) return;

  const find = () => {
    try {
      return document.querySelector(part.dataset.selector || "");
    } catch {
      return null; // a selector that this browser does not know
    }
  };

  /** Whether this page is the first one with the bell at a new place. */
  const hasJustMoved = () => {
    try {
      const moved = sessionStorage.getItem(MOVED) !== null;
      sessionStorage.removeItem(MOVED);
      return moved;
    } catch {
      return false;
    }
  };

  const anchor = find();
  const missing = part.querySelector(".flow-missing");
  if (missing instanceof HTMLElement) missing.hidden = anchor !== null;
  // The style sheet outlines it while the drawer is open.
  anchor?.setAttribute("data-flow-anchor", "");
  if (hasJustMoved()) {
    part.open = true;
    addEventListener("load", () =>
      anchor?.scrollIntoView({ block: "nearest" }),
    );
  }
})();

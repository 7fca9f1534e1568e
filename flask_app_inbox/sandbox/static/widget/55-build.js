/** Builds nodes without HTML. */
const DRAWINGS = {
  bell: "M6 9a6 6 0 0 1 12 0c0 5 2 6.5 2 6.5H4S6 14 6 9Z M10 19a2.2 2.2 0 0 0 4 0",
  close: "M6 6l12 12 M18 6 6 18",
  ready:
    "M4 13h4l1.5 3h5L16 13h4 M4 13 6.5 5h11L20 13v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1Z",
  error: "M12 8v5 M12 16.5v.01 M12 3.5 21.5 20h-19Z",
  offline:
    "M3 3l18 18 M5 12.5a10 10 0 0 1 4-2.3 M19 12.5a10 10 0 0 0-5-2.5 M8.5 16a5 5 0 0 1 7 0 M12 19.5v.01 M2 9a15 15 0 0 1 4-2.6 M22 9a15 15 0 0 0-11-3.9",
};

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {string} className
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[T]}
 */
function make(tag, className, ...children) {
  const element = document.createElement(tag);
  element.className = className;
  element.append(...children);
  return element;
}

/** @param {string} className @param {() => void} act @param {(Node | string)[]} children */
function makeButton(className, act, ...children) {
  const button = make("button", className, ...children);
  button.type = "button";
  button.addEventListener("click", act);
  return button;
}

/** @param {string} path */
function draw(path) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  svg.classList.add("aib-drawing");
  svg.setAttribute("aria-hidden", "true");
  return svg;
}

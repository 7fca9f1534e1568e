// The HTML of a message, built of elements. The server has cleaned it, so its form is
// known: whatever has another form is shown as the text that it is. Nothing is parsed
// by the browser, so the page's policy may forbid that (Trusted Types).

// Those of `cleaning.py`; a test compares them.
const ELEMENTS =
  "a|abbr|b|bd[io]|blockquote|[bh]r|cite|code|del|dfn|div|em|i|ins|kbd|li|mark|[ou]l|p|pre|q|s|samp|small|span|strong|su[bp]|u|var";

const PART = RegExp(`<(/?)(${ELEMENTS})((?: [a-z-]+="[^"]*")*)>|[^<]+|<`, "g");

/**
 * Let a link lead to an address, if people may go there; other sites open in a tab.
 * @param {HTMLAnchorElement} link
 * @param {string} [address] absolute, or a path of the site
 */
const pointLink = (link, address) => {
  if (!address) return;
  link.href = address;
  if (!/^(https?|mailto|tel):/.test(link.protocol)) {
    return link.removeAttribute("href");
  }
  link.rel = "noopener";
  if (link.host && link.origin !== location.origin) link.target = "_blank";
};

/** @param {string} html */
const buildHtml = (html) => {
  const LONGEST = 100000; // characters
  const DEEPEST = 99; // elements in each other
  /** @type {Record<string, string>} */
  const entities = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: "\u00a0" };
  const decoded = (/** @type {string} */ text) =>
    text.replace(/&(\w+);/g, (entity, name) => entities[name] || entity);

  const top = new DocumentFragment();
  /** @type {any[]} the elements that are open, the innermost first */
  const open = [top];
  for (const [text, slash, name, attributes] of html
    .slice(0, LONGEST)
    .matchAll(PART)) {
    if (!name) open[0].append(decoded(text));
    else if (slash) {
      if (open[0].localName === name) open.shift();
    } else {
      /** @type {any} */
      const element = document.createElement(name);
      if (name === "a") {
        const address = / href="([^"]*)/.exec(attributes)?.[1];
        pointLink(element, decoded(address || ""));
      }
      open[0].append(element);
      if (!/^[bh]r$/.test(name) && open.length < DEEPEST) open.unshift(element);
    }
  }
  return top;
};

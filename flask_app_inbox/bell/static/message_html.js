// The HTML of a message, built of elements. The server has cleaned it, so its form is
// known: whatever has another form is shown as the text that it is. Nothing is parsed
// by the browser, so the page's policy may forbid that (Trusted Types).
const messageHtml = (() => {
  // Those of `cleaning.py`; a test compares them.
  const ELEMENTS =
    "a abbr b bdi bdo blockquote br cite code del dd dfn div dl dt em h1 h2 h3 h4 h5 " +
    "h6 hr i ins kbd li mark ol p pre q s samp small span strong sub sup u ul var";
  const ALLOWED = new Set(ELEMENTS.split(" "));
  const LONGEST = 100000; // characters
  const DEEPEST = 20; // elements in each other
  const PART = /<(\/?)([a-z]+\d?)((?: [a-z-]+="[^"]*")*)>|[^<]+|</g;
  /** @type {Record<string, string>} */
  const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: "\u00a0" };

  const decoded = (/** @type {string} */ text) =>
    text.replace(/&(\w+);/g, (entity, name) => ENTITIES[name] || entity);

  /**
   * An address that may be followed, else "".
   * @param {unknown} address absolute, or a path of the site
   * @param {RegExp} schemes
   */
  const safeUrl = (address, schemes = /^(https?|mailto|tel):/) => {
    try {
      const { href } = new URL(String(address || ""), location.href);
      return address && schemes.test(href) ? href : "";
    } catch {
      return "";
    }
  };

  /**
   * Set a link's address; other sites open in a tab of their own.
   * @param {HTMLAnchorElement} link
   * @param {string} href "" leaves a link that leads nowhere
   */
  const point = (link, href) => {
    if (!href) return;
    link.href = href;
    link.rel = "noopener";
    if (/^http/.test(href) && link.origin !== location.origin) {
      link.target = "_blank";
    }
  };

  /** @param {string} html */
  const build = (html) => {
    const top = new DocumentFragment();
    /** @type {(DocumentFragment | HTMLElement)[]} */
    const open = [top];
    for (const [whole, slash, name, attributes] of html
      .slice(0, LONGEST)
      .matchAll(PART)) {
      const inner = open[open.length - 1];
      if (!ALLOWED.has(name)) {
        inner.append(decoded(whole));
      } else if (slash) {
        const at = open.map((node) => node.nodeName.toLowerCase());
        const begun = at.lastIndexOf(name);
        if (begun > 0) open.length = begun;
      } else {
        const element = document.createElement(name);
        if (element instanceof HTMLAnchorElement) {
          const href = / href="([^"]*)"/.exec(attributes);
          point(element, safeUrl(href && decoded(href[1])));
        }
        inner.append(element);
        if (!/^[bh]r$/.test(name) && open.length < DEEPEST) open.push(element);
      }
    }
    return top;
  };

  return { build, safeUrl, point };
})();

/**
 * Makes foreign HTML harmless. It is never parsed into the page: it is read in
 * a document without scripts, and what is allowed is built again.
 */
const RICH = "B STRONG I EM U BR P UL OL LI A SPAN".split(" ");
const BLOCKS = "DIV H1 H2 H3 H4 H5 H6 TR SECTION ARTICLE BLOCKQUOTE PRE".split(
  " ",
);
const DROPPED =
  "SCRIPT STYLE IFRAME OBJECT EMBED TEMPLATE NOSCRIPT TEXTAREA SELECT TITLE HEAD AUDIO VIDEO CANVAS SVG MATH".split(
    " ",
  );
/** Those whose content is text to the parser, with or without an end. */
const RAW = "SCRIPT STYLE IFRAME NOSCRIPT TEXTAREA TITLE".split(" ");
const SVG = "http://www.w3.org/2000/svg";
const DRAWN =
  "svg g path circle ellipse rect line polyline polygon title defs linearGradient radialGradient stop".split(
    " ",
  );
const DRAWN_WITH =
  "viewBox width height d cx cy r rx ry x y x1 y1 x2 y2 points transform fill fill-rule fill-opacity clip-rule stroke stroke-width stroke-linecap stroke-linejoin stroke-opacity opacity offset stop-color stop-opacity".split(
    " ",
  );

/** Schemes of links and pictures. */
const FOLLOWED = ["http:", "https:"];

/** Markup as the page's Trusted Types accept it, where they are in force. */
const trusted = (() => {
  /** @typedef {{ createHTML(markup: string): string }} Policy */
  const types =
    /** @type {{ trustedTypes?: { createPolicy(name: string, rules: Policy): Policy } }} */ (
      window
    ).trustedTypes;
  /** @param {string} markup */
  const asIs = (markup) => markup;
  if (!types) return asIs;
  try {
    // A policy of a page's own script has another name: most pages allow each once.
    const policy = types.createPolicy("app-inbox-sandbox", {
      createHTML: asIs,
    });
    return (/** @type {string} */ markup) => policy.createHTML(markup);
  } catch {
    return asIs;
  }
})();

/**
 * An address that may be followed or shown, else "".
 *
 * @param {unknown} address absolute, or relative to the page
 * @param {string[]} schemes
 */
function safeAddress(address, schemes = FOLLOWED) {
  if (typeof address !== "string" || !address.trim()) return "";
  try {
    const url = new URL(address.trim(), document.baseURI);
    return schemes.includes(url.protocol) ? url.href : "";
  } catch {
    return "";
  }
}

/**
 * Set a link's address; other sites open in their own tab.
 *
 * @param {HTMLAnchorElement} link
 * @param {string} href "" leaves a link that leads nowhere
 */
function pointTo(link, href) {
  if (!href) return;
  link.href = href;
  if (link.origin === location.origin) return;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
}

/**
 * A message's rich text as nodes that can do no harm.
 *
 * @param {string} markup
 */
function cleanText(markup) {
  const clean = document.createDocumentFragment();
  try {
    const parsed = new DOMParser().parseFromString(
      trusted(tameTags(markup)),
      "text/html",
    );
    copyAllowed(parsed.body, clean, 0);
  } catch {
    // The page's Trusted Types let nobody parse it.
    clean.append(bareWords(markup));
  }
  return clean;
}

/**
 * Markup whose tags carry nothing but an href. What is unsafe is left out later
 * anyway; but a page's Content-Security-Policy would report the style and on…
 * attributes of strangers already when they are read.
 *
 * @param {string} markup
 */
function tameTags(markup) {
  return markup.replace(
    /<(\/?)([a-z][^\s/>]*)([^>]*)>/gi,
    (tag, slash, name, rest, offset) => {
      const known = name.toUpperCase();
      if (DROPPED.includes(known)) {
        const after = markup.slice(offset + tag.length);
        return !slash && holdsNothing(known, rest, after)
          ? ""
          : `<${slash}x-dropped>`;
      }
      if (known !== "A" || slash) {
        return [...RICH, ...BLOCKS].includes(known) ? `<${slash}${known}>` : "";
      }
      const [, ...values] =
        /\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i.exec(rest) ?? [];
      const href = values.find((value) => value !== undefined) ?? "";
      return `<a href="${href.replaceAll('"', "&quot;")}">`;
    },
  );
}

/**
 * Whether a start tag that is dropped has no content, so that what follows stays.
 *
 * @param {string} name in capitals
 * @param {string} rest of the tag
 * @param {string} after what follows it
 */
function holdsNothing(name, rest, after) {
  if (name === "EMBED") return true;
  if (RAW.includes(name)) return false;
  const closesItself = /\/$/.test(rest) && !/=[^\s"']+$/.test(rest);
  if (closesItself && ["SVG", "MATH"].includes(name)) return true;
  return !new RegExp(`</${name}[\\s/>]`, "i").test(after);
}

/**
 * Markup without its tags, for where it must not be parsed.
 *
 * @param {string} markup
 */
function bareWords(markup) {
  /** @type {Record<string, string>} */
  const named = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };
  return tameTags(markup)
    .replace(/<!--[^]*?-->|<x-dropped>[^]*?(?:<\/x-dropped>|$)|<[^>]*>/g, " ")
    .replace(/&(?:#(\d{1,6})|([a-z]+));/gi, (entity, code, name) =>
      code ? String.fromCodePoint(code) : (named[name] ?? entity),
    )
    .replace(/\s+/g, " ")
    .trim();
}

/** @param {Node} from @param {Node} to @param {number} depth */
function copyAllowed(from, to, depth) {
  for (const child of from.childNodes) {
    if (child instanceof Text) to.appendChild(new Text(child.data));
    if (!(child instanceof Element) || child.localName === "x-dropped")
      continue;
    if (depth < 20 && RICH.includes(child.tagName)) {
      const copy = document.createElement(child.tagName);
      if (copy instanceof HTMLAnchorElement) {
        const href = child.getAttribute("href");
        pointTo(copy, safeAddress(href, [...FOLLOWED, "mailto:"]));
      }
      to.appendChild(copy);
      copyAllowed(child, copy, depth + 1);
    } else {
      copyAllowed(child, to, depth + 1);
      if (BLOCKS.includes(child.tagName)) {
        to.appendChild(document.createElement("br"));
      }
    }
  }
}

/**
 * The words of clean rich text in one line.
 *
 * @param {Node} clean
 */
function plainText(clean) {
  const words = Array.from(clean.childNodes, (/** @type {Node} */ child) => {
    if (child instanceof Text) return child.data;
    const apart = /^(P|UL|OL|LI|BR)$/.test(child.nodeName);
    /** @type {string} */
    const inner = plainText(child);
    return apart ? ` ${inner} ` : inner;
  });
  return words.join("").replace(/\s+/g, " ");
}

/**
 * The site's own bell, rebuilt from what an SVG may contain; null if it is no SVG.
 *
 * @param {unknown} markup
 */
function cleanDrawing(markup) {
  if (typeof markup !== "string" || !markup) return null;
  try {
    const parsed = new DOMParser().parseFromString(
      trusted(markup),
      "image/svg+xml",
    );
    const root = parsed.documentElement;
    return root.localName === "svg" ? redraw(root) : null;
  } catch {
    return null;
  }
}

/** @param {Element} original @returns {SVGElement} */
function redraw(original) {
  const copy = document.createElementNS(SVG, original.localName);
  for (const { name, value } of original.attributes) {
    if (DRAWN_WITH.includes(name) && !/url\s*\(/i.test(value)) {
      copy.setAttribute(name, value);
    }
  }
  for (const child of original.children) {
    if (DRAWN.includes(child.localName)) copy.appendChild(redraw(child));
  }
  return copy;
}

/**
 * What strangers wrote, as the element takes it: a message's HTML in the form that the
 * element knows, and an icon of what an SVG may contain.
 */
const RICH = "a b blockquote br div em i li ol p pre span strong u ul".split(
  " ",
);
/** Drawn as the block that they are. */
const BLOCKS = "article section tr".split(" ");
const DROPPED =
  "script style iframe object embed template noscript textarea select title head audio video canvas svg math".split(
    " ",
  );
/** Those whose content is text to a parser, with or without an end. */
const RAW = "script style iframe noscript textarea title".split(" ");
const SVG = "http://www.w3.org/2000/svg";
const DRAWN =
  "svg g path circle ellipse rect line polyline polygon title defs linearGradient radialGradient stop".split(
    " ",
  );
const DRAWN_WITH =
  "viewBox width height d cx cy r rx ry x y x1 y1 x2 y2 points transform fill fill-rule fill-opacity clip-rule stroke stroke-width stroke-linecap stroke-linejoin stroke-opacity opacity offset stop-color stop-opacity".split(
    " ",
  );

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
 * A message's HTML without what the element would show as the text that it is. That
 * it does no harm is the element's own affair.
 *
 * @param {string} html
 */
const tidy = (html) =>
  html
    .replace(/<!--[^]*?(?:-->|$)/g, "")
    .replace(/<(\/?)([a-z][^\s/>]*)([^>]*)>/gi, tidyTag)
    .replace(/<x-dropped>[^]*?(?:<\/x-dropped>|$)|<\/x-dropped>/g, "")
    .replace(/&(?:#\w+|\w+);/g, plainEntity);

/** @type {(tag: string, slash: string, name: string, rest: string, offset: number, html: string) => string} */
function tidyTag(tag, slash, name, rest, offset, html) {
  const known = name.toLowerCase();
  if (DROPPED.includes(known)) {
    const after = html.slice(offset + tag.length);
    return !slash && holdsNothing(known, rest, after)
      ? ""
      : `<${slash}x-dropped>`;
  }
  if (BLOCKS.includes(known)) return `<${slash}div>`;
  if (/^h[1-6]$/.test(known)) {
    return slash ? "</strong></div>" : "<div><strong>";
  }
  if (!RICH.includes(known)) return "";
  if (known !== "a" || slash) return `<${slash}${known}>`;
  const [, ...values] =
    /\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i.exec(rest) ?? [];
  const href = values.find((value) => value !== undefined) ?? "";
  return `<a href="${href.replaceAll('"', "&quot;")}">`;
}

/**
 * Whether a start tag that is dropped has no content, so that what follows stays.
 *
 * @param {string} name
 * @param {string} rest of the tag
 * @param {string} after what follows it
 */
function holdsNothing(name, rest, after) {
  if (name === "embed") return true;
  if (RAW.includes(name)) return false;
  const closesItself = /\/$/.test(rest) && !/=[^\s"']+$/.test(rest);
  if (closesItself && ["svg", "math"].includes(name)) return true;
  return !new RegExp(`</${name}[\\s/>]`, "i").test(after);
}

/**
 * The character of an entity; those stay that the element decodes.
 *
 * @param {string} entity
 */
function plainEntity(entity) {
  if (/^&(?:amp|lt|gt|quot);$/.test(entity)) return entity;
  try {
    const { body } = new DOMParser().parseFromString(
      trusted(entity),
      "text/html",
    );
    return escaped(body.textContent ?? "");
  } catch {
    return entity; // the page's Trusted Types let nobody parse it
  }
}

/** @param {string} plain */
const escaped = (plain) =>
  plain.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

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

/**
 * Bell and panel: the element that a site draws for itself, with the vendor behind it.
 *
 * @typedef {object} Look what the element has beside its script
 * @property {string} tag of the bell
 * @property {string} bellStyle
 * @property {Record<string, string>} texts by language, in JSON
 */

/** Messages arrive within seconds, where a site's own bell asks twice a minute. */
const HASTE = 20;

/**
 * @param {HTMLElement} host
 * @param {URL} base the messages' address at the vendor
 * @param {{ askPage: () => unknown, language: string, icon: unknown, look: Look }} options
 */
function startBell(host, base, { askPage, language, icon, look }) {
  const settings = { language, user: "", texts: look.texts[language] };
  const { title } = JSON.parse(settings.texts);
  /** @type {Set<(state: StoreState, arrived: number) => void>} */
  const hearers = new Set();

  // Nothing of a contact stays once it is unclear whose token comes next.
  // An open panel stays, and is empty until the messages are there.
  let isBetween = false;
  const connection = new Connection(base, askPage, () => {
    isBetween = hearers.size > 1;
    store.forget();
    if (isBetween) listOf(store).refresh();
  });
  const store = openStore(
    { unread: null },
    vendorMessages(connection, title, HASTE),
    () => {}, // each tab has a token of its own
    (state, arrived) => {
      if (isBetween && !state.list) return;
      isBetween = false;
      for (const hear of [...hearers]) hear(state, arrived);
    },
    {
      now: () => performance.now() * HASTE,
      later: (work, pause) => {
        const timer = setTimeout(work, pause / HASTE);
        return () => clearTimeout(timer);
      },
    },
  );
  /** @type {BellContext} */
  const page = {
    subscribe: (hear) => {
      hearers.add(hear);
      hear(store.state(), 0);
      return () => hearers.delete(hear);
    },
    store: () => store,
    settings: () => settings,
    module: async () => ({ openPanel }),
  };

  host.lang = language;
  // A site that hears these would miss them at the vendor's.
  for (const name of ["open", "read", "click"]) {
    host.addEventListener(`app-inbox:${name}`, (event) =>
      event.stopPropagation(),
    );
  }
  drawTree(host, icon, look);
  const bell = wireBell(host, page);
  if (bell) page.subscribe(bell.render);
  const lead = () => store.lead(document.visibilityState === "visible");
  document.addEventListener("visibilitychange", lead);
  addEventListener("online", store.want);
  addEventListener("pageshow", store.want);
  lead();
}

/** @param {HTMLElement} host @param {unknown} icon @param {Look} look */
function drawTree(host, icon, { bellStyle }) {
  const tree = host.attachShadow({ mode: "open" });
  tree.append(drawBell({ part: "bell", href: "#" }));
  const drawing = cleanDrawing(icon);
  if (drawing) {
    drawing.setAttribute("part", "icon");
    tree.querySelector("[part=icon]")?.replaceWith(drawing);
  }
  dressPage(bellStyle);
}

/**
 * Constructed style sheets need no exception in a page's style-src.
 *
 * @param {string} style
 */
function dressPage(style) {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    document.adoptedStyleSheets.push(sheet);
  } catch {
    // Browsers of 2022 construct none.
    const element = document.createElement("style");
    element.textContent = style;
    document.head.append(element);
  }
}

/**
 * Taking over the page's eS queue, and the one init.
 *
 * @typedef {{ selector: string, position: InsertPosition, icon?: string | null, initForm?: InitForm, look: Look }} Site
 * @typedef {"features" | "options"} InitForm flags and then options, or options alone
 * @typedef {{ (...command: unknown[]): void, q?: ArrayLike<unknown>[], c?: (command: ArrayLike<unknown>) => void, taken?: true }} Queue
 * @typedef {{ getAuthTokenCallback?: unknown, language?: unknown }} InitOptions
 */
const ANCHOR_WITHIN = 30_000;
const SAYS = "App Inbox sandbox:";

const page =
  /** @type {Window & { eS?: Queue, __appInboxSandboxSite?: Site }} */ (
    /** @type {unknown} */ (window)
  );
const script = /** @type {HTMLScriptElement | null} */ (document.currentScript);

let initialised = false;

/** @param {ArrayLike<unknown>} command */
function obey(command) {
  // The documents' stub queues the arguments of its f.c, whose first is the
  // command's arguments; a plain stub queues those themselves.
  const nested = typeof command[0] === "object" && command[0] !== null;
  const [name, ...rest] = Array.from(
    nested ? /** @type {ArrayLike<unknown>} */ (command[0]) : command,
  );
  // Events and recommendations have nothing to do with the inbox.
  if (name !== "init") return;
  if (initialised) {
    console.error(
      `${SAYS} a second eS('init', …) was ignored. The vendor wants it once in a page.`,
    );
    return;
  }
  initialised = true;
  const options = inboxOptions(rest);
  if (options && isTaken(rest)) start(options);
}

/**
 * The options of an init that asks for the inbox, in either documented form.
 *
 * @param {unknown[]} given what followed 'init'
 * @returns {InitOptions | null}
 */
function inboxOptions([first, second]) {
  const one = /** @type {(InitOptions & { APP_INBOX?: unknown }) | null} */ (
    typeof first === "object" ? first : null
  );
  if (typeof second === "object" && second !== null) {
    return one?.APP_INBOX === true ? second : null;
  }
  if (one?.APP_INBOX === true && !one.getAuthTokenCallback) return {};
  return one && "getAuthTokenCallback" in one ? one : null;
}

const CALLS = {
  features: "eS('init', {APP_INBOX: true}, {…})",
  options: "eS('init', {getAuthTokenCallback: …})",
};

/**
 * Whether the account takes an init of this form; unless support set one, both.
 *
 * @param {unknown[]} given what followed 'init'
 */
function isTaken(given) {
  const wanted = page.__appInboxSandboxSite?.initForm;
  const form = given.length > 1 ? "features" : "options";
  if (!wanted || form === wanted) return true;
  console.error(
    `${SAYS} this account takes ${CALLS[wanted]}, and the page calls ${CALLS[form]}.`,
  );
  return false;
}

/** @param {InitOptions} options */
function start({ getAuthTokenCallback, language }) {
  const { __appInboxSandboxSite: site } = page;
  if (typeof getAuthTokenCallback !== "function") {
    console.error(`${SAYS} init needs getAuthTokenCallback, a function.`);
    return;
  }
  if (!script?.src || !site) {
    console.error(`${SAYS} the script was not loaded from /scripts/….js.`);
    return;
  }
  if (typeof language !== "string") {
    console.warn(`${SAYS} init needs language, such as "en".`);
  }
  const base = new URL("../appinbox/v1/", script.src);
  whenThere(site.selector, (anchor) => {
    startBell(plant(anchor, site), base, {
      askPage: () => getAuthTokenCallback(),
      language: knownLanguage(language, site.look),
      icon: site.icon,
      look: site.look,
    });
  });
}

/** @param {unknown} asked what init was given @param {Look} look */
function knownLanguage(asked, { texts }) {
  const wanted =
    typeof asked === "string" && asked ? asked : document.documentElement.lang;
  const short = wanted.slice(0, 2).toLowerCase();
  return Object.hasOwn(texts, short) ? short : "en";
}

/** @param {Element} anchor @param {Site} site */
function plant(anchor, { position, look: { tag } }) {
  try {
    anchor.insertAdjacentHTML(position, trusted(`<${tag}></${tag}>`));
  } catch {
    // The page's Trusted Types do not let us have a policy.
    anchor.insertAdjacentElement(position, document.createElement(tag));
  }
  const planted = {
    beforebegin: anchor.previousElementSibling,
    afterbegin: anchor.firstElementChild,
    beforeend: anchor.lastElementChild,
    afterend: anchor.nextElementSibling,
  };
  return /** @type {HTMLElement} */ (planted[position]);
}

/** @param {string} selector @param {(anchor: Element) => void} use */
function whenThere(selector, use) {
  /** @type {Element | null} */
  let anchor;
  try {
    anchor = document.querySelector(selector);
  } catch {
    console.error(
      `${SAYS} this browser does not accept the selector "${selector}", so there is no bell.`,
    );
    return;
  }
  if (anchor) return use(anchor);
  const observer = new MutationObserver(() => {
    const late = document.querySelector(selector);
    if (!late) return;
    observer.disconnect();
    use(late);
  });
  observer.observe(document, { childList: true, subtree: true });
  const complain = () => {
    if (document.querySelector(selector)) return;
    console.warn(
      `${SAYS} the page has no element "${selector}", so there is no bell.`,
    );
    setTimeout(() => observer.disconnect(), ANCHOR_WITHIN);
  };
  if (document.readyState !== "loading") complain();
  else document.addEventListener("DOMContentLoaded", complain);
}

/** Obey what was queued before this script came, and what follows. */
function takeOver() {
  const stub = page.eS;
  if (stub?.taken) {
    console.error(`${SAYS} the page loads the script twice.`);
    return;
  }
  const queued = Array.from(stub?.q ?? []);
  /** @type {Queue} */
  const live = (...command) => obey(command);
  live.c = obey;
  live.q = [];
  live.taken = true;
  page.eS = live;
  if (stub) {
    // Code that kept the stub still reaches us.
    stub.c = obey;
    stub.q = Object.assign([], {
      push: (/** @type {ArrayLike<unknown>[]} */ ...commands) => {
        commands.forEach(obey);
        return 0;
      },
    });
  }
  queued.forEach(obey);
}

takeOver();

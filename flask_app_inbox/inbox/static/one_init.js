/** @typedef {((...command: any[]) => void) & {q?: any}} Vendor the vendor's `eS` */
/** @typedef {Window & { eS?: Vendor }} VendorsPage */

/**
 * One `init` for each page: tell whether the page makes its own, and make ours.
 * @param {(script: HTMLScriptElement) => boolean} isVendors
 */
const oneInit = (isVendors) => {
  // An `init` in an inline script, and comments that begin a line of one.
  const INIT = /\beS["'\]?.\s]*\(\s*["'`]init["'`]/;
  const COMMENTS = /^\s*(\/\/.*$|\/\*[^]*?\*\/)/gm;

  /** @type {VendorsPage} */
  const page = window;
  let isCalled = false; // whether anybody called it since this script came
  /** @type {unknown[] | undefined} */
  let ours; // what we called it with

  /** An element or a frame of the name `eS` is none. */
  const found = () => (typeof page.eS === "function" ? page.eS : undefined);

  const tellSecond = () => {
    console.warn(
      "App Inbox: the page calls eS('init') itself. Take that call out: the " +
        "vendor wants one init per page, and app_inbox() makes it.",
    );
    announceInbox("error", { code: "second_init" });
  };

  /** Tell a foreign call from ours, when the vendor's script takes it from the queue. */
  const isForeign = (/** @type {unknown[]} */ command) => {
    if (!ours || command[1] !== ours[1]) return !!ours;
    const caller = document.currentScript;
    if (command[1] || !(caller instanceof HTMLScriptElement)) return false;
    return !isVendors(caller);
  };

  /**
   * Hear of each `init` from now on: a proxy stands before the vendor's function, and
   * before each that replaces it. It changes no call.
   */
  const listen = () => {
    /** @type {Vendor | undefined} */
    let proxy;
    /** @param {Vendor | undefined} eS */
    const stand = (eS) => {
      if (eS === proxy) return;
      if (typeof eS !== "function") return (proxy = eS);
      proxy = new Proxy(eS, {
        apply: (target, self, command) => {
          if (command[0] === "init") {
            if (isForeign(command)) tellSecond();
            isCalled = true;
          }
          return Reflect.apply(target, self, command);
        },
      });
    };
    stand(found());
    try {
      Object.defineProperty(page, "eS", {
        get: () => proxy,
        set: stand,
        configurable: true,
        enumerable: true,
      });
    } catch {
      // Declared by var: what replaces it goes unheard.
      page.eS = proxy;
    }
  };

  /** @param {unknown} list that need be none */
  const listed = (list) => Array.from(/** @type {any} */ (Object(list)));

  /** The calls that wait for the vendor's script. */
  const waiting = () => listed(page.eS?.q).map(listed);

  /** Whether the page calls `init` itself: in its text, in the queue, or so far. */
  const pageHasOne = () =>
    isCalled ||
    // Either common kind of stand-in keeps calls in its own way.
    waiting().some(([first]) => first === "init" || first?.[0] === "init") ||
    [...document.querySelectorAll("script")].some(
      ({ src, type, text }) =>
        !src && !/json/.test(type) && INIT.test(text.replace(COMMENTS, "")),
    );

  // The stand-in keeps calls as the documented one does: arguments of arguments.
  /** @returns {Vendor} */
  const vendor = () => {
    /** @type {any} */
    const queue = function () {
      queue.c(arguments);
    };
    queue.q = [];
    queue.c = function () {
      queue.q.push(arguments);
    };
    return found() || (page.eS = queue);
  };

  listen();
  return {
    /** Whether calls wait for a script of the vendor. */
    isWaiting: () => waiting().length > 0,
    /**
     * Call it, unless the page does.
     * @param {() => unknown[]} prepare what follows "init"
     */
    make: (prepare) => {
      if (pageHasOne()) return tellSecond();
      const command = ["init", ...prepare()];
      vendor()(...command);
      ours = command;
    },
  };
};

// The page's side of flask-app-inbox: tokens from the site, one `init` for the
// vendor, one user.

/**
 * Start. In a page that has started already it does nothing more than that page needs.
 * @param {HTMLElement} own its settings are this element's data attributes
 */
const startAppInbox = (own) => {
  /**
   * What all runs of this script in a page share; a swapped page runs it again.
   * @typedef {object} Shared
   * @property {Element} newest run of this script
   * @property {ReturnType<typeof oneInit>} init
   * @property {boolean} [hasInbox] whether that one has the inbox, once we began
   */
  /** @type {{ __appInbox?: Shared }} */
  const page = /** @type {any} */ (window);
  const { tokenUrl, userUrl = "", user = "", ...settings } = own.dataset;
  const { anchor = "", position = "", script, features } = settings;
  const flags = JSON.parse(features || "{}");
  const source = vendorScript(settings.vendor, script, own.nonce);

  /** @type {HTMLElement | undefined} */
  let run = own;
  /** This script's element in the page that is shown, which tells its user. */
  const shownRun = () => {
    if (!run?.isConnected) {
      run = [...document.querySelectorAll("script")]
        .filter(({ dataset }) => dataset.userUrl === userUrl)
        .pop();
    }
    return run;
  };

  /** Call back once the page's own scripts have run; later ones may always come. */
  const whenParsed = (/** @type {() => void} */ then) => {
    /** @type {any[]} */
    const [timing] = performance.getEntriesByType("navigation");
    const parsed =
      document.readyState === "complete" || timing?.domContentLoadedEventStart;
    if (parsed) then();
    else document.addEventListener("DOMContentLoaded", then);
  };

  // --- the inbox of one user ------------------------------------------------------

  const openInbox = () => {
    const who = whoIsHere(userUrl, "app-inbox:check", true);
    const bell = vendorBell(anchor, position);
    let isGone = false;
    let told = ""; // why the user is gone

    who.watch(user, (isHere, code) => {
      isGone = isHere === false;
      if (isHere) bell.show();
      else bell.hide();
      const isNews = isGone && told !== code;
      told = isGone ? code : "";
      if (!isNews) return;
      if (code === "user_changed") sayReload(code);
      else announceInbox("error", { code });
    });

    /** Fetch a token, patiently; "" for a contact that the vendor does not know. */
    const getToken = tokenSource(async () => {
      const answer = await siteEndpoint.insist(tokenUrl || "", user);
      who.learn(answer, [user]);
      const token = answer.status === 200 && answer.body?.token;
      if (!isGone && typeof token === "string") {
        announceInbox(token ? "token" : "unknown-contact");
        return token;
      }
      if (!isGone) announceInbox("error", { code: answer.code });
      throw new Error("App Inbox: " + answer.code);
    });

    /** @returns {unknown[]} what follows "init" */
    const prepare = () => {
      bell.settle(); // the place as the site made it
      new MutationObserver(bell.settle).observe(document, {
        childList: true,
        subtree: true,
      });
      onPageChange(
        () => {
          const shown = shownRun();
          return [shown, shown?.dataset.user, bell.anchor()];
        },
        ([run, madeFor], [lastRun]) => {
          const isTold = run !== lastRun && madeFor === user;
          const isDoubtful = isGone || !isTold;
          if (isDoubtful) who.look();
          return isDoubtful;
        },
      );
      if (!bell.anchor()) {
        const advice =
          "so the bell has no place. Use {{ app_inbox_anchor() }}.";
        console.warn(
          `App Inbox: nothing matches the anchor ${anchor}, ${advice}`,
        );
      }
      const { language, form } = settings;
      const getAuthTokenCallback = async () => {
        if (isGone) throw new Error("App Inbox: the page's user is gone");
        return getToken();
      };
      const options = { getAuthTokenCallback, language };
      return form === "options"
        ? [options]
        : [{ ...flags, APP_INBOX: true }, options];
    };
    return prepare;
  };

  // --- runs of this script --------------------------------------------------------

  const begin = () => {
    if (shared.hasInbox !== undefined || shared.newest !== own) return;
    shared.hasInbox = !!tokenUrl;
    const inbox = tokenUrl && openInbox();
    whenParsed(() => {
      shared.init.make(inbox || (() => (features ? [flags] : [])));
      if (script) source.load();
      else if (inbox) source.expect(shared.init.isWaiting);
    });
  };

  const beginOnceShown = () => {
    if (!(/** @type {any} */ (document).prerendering)) begin();
    else document.addEventListener("prerenderingchange", begin);
  };

  const shared = (page.__appInbox = page.__appInbox || {
    newest: own,
    init: oneInit(source.isVendors),
  });
  shared.newest = own;
  if (tokenUrl && shared.hasInbox === false) sayReload();
  const { appInboxConsent } = document.documentElement.dataset;
  const mayBegin = settings.consent === undefined || appInboxConsent === "yes";
  if (mayBegin) beginOnceShown();
  else document.addEventListener("app-inbox:consent", beginOnceShown);
};

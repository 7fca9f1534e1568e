// The drawer "How it works": asks the shop for the calls that it and the vendor
// have seen, adds what only the browser sees, and draws them between three lanes.
(() => {
  "use strict";

  const EVERY = 1000; // milliseconds between two questions while the drawer is open
  const STAYS_OPEN = "zavarka.flow";
  const MOVED = "zavarka.moved"; // read by flow_anchor.js on the next page

  /**
   * @typedef {{
   *   now: number, calls: FlowCall[], shop: number, vendor: number,
   *   steps: number, vendorReachable: boolean
   * }} Answer
   */

  const drawer = document.getElementById("flow");
  const opener = document.querySelector(".flow-button");
  if (!drawer || !(opener instanceof HTMLElement)) return;
  const scroller = drawer.querySelector(".flow-scroll");
  const list = drawer.querySelector(".flow-calls");
  const status = drawer.querySelector(".flow-status");
  const login = drawer.querySelector(".flow-login");
  const texts = drawer.dataset;
  const rows =
    scroller && list && createFlowRows(scroller, list, texts.noAnswer || "");

  const cursors = { shop: 0, vendor: 0, steps: 0 };
  let clockOffset = 0; // the shop's clock minus ours
  let timer = 0;
  let asking = false;
  let own = 0;
  let said = { text: "", trouble: false }; // by the last button
  let pollTrouble = "";
  let hasEnded = false; // the login that this page was rendered for

  const showStatus = () => {
    if (!(status instanceof HTMLElement)) return;
    const text = [said.text, pollTrouble].filter(Boolean).join(" ");
    if (status.textContent !== text) status.textContent = text;
    status.dataset.state = said.trouble || pollTrouble ? "trouble" : "";
  };

  /**
   * Say how a button's action ended; that stays until the next one.
   * @param {string} text
   * @param {boolean} [trouble]
   */
  const tell = (text, trouble = false) => {
    said = { text, trouble };
    showStatus();
  };

  /**
   * Say what is wrong with the drawer's own questions: it may pass by itself.
   * @param {string} text
   */
  const tellOfPolling = (text) => {
    pollTrouble = text;
    showStatus();
  };

  /** Say that nobody is logged in any more: only another page can go on. */
  const end = () => {
    hasEnded = true;
    tellOfPolling("");
    tell(texts.ended || "");
    if (login instanceof HTMLElement) login.hidden = false;
  };

  const ask = async () => {
    const query = new URLSearchParams({
      shop: String(cursors.shop),
      vendor: String(cursors.vendor),
      steps: String(cursors.steps),
    });
    const asked = Date.now();
    const response = await fetch(`${texts.calls}?${query}`, {
      headers: { Accept: "application/json" },
    });
    if (response.status === 401) return end();
    if (!response.ok) throw new Error(String(response.status));
    /** @type {Answer} */
    const answer = await response.json();
    clockOffset = answer.now - (asked + Date.now()) / 2;
    cursors.shop = answer.shop;
    cursors.vendor = answer.vendor;
    cursors.steps = answer.steps;
    rows?.add(answer.calls);
    tellOfPolling(answer.vendorReachable ? "" : texts.unreachable || "");
  };

  const isOpen = () => !drawer.hidden;

  const poll = async () => {
    clearTimeout(timer);
    if (!isOpen() || !texts.calls || asking || hasEnded) return;
    if (!document.hidden) {
      asking = true;
      try {
        await ask();
      } catch {
        tellOfPolling(texts.lost || "");
      }
      asking = false;
    }
    clearTimeout(timer);
    timer = setTimeout(poll, EVERY);
  };

  /**
   * Add what only the browser can see.
   * @param {Partial<FlowCall>} facts
   */
  const addOwn = (facts) => {
    if (!texts.calls) return;
    own += 1;
    const call = {
      id: `browser-${own}`,
      at: Date.now() + clockOffset,
      from: "browser",
      to: "browser",
      method: "",
      path: "",
      status: null,
      ms: null,
      says: "",
      ...facts,
    };
    rows?.add([call]);
  };

  const watchEvents = () => {
    document.addEventListener("app-inbox:token", () =>
      addOwn({ says: texts.token || "" }),
    );
    document.addEventListener("app-inbox:unknown-contact", () =>
      addOwn({ says: texts.unknown || "" }),
    );
    document.addEventListener("chathub:ready", () =>
      addOwn({ says: texts.chatReady || "" }),
    );
    document.addEventListener("chathub:error", (event) => {
      const { code } = /** @type {CustomEvent<{code: string}>} */ (event)
        .detail;
      addOwn({ says: `${texts.chatError} ${code}` });
    });
    document.addEventListener("app-inbox:error", (event) => {
      const { code } = /** @type {CustomEvent<{code: string}>} */ (event)
        .detail;
      addOwn({ says: `${texts.error} ${code}` });
    });
  };

  /** A real vendor keeps no log for us; the browser's own measurements remain. */
  const watchVendor = () => {
    if (texts.vendor !== "real") return;
    new PerformanceObserver((entries) => {
      const calls = /** @type {PerformanceResourceTiming[]} */ (
        entries.getEntries()
      );
      for (const entry of calls) {
        const { host, pathname } = new URL(entry.name);
        // Pictures of messages are on whichever host their sender likes.
        if (host === location.host || entry.initiatorType === "img") continue;
        addOwn({
          at: performance.timeOrigin + entry.startTime + clockOffset,
          to: "vendor",
          method: host,
          path: pathname,
          ms: entry.duration,
          says: texts.seen || "",
        });
      }
    }).observe({ type: "resource", buffered: true });
  };

  /** @param {boolean} open */
  const show = (open) => {
    drawer.hidden = !open;
    opener.setAttribute("aria-expanded", String(open));
    document.documentElement.classList.toggle("flow-open", open);
    try {
      if (open) sessionStorage.setItem(STAYS_OPEN, "1");
      else sessionStorage.removeItem(STAYS_OPEN);
    } catch {
      // Without storage the drawer is closed on the next page, no more.
    }
    if (open) poll();
  };

  const wasOpen = () => {
    try {
      return sessionStorage.getItem(STAYS_OPEN) === "1";
    } catch {
      return false;
    }
  };

  const close = () => {
    show(false);
    opener.focus();
  };

  /**
   * The bell has changed: only a new page has it at its new place.
   * @param {boolean} hasMoved
   */
  const loadAgain = (hasMoved) => {
    try {
      if (hasMoved) sessionStorage.setItem(MOVED, "1");
    } catch {
      // Then the next page does not scroll to it, no more.
    }
    // A reload would scroll to where the page is now.
    location.replace(location.pathname + location.search);
  };

  /**
   * @param {HTMLFormElement} form
   * @param {HTMLElement | null} button
   */
  const press = async (form, button) => {
    tell("");
    const body = new FormData(form);
    if (button instanceof HTMLButtonElement && button.name) {
      body.append(button.name, button.value);
    }
    try {
      const response = await fetch(form.action, { method: "POST", body });
      if (response.status === 401) return end();
      const answer = await response.json();
      if (answer.moved || answer.changed) return loadAgain(!!answer.moved);
      tell(answer.says || texts.failed || "", !response.ok);
      if (response.ok && "bringsMessage" in form.dataset) {
        document.dispatchEvent(new Event("zavarka:message"));
      }
      rows?.showNewest();
    } catch {
      tell(texts.failed || "", true);
    }
    poll();
  };

  opener.hidden = false;
  opener.addEventListener("click", () => {
    show(true);
    document.getElementById("flow-title")?.focus();
  });
  drawer.querySelector(".flow-close")?.addEventListener("click", close);
  drawer.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  for (const form of drawer.querySelectorAll("form")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      press(form, event.submitter);
    });
  }
  watchEvents();
  watchVendor();
  if (wasOpen()) show(true);
})();

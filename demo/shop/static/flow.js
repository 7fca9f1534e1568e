// The drawer "How it works": asks the shop for the calls that it and the vendor
// have seen, adds what only the browser sees, and draws them between three lanes.
(() => {
  "use strict";

  const EVERY = 1000; // milliseconds between two questions while the drawer is open
  const MOST_ROWS = 150;
  const STAYS_OPEN = "zavarka.flow";

  /**
   * @typedef {{
   *   id: string, at: number, from: string, to: string, method: string,
   *   path: string, status: number | null, ms: number | null, says: string
   * }} Call
   * @typedef {{
   *   now: number, calls: Call[], shop: number, vendor: number,
   *   vendorReachable: boolean
   * }} Answer
   */

  const drawer = document.getElementById("flow");
  const opener = document.querySelector(".flow-button");
  if (!drawer || !(opener instanceof HTMLElement)) return;
  const scroller = drawer.querySelector(".flow-scroll");
  const list = drawer.querySelector(".flow-calls");
  const status = drawer.querySelector(".flow-status");
  const texts = drawer.dataset;

  const cursors = { shop: 0, vendor: 0 };
  /** @type {Map<string, {call: Call, times: number, row: HTMLElement}>} */
  const shown = new Map();
  let clockOffset = 0; // the shop's clock minus ours
  let timer = 0;
  let asking = false;
  let own = 0;
  let said = { text: "", trouble: false }; // by the last button
  let pollTrouble = "";

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

  /** @param {Call} call */
  const kindOf = (call) => {
    if (call.status === null) return "";
    if (call.status >= 300 && call.status < 400) return "redirect";
    return call.status >= 200 && call.status < 300 ? "" : "trouble";
  };

  /**
   * @param {string} tag
   * @param {string} name
   * @param {string} [text]
   */
  const element = (tag, name, text = "") => {
    const made = document.createElement(tag);
    made.className = name;
    made.textContent = text;
    return made;
  };

  /** @param {Call} call */
  const statusText = (call) =>
    call.status === 0 ? texts.noAnswer || "" : String(call.status);

  /** @param {number} ms */
  const duration = (ms) => (ms < 1 ? "<1 ms" : `${Math.round(ms)} ms`);

  /**
   * The path without the middle of long ids.
   * @param {string} path
   */
  const shortened = (path) =>
    path.replace(/([0-9A-Za-z]{6})[0-9A-Za-z-]{16,}([0-9A-Za-z]{4})/, "$1…$2");

  /**
   * @param {Call} call
   * @param {number} times
   */
  const numbers = (call, times) => {
    const made = element("span", "flow-number");
    if (call.status !== null) made.append(element("b", "", statusText(call)));
    if (call.ms !== null) made.append(` ${duration(call.ms)}`);
    if (times > 1) made.append(` × ${times}`);
    return made;
  };

  /**
   * @param {Call} call
   * @param {number} times
   */
  const draw = (call, times) => {
    const isPage = call.to === "shop" && call.method === "GET";
    const row = element("li", `from-${call.from} to-${call.to}`);
    if (isPage) row.classList.add("flow-page");
    row.dataset.kind = kindOf(call);
    row.append(element("span", "flow-arrow"));
    if (call.method) {
      const what = element("span", "flow-what");
      what.append(
        element("code", "", `${call.method} ${shortened(call.path)}`),
      );
      what.append(numbers(call, times));
      row.append(what);
    }
    row.append(element("span", "flow-says", call.says));
    return row;
  };

  /**
   * What bell and chat repeat while they wait becomes one row that counts.
   * @param {Call} call
   */
  const keyOf = (call) => {
    const repeats =
      /^\/(appinbox|api\/chat)\//.test(call.path) &&
      (call.status === 200 || call.status === 204) &&
      call.method !== "POST";
    return repeats
      ? [pageBefore(call), call.method, call.path].join(" ")
      : call.id;
  };

  /**
   * The page that a call belongs to: the last one rendered before it.
   * @param {Call} call
   */
  const pageBefore = (call) => {
    let found = "";
    let at = 0;
    for (const { call: other } of shown.values()) {
      if (other.to !== "shop" || other.method !== "GET") continue;
      if (other.at > call.at || other.at < at) continue;
      found = other.id;
      at = other.at;
    }
    return found;
  };

  /**
   * Put a row where its time belongs; the newest is last.
   * @param {Call} call
   */
  const place = (call) => {
    const key = keyOf(call);
    const before = shown.get(key);
    const times = before ? before.times + 1 : 1;
    before?.row.remove();
    const row = draw(call, times);
    let next = null;
    for (const other of shown.values()) {
      if (other === before || other.call.at <= call.at) continue;
      if (!next || other.call.at < next.call.at) next = other;
    }
    list?.insertBefore(row, next ? next.row : null);
    shown.set(key, { call, times, row });
  };

  const dropOldest = () => {
    while (list?.firstElementChild && shown.size > MOST_ROWS) {
      for (const [key, { row }] of shown) {
        if (row !== list.firstElementChild) continue;
        shown.delete(key);
        row.remove();
        break;
      }
    }
  };

  const showNewest = () => {
    if (scroller) scroller.scrollTop = scroller.scrollHeight;
  };

  /** @param {Call[]} calls */
  const add = (calls) => {
    if (!list || !scroller || !calls.length) return;
    const below =
      scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
    calls.forEach(place);
    dropOldest();
    if (below < 80) showNewest();
  };

  const ask = async () => {
    const query = new URLSearchParams({
      shop: String(cursors.shop),
      vendor: String(cursors.vendor),
    });
    const asked = Date.now();
    const response = await fetch(`${texts.calls}?${query}`, {
      headers: { Accept: "application/json" },
    });
    if (!response.ok) throw new Error(String(response.status));
    /** @type {Answer} */
    const answer = await response.json();
    clockOffset = answer.now - (asked + Date.now()) / 2;
    cursors.shop = answer.shop;
    cursors.vendor = answer.vendor;
    add(answer.calls);
    tellOfPolling(answer.vendorReachable ? "" : texts.unreachable || "");
  };

  const isOpen = () => !drawer.hidden;

  const poll = async () => {
    clearTimeout(timer);
    if (!isOpen() || !texts.calls || asking) return;
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
   * @param {Partial<Call>} facts
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
    add([call]);
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
      for (const entry of entries.getEntries()) {
        const { host, pathname } = new URL(entry.name);
        if (host === location.host) continue;
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

  /** @param {HTMLFormElement} form */
  const press = async (form) => {
    tell("");
    try {
      const response = await fetch(form.action, {
        method: "POST",
        body: new FormData(form),
      });
      const answer = await response.json();
      tell(answer.says || texts.failed || "", !response.ok);
      showNewest();
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
      press(form);
    });
  }
  watchEvents();
  watchVendor();
  if (wasOpen()) show(true);
})();

// The rows of the drawer: each call is an arrow between three lanes.

/**
 * @typedef {{
 *   id: string, at: number, from: string, to: string, method: string,
 *   path: string, status: number | null, ms: number | null, says: string
 * }} FlowCall
 */

const createFlowRows = (() => {
  "use strict";

  const MOST_ROWS = 150;

  /** What scripts of a page ask the shop for, as opposed to pages. */
  const BY_SCRIPTS = /^\/(app-inbox\/(unread|messages)|chathub\/user)$/;

  /** @param {FlowCall} call */
  const isPage = ({ to, method, path }) =>
    to === "shop" && method === "GET" && !BY_SCRIPTS.test(path);

  /**
   * What the vendor or the shop has already, so that nothing is wrong.
   * @param {FlowCall} call
   */
  const isKnown = ({ status, path }) =>
    status === 304 || (status === 409 && path.endsWith("/contact"));

  /** @param {FlowCall} call */
  const kindOf = (call) => {
    if (call.status === null) return "";
    if (call.status >= 200 && call.status < 300) return "";
    if (isKnown(call)) return "";
    return call.status >= 300 && call.status < 400 ? "redirect" : "trouble";
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

  /** @param {number} ms */
  const duration = (ms) => (ms < 1 ? "<1 ms" : `${Math.round(ms)} ms`);

  /**
   * The path without the middle of long ids.
   * @param {string} path
   */
  const shortened = (path) =>
    path.replace(/([0-9A-Za-z]{6})[0-9A-Za-z-]{16,}([0-9A-Za-z]{4})/, "$1…$2");

  /**
   * @param {FlowCall} call
   * @param {number} times
   * @param {string} noAnswer
   */
  const numbers = (call, times, noAnswer) => {
    const made = element("span", "flow-number");
    if (call.status !== null)
      made.append(
        element("b", "", call.status ? String(call.status) : noAnswer),
      );
    if (call.ms !== null) made.append(` ${duration(call.ms)}`);
    if (times > 1) made.append(` × ${times}`);
    return made;
  };

  /**
   * @param {FlowCall} call
   * @param {number} times
   * @param {string} noAnswer
   */
  const draw = (call, times, noAnswer) => {
    const row = element("li", `from-${call.from} to-${call.to}`);
    if (isPage(call)) row.classList.add("flow-page");
    row.dataset.kind = kindOf(call);
    row.append(element("span", "flow-arrow"));
    if (call.method) {
      const what = element("span", "flow-what");
      what.append(
        element("code", "", `${call.method} ${shortened(call.path)}`),
      );
      what.append(numbers(call, times, noAnswer));
      row.append(what);
    }
    row.append(element("span", "flow-says", call.says));
    return row;
  };

  /**
   * Return functions that add calls and scroll to the newest.
   * @param {Element} scroller
   * @param {Element} list within the scroller
   * @param {string} noAnswer the word for a call that nobody answered
   */
  return (scroller, list, noAnswer) => {
    /** @type {Map<string, {call: FlowCall, times: number, row: HTMLElement}>} */
    const shown = new Map();

    /**
     * What bell and chat repeat while they wait becomes one row that counts.
     * @param {FlowCall} call
     */
    const keyOf = (call) => {
      const repeats =
        (/^\/(appinbox|api\/chat)\//.test(call.path) ||
          BY_SCRIPTS.test(call.path)) &&
        [200, 204, 304].includes(Number(call.status)) &&
        call.method !== "POST";
      return repeats
        ? [pageBefore(call), call.method, call.path].join(" ")
        : call.id;
    };

    /**
     * The page that a call belongs to: the last one rendered before it.
     * @param {FlowCall} call
     */
    const pageBefore = (call) => {
      let found = "";
      let at = 0;
      for (const { call: other } of shown.values()) {
        if (!isPage(other)) continue;
        if (other.at > call.at || other.at < at) continue;
        found = other.id;
        at = other.at;
      }
      return found;
    };

    /**
     * Put a row where its time belongs; the newest is last.
     * @param {FlowCall} call
     */
    const place = (call) => {
      const key = keyOf(call);
      const before = shown.get(key);
      const times = before ? before.times + 1 : 1;
      before?.row.remove();
      const row = draw(call, times, noAnswer);
      let next = null;
      for (const other of shown.values()) {
        if (other === before || other.call.at <= call.at) continue;
        if (!next || other.call.at < next.call.at) next = other;
      }
      list.insertBefore(row, next ? next.row : null);
      shown.set(key, { call, times, row });
    };

    const dropOldest = () => {
      while (list.firstElementChild && shown.size > MOST_ROWS) {
        for (const [key, { row }] of shown) {
          if (row !== list.firstElementChild) continue;
          shown.delete(key);
          row.remove();
          break;
        }
      }
    };

    const showNewest = () => {
      scroller.scrollTop = scroller.scrollHeight;
    };

    /** @param {FlowCall[]} calls */
    const add = (calls) => {
      if (!calls.length) return;
      const below =
        scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
      calls.forEach(place);
      dropOldest();
      if (below < 80) showNewest();
    };

    return { add, showNewest };
  };
})();

/** The live log of what came in. */

import { call } from "./api.js";
import { find, make } from "./page.js";

/** @typedef {{ id: number, at: string, method: string, path: string, status: number | null, ms: number | null }} Entry */

const SHOWN_AT_MOST = 300;
const rows = find("#entries", HTMLTableSectionElement);
const none = find("#no-entries", HTMLElement);
const filter = find("#log-filter", HTMLInputElement);
const status = find("#log-status", HTMLSelectElement);
const quiet = find("#log-quiet", HTMLInputElement);
const pauseButton = find("#pause", HTMLButtonElement);
const clock = new Intl.DateTimeFormat(undefined, {
  timeStyle: "medium",
  hourCycle: "h23",
});

let since = 0;
let paused = false;
/** @type {{ entry: Entry, row: HTMLTableRowElement }[]} the newest first */
let kept = [];

/** Fetch and show what is new. */
export async function showLog() {
  if (paused) return;
  /** @type {Entry[]} */
  const entries = await call("GET", `requests?since=${since}`);
  for (const entry of entries) {
    since = Math.max(since, entry.id);
    const item = { entry, row: draw(entry) };
    item.row.hidden = !wanted(entry);
    kept.unshift(item);
    rows.prepend(item.row);
  }
  for (const { row } of kept.splice(SHOWN_AT_MOST)) row.remove();
  if (entries.length) showNone();
}

/** Start over: a new process counts its requests from the start. */
export function forgetLog() {
  since = 0;
  clear();
}

function clear() {
  kept = [];
  rows.replaceChildren();
  showNone();
}

function showNone() {
  none.hidden = kept.some(({ row }) => !row.hidden);
}

/** @param {Entry} entry */
function wanted({ method, path, status: answered }) {
  const bad = answered === null || answered === 0 || answered >= 400;
  const routine =
    method === "OPTIONS" || (path.endsWith("/messages/count") && !bad);
  return (
    path.includes(filter.value.trim()) &&
    (status.value !== "bad" || bad) &&
    !(quiet.checked && routine)
  );
}

/** @param {Entry} entry */
function draw({ at, method, path, status: answered, ms }) {
  const mark = make("span", "status", answered ? String(answered) : "none");
  mark.dataset.kind = !answered || answered >= 500 ? "bad" : "good";
  if (answered && answered >= 300 && answered < 500) mark.dataset.kind = "odd";
  const time = make("td", "time", clock.format(new Date(at)));
  const length = make("td", "number", ms === null ? "" : ms.toFixed(0));
  const what = make("td", "call", make("b", "", method), path);
  return make("tr", "", time, what, make("td", "", mark), length);
}

/** Make filters and buttons work. */
export function startLog() {
  const sift = () => {
    for (const { entry, row } of kept) row.hidden = !wanted(entry);
    showNone();
  };
  for (const field of [filter, status, quiet]) {
    field.addEventListener("input", sift);
  }
  pauseButton.addEventListener("click", () => {
    paused = !paused;
    pauseButton.setAttribute("aria-pressed", String(paused));
  });
  find("#clear-log", HTMLButtonElement).addEventListener("click", clear);
}

/** The live log of what came in. */

import { call } from "./api.js";
import { find, make } from "./page.js";

/** @typedef {{ id: number, at: string, method: string, path: string, status: number | null, ms: number | null }} Entry */
/** @typedef {{ id: number, at: string, kind: string, says: string, ok: boolean, status: number | null }} Step */

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
let sinceStep = 0;
let paused = false;
/** @type {{ entry: Entry, row: HTMLTableRowElement }[]} the newest first */
let kept = [];

/** Fetch and show what is new. */
export async function showLog() {
  if (paused) return;
  /** @type {[Entry[], Step[]]} */
  const [calls, steps] = await Promise.all([
    call("GET", `requests?since=${since}`),
    call("GET", `steps?since=${sinceStep}`),
  ]);
  since = Math.max(since, ...calls.map(({ id }) => id));
  sinceStep = Math.max(sinceStep, ...steps.map(({ id }) => id));
  // A call is there when it has been answered; its steps came before that.
  const entries = [...calls, ...steps.map(entryOf)].sort((one, other) =>
    one.at.localeCompare(other.at),
  );
  for (const entry of entries) {
    const item = { entry, row: draw(entry) };
    item.row.hidden = !wanted(entry);
    kept.unshift(item);
    rows.prepend(item.row);
  }
  for (const { row } of kept.splice(SHOWN_AT_MOST)) row.remove();
  if (entries.length) showNone();
}

/**
 * A step as a line of the log: what became of an event.
 *
 * @param {Step} step
 * @returns {Entry}
 */
function entryOf({ id, at, kind, says, ok, status: answered }) {
  const shown = answered ?? (ok ? null : 0);
  return { id, at, method: kind, path: says, status: shown, ms: null };
}

/** Start over: a new process counts its requests from the start. */
export function forgetLog() {
  since = sinceStep = 0;
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
  const bad = answered === 0 || (answered ?? 0) >= 400;
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
  // A step that nobody has to answer has no status.
  const words = answered === null ? "" : answered ? String(answered) : "none";
  const mark = make("span", words && "status", words);
  mark.dataset.kind = answered === 0 || (answered ?? 0) >= 500 ? "bad" : "good";
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

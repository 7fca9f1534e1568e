/** Breaking the vendor's routes, and mending them. */

import { call } from "./api.js";
import { find, make, onSend, say, wordsOf } from "./page.js";

/** @typedef {{ id: number, route: string, kind: string, times: number | null, hits: number } & Record<string, unknown>} Fault */

/** @type {Record<string, string>} */
const ROUTES = {
  token: "contact token",
  contact: "create a contact",
  account: "account info",
  version: "version",
  site: "register a domain",
  snippet: "the loader snippet",
  messages: "inbox: messages",
  count: "inbox: unread count",
  status: "inbox: mark as read",
  script: "the bell’s script",
  contacts: "list of contacts",
  oauth_authorize: "OAuth: consent page",
  oauth_token: "OAuth: tokens",
  "company-token": "ChatHub: company token",
  organizations: "ChatHub: organizations",
  operators: "ChatHub: operators",
  synchronize: "ChatHub: create operators",
  "operator-status": "ChatHub: operator’s status",
  "operator-token": "ChatHub: operator token",
  "validate-token": "ChatHub: token check",
  panel: "ChatHub: panel’s script",
  chats: "ChatHub: chats in the panel",
};

/** @type {Record<string, [name: string, explanation: string]>} */
const KINDS = {
  status: ["answers with a status", "An error, or any other status you like."],
  delay: ["answers late", "The right answer, after some seconds."],
  hang: [
    "never answers",
    "The connection stays open without a byte, until mended.",
  ],
  reset: [
    "resets the connection",
    "A TCP reset before the answer, or in the midst of it.",
  ],
  drip: ["drips", "The right answer, one byte at a time."],
  truncate: [
    "stops in the middle",
    "Half of the answer, then the connection closes.",
  ],
  garbage: ["answers garbage", "A JSON type on bytes that are none."],
  types: ["answers wrong types", "JSON, but numbers where text belongs."],
  html: ["answers with a web page", "HTML, as gateways and proxies like to."],
  huge: ["answers without end", "Many megabytes of valid JSON."],
  redirect: ["redirects", "To another host: credentials must not follow."],
};

/** @type {Record<string, { label: string, value?: string, type?: string, choices?: string[] }>} */
const OPTIONS = {
  status: { label: "Status", value: "503", type: "number" },
  body: { label: "Body" },
  retryAfter: { label: "Retry-After, in seconds", type: "number" },
  seconds: { label: "Seconds", value: "1", type: "number" },
  where: { label: "Where", choices: ["all", "headers", "body"] },
  when: { label: "When", choices: ["before", "headers", "body"] },
  bytes: { label: "Bytes", type: "number" },
  location: { label: "Location" },
};

const form = find("#fault-form", HTMLFormElement);
const routeField = find("#fault-route", HTMLSelectElement);
const kindField = find("#fault-kind", HTMLSelectElement);
const optionFields = find("#fault-options", HTMLElement);
const mend = find("#mend", HTMLButtonElement);
/** @type {Record<string, string[]>} */
let taken = {};
let drawn = "";

/** Show what can be broken and what is. */
export async function showFaults() {
  /** @type {{ routes: string[], kinds: Record<string, string[]>, faults: Fault[] }} */
  const { routes, kinds, faults } = await call("GET", "faults");
  if (!routeField.options.length) {
    taken = kinds;
    routeField.append(
      ...routes.map((route) => {
        const words = ROUTES[route];
        return new Option(words ? `${route} – ${words}` : route, route);
      }),
    );
    kindField.append(
      ...Object.keys(kinds).map(
        (kind) => new Option(KINDS[kind]?.[0] ?? kind, kind),
      ),
    );
    showOptions();
  }
  const state = JSON.stringify(faults);
  if (state === drawn) return;
  drawn = state;
  find("#broken", HTMLUListElement).replaceChildren(...faults.map(line));
  find("#faults-tally", HTMLElement).textContent = faults.length
    ? `${faults.length} active`
    : "";
  mend.disabled = !faults.length;
}

/** @param {Fault} fault */
function line({ id, route, kind, times, hits, ...options }) {
  const details = Object.entries(options)
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    .join(", ");
  const what = `${KINDS[kind]?.[0] ?? kind}${details && ` (${details})`}`;
  const left = times === null ? "until mended" : `${times} to go`;
  return make(
    "li",
    "",
    make("span", "", make("b", "", route), ` ${what}`),
    make("span", "", `${left} · hit ${hits}×`),
  );
}

function showOptions() {
  const kind = kindField.value;
  find("#kind-hint", HTMLElement).textContent = KINDS[kind]?.[1] ?? "";
  const names = (taken[kind] ?? []).filter((name) => name in OPTIONS);
  optionFields.replaceChildren(...names.map(optionField));
}

/** @param {string} name */
function optionField(name) {
  const { label, value = "", type = "text", choices } = OPTIONS[name] ?? {};
  const field = make(choices ? "select" : "input", "");
  field.name = `option-${name}`;
  if (field instanceof HTMLSelectElement) {
    field.append(...(choices ?? []).map((choice) => new Option(choice)));
  } else {
    field.type = type;
    field.value = value;
    field.autocomplete = "off";
    if (type === "number") field.min = "0";
    if (name === "seconds") field.step = "any";
  }
  return make("label", "", label ?? name, field);
}

/** @param {FormData} data */
function chosenOptions(data) {
  /** @type {Record<string, string | number>} */
  const chosen = {};
  for (const [name, { type }] of Object.entries(OPTIONS)) {
    const value = String(data.get(`option-${name}`) ?? "").trim();
    if (value) chosen[name] = type === "number" ? Number(value) : value;
  }
  return chosen;
}

/** Make form and button work. */
export function startFaults() {
  kindField.addEventListener("change", showOptions);
  form.addEventListener("change", (event) => {
    const { name } = /** @type {HTMLInputElement} */ (event.target);
    const often = form.elements.namedItem("often");
    if (name === "times" && often instanceof RadioNodeList) {
      often.value = "times";
    }
  });
  onSend(form, async (data) => {
    await call("POST", "faults", {
      route: data.get("route"),
      kind: data.get("kind"),
      ...chosenOptions(data),
      times: data.get("often") === "ever" ? null : Number(data.get("times")),
    });
    await showFaults();
    say("Broken as you wished");
  });
  mend.addEventListener("click", async () => {
    try {
      await call("DELETE", "faults");
      await showFaults();
      say("Everything works again");
      routeField.focus();
    } catch (error) {
      say(wordsOf(error));
    }
  });
}

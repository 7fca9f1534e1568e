/** Breaking the vendor's routes, and fixing them. */

import { call } from "./api.js";
import { find, make, onSend, say, wordsOf } from "./page.js";

/** @typedef {{ id: number, route: string, kind: string, times: number | null, hits: number } & Record<string, unknown>} Fault */

/**
 * @typedef {object} FaultOption
 * @property {string} name
 * @property {string} help
 * @property {"text" | "number" | "choice"} field
 * @property {string[]} choices
 * @property {unknown} example a value for a required option
 */

/** @typedef {{ name: string, help: string, options: FaultOption[] }} Kind */

const form = find("#fault-form", HTMLFormElement);
const routeField = find("#fault-route", HTMLSelectElement);
const kindField = find("#fault-kind", HTMLSelectElement);
const optionFields = find("#fault-options", HTMLElement);
const clear = find("#clear-faults", HTMLButtonElement);
/** @type {Kind[]} */
const kinds = JSON.parse(kindField.dataset.kinds ?? "[]");
let drawn = "";

/** Show which faults are set. */
export async function showFaults() {
  /** @type {{ faults: Fault[] }} */
  const { faults } = await call("GET", "faults");
  const state = JSON.stringify(faults);
  if (state === drawn) return;
  drawn = state;
  find("#broken", HTMLUListElement).replaceChildren(...faults.map(line));
  find("#faults-tally", HTMLElement).textContent = faults.length
    ? `${faults.length} active`
    : "";
  clear.disabled = !faults.length;
}

/** @param {Fault} fault */
function line({ id, route, kind, times, hits, ...options }) {
  const details = Object.entries(options)
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    .join(", ");
  const what = `${kind}${details && ` (${details})`}`;
  const left = times === null ? "until fixed" : `${times} to go`;
  return make(
    "li",
    "",
    make("span", "", make("b", "", route), ` ${what}`),
    make("span", "", `${left} · hit ${hits}×`),
  );
}

function chosenKind() {
  return kinds.find(({ name }) => name === kindField.value);
}

function showOptions() {
  const { help, options } = chosenKind() ?? { help: "", options: [] };
  find("#kind-hint", HTMLElement).textContent = help;
  optionFields.replaceChildren(...options.map(optionField));
}

/** @param {FaultOption} option */
function optionField({ name, help, field, choices, example }) {
  const input = make(field === "choice" ? "select" : "input", "");
  input.name = `option-${name}`;
  if (input instanceof HTMLSelectElement) {
    input.append(...choices.map((choice) => new Option(choice)));
  } else {
    input.type = field;
    input.value = String(example ?? "");
    input.placeholder = help;
    input.title = help;
    input.autocomplete = "off";
    if (field === "number") {
      input.min = "0";
      input.step = "any";
    }
  }
  return make("label", "", name, input);
}

/** @param {FormData} data */
function chosenOptions(data) {
  /** @type {Record<string, string | number>} */
  const chosen = {};
  for (const { name, field } of chosenKind()?.options ?? []) {
    const value = String(data.get(`option-${name}`) ?? "").trim();
    if (value) chosen[name] = field === "number" ? Number(value) : value;
  }
  return chosen;
}

/** Make form and button work. */
export function startFaults() {
  showOptions();
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
    say(`Broken: ${data.get("route")}`);
  });
  clear.addEventListener("click", async () => {
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

/** Events that came in, the workflows that wait for them, and the site's webhook. */

import { call } from "./api.js";
import { filled, find, make, onSend, perform, redraw, say } from "./page.js";

/** @typedef {{ id: number, at: string, key: string, keyValue: string, params: object }} Taken */
/** @typedef {{ event: string, message: Record<string, unknown> }} Workflow */
/** @typedef {{ id: string, at: string, attempt: number, status: number, repeated: boolean }} Delivery */

const SHOWN = 5;
const list = find("#workflows", HTMLUListElement);
const none = find("#no-workflows", HTMLElement);
const tally = find("#events-tally", HTMLElement);
const taken = find("#taken-events", HTMLUListElement);
const form = find("#workflow-form", HTMLFormElement);
const hookForm = find("#webhook-form", HTMLFormElement);
const hookTally = find("#webhook-tally", HTMLElement);
const deliveries = find("#deliveries", HTMLUListElement);
const stop = find("#webhook-stop", HTMLButtonElement);

/** @type {Workflow[]} */
let workflows = [];
/** @type {Taken[]} the newest first */
let events = [];
let since = 0;
let shown = "";

/** Start over: another process counts its events from the start. */
export function forgetEvents() {
  events = [];
  since = 0;
  shown = "";
}

/** Show all of it as it is now. */
export async function showEvents() {
  const [fresh, waiting, hook] = await Promise.all([
    call("GET", `events?since=${since}`),
    call("GET", "workflows"),
    call("GET", "webhook"),
  ]);
  for (const event of fresh) {
    since = Math.max(since, event.id);
    events.unshift(event);
  }
  events = events.slice(0, SHOWN);
  workflows = waiting;
  const now = JSON.stringify([events, workflows, hook]);
  if (now === shown) return; // a person may be reading or pressing
  shown = now;
  tally.textContent = workflows.length ? `${workflows.length} waiting` : "";
  none.hidden = workflows.length > 0;
  redraw(list, workflows.map(drawWorkflow));
  redraw(taken, events.map(drawEvent));
  hookTally.textContent = hook.url ? "on" : "off";
  stop.disabled = !hook.url;
  redraw(deliveries, hook.deliveries.slice(0, SHOWN).map(drawDelivery));
}

/** @param {Workflow} workflow @param {number} place */
function drawWorkflow({ event, message }, place) {
  const remove = make("button", "plain", "Remove");
  remove.type = "button";
  remove.append(make("span", "hush", ` the workflow of ${event}`));
  remove.addEventListener("click", () =>
    perform(async () => {
      const left = workflows.filter((_, other) => other !== place);
      await call("PUT", "workflows", left);
      await showEvents();
    }),
  );
  const what = make("span", "", make("b", "", event), ` → ${message.title}`);
  return make("li", "", what, remove);
}

/** @param {Taken} event */
function drawEvent({ key, keyValue, params }) {
  const names = Object.keys(params).join(", ") || "no parameters";
  const what = make("b", "", key);
  return make("li", "", what, keyValue ? ` ${keyValue} ` : " ", `(${names})`);
}

/** @param {Delivery} delivery */
function drawDelivery({ id, attempt, status, repeated }) {
  const answer = status ? `answered ${status}` : "did not answer";
  const again = repeated ? ", tried again" : "";
  const text = `The site ${answer} to attempt ${attempt}${again}: `;
  return make("li", "", text, make("code", "", id.slice(0, 8)));
}

/** Make forms and buttons work. */
export function startEvents() {
  onSend(form, async (data) => {
    const { event, ...message } = filled(data, [
      "event",
      "title",
      "content",
      "image",
      "link",
    ]);
    const added = [...workflows, { event, message }];
    await call("PUT", "workflows", added);
    form.reset();
    say("The workflow waits for its event");
    await showEvents();
  });
  onSend(hookForm, async (data) => {
    await call("PUT", "webhook", filled(data, ["url", "username", "password"]));
    say("New messages go to your webhook, too");
    await showEvents();
  });
  stop.addEventListener("click", () =>
    perform(async () => {
      await call("PUT", "webhook", null);
      say("No webhook");
      await showEvents();
    }),
  );
}

/** ChatHub: organizations, operators, chats, tokens. */

import { call } from "./api.js";
import { find, make, onSend, perform, redraw, say } from "./page.js";

/** @typedef {{ id: number, name: string, status: number }} Operator */
/** @typedef {{ id: number, name: string, operators: Operator[] }} Organization */
/** @typedef {{ author: string, textMessage: string, fromOperator: boolean }} Message */
/** @typedef {{ id: number, organizationId: number, customer: string, unanswered: number, messages: Message[] }} Chat */

const STATUSES = ["active", "inactive", "deleted"];
const tokenForm = find("#operator-token-form", HTMLFormElement);
const chatForm = find("#chat-form", HTMLFormElement);
const chatList = find("#chats", HTMLUListElement);
const lifetime = find("[name=maxLifetime]", HTMLInputElement, tokenForm);
const selects = ["#chat-organization", "#operator-organization"].map((id) =>
  find(id, HTMLSelectElement),
);
let drawnStaff = "";
let drawnChats = "";

/** Show organizations, chats and tokens as they are now. */
export async function showChatHub() {
  /** @type {[Organization[], Chat[], { maxLifetime: number | null, alive: number }]} */
  const [organizations, chats, tokens] = await Promise.all([
    call("GET", "chathub/organizations"),
    call("GET", "chathub/chats"),
    call("GET", "chathub/tokens"),
  ]);
  find("#chathub-tally", HTMLElement).textContent = `${tokens.alive} ${
    tokens.alive === 1 ? "token" : "tokens"
  } alive`;
  if (document.activeElement !== lifetime) {
    lifetime.value = String(tokens.maxLifetime ?? "");
  }
  const staff = JSON.stringify(organizations);
  if (staff !== drawnStaff) showStaff(organizations);
  const state = staff + JSON.stringify(chats);
  if (state !== drawnChats) showChats(organizations, chats);
  drawnStaff = staff;
  drawnChats = state;
}

/** @param {Organization[]} organizations */
function showStaff(organizations) {
  redraw(
    find("#organizations", HTMLUListElement),
    organizations.map(organizationLine),
  );
  for (const select of selects) {
    const chosen = select.value;
    select.replaceChildren(
      ...organizations.map(({ id, name }) => new Option(name, String(id))),
    );
    if (organizations.some(({ id }) => String(id) === chosen)) {
      select.value = chosen;
    }
  }
}

/** @param {Organization} organization */
function organizationLine({ id, name, operators }) {
  const line = make(
    "li",
    "person",
    make(
      "div",
      "",
      make("div", "person-name", name),
      make("div", "person-ids", `organization ${id}`),
    ),
  );
  const list = make("ul", "staff", ...operators.map(operatorLine));
  if (operators.length) line.append(list);
  return line;
}

/** @param {Operator} operator */
function operatorLine({ id, name, status }) {
  const select = make("select", "");
  select.setAttribute("aria-label", `Status of ${name}`);
  select.append(
    ...STATUSES.map((word, number) => new Option(word, String(number))),
  );
  select.value = String(status);
  select.addEventListener("change", () =>
    perform(async () => {
      const body = { status: Number(select.value) };
      await call("PUT", `chathub/operators/${id}`, body);
      say(`${name} is ${STATUSES[body.status]} now`);
    }),
  );
  return make(
    "li",
    "",
    make("span", "", `${name} `, make("span", "person-ids", `operator ${id}`)),
    select,
  );
}

/** @param {Organization[]} organizations @param {Chat[]} chats */
function showChats(organizations, chats) {
  const open = new Set(
    Array.from(chatList.querySelectorAll("details[open]"), (box) =>
      box.getAttribute("data-chat"),
    ),
  );
  const names = new Map(organizations.map(({ id, name }) => [id, name]));
  find("#no-chats", HTMLElement).hidden = chats.length > 0;
  redraw(
    chatList,
    chats.map((chat) => {
      const line = chatLine(chat, names.get(chat.organizationId) ?? "");
      const box = find("details", HTMLDetailsElement, line);
      box.open = open.has(String(chat.id));
      return line;
    }),
  );
}

/** @param {Chat} chat @param {string} organization */
function chatLine(
  { id, customer, organizationId, unanswered, messages },
  organization,
) {
  const write = make("button", "plain", "Write");
  write.append(make("span", "hush", ` as ${customer} to ${organization}`));
  write.type = "button";
  write.addEventListener("click", () => {
    find("#chat-organization", HTMLSelectElement).value =
      String(organizationId);
    find("[name=customer]", HTMLInputElement, chatForm).value = customer;
    find("[name=text]", HTMLTextAreaElement, chatForm).focus();
  });
  const summary = make("summary", "", "Messages");
  summary.append(make("span", "hush", ` of ${customer}`));
  const list = make("ul", "inbox", ...messages.map(messageLine));
  const box = make("details", "", summary, list);
  box.dataset.chat = String(id);
  const waits = unanswered ? `${unanswered} unanswered` : "answered";
  return make(
    "li",
    "person",
    make(
      "div",
      "",
      make("div", "person-name", customer),
      make("div", "person-ids", `${organization} · ${waits}`),
    ),
    write,
    box,
  );
}

/** @param {Message} message */
function messageLine({ author, textMessage, fromOperator }) {
  const mark = make("span", "status", fromOperator ? "operator" : "customer");
  mark.dataset.kind = fromOperator ? "good" : "odd";
  return make("li", "", make("span", "", `${author}: ${textMessage}`), mark);
}

/** @param {"operator" | "company"} kind */
function startKilling(kind) {
  find(`#kill-${kind}`, HTMLButtonElement).addEventListener("click", () =>
    perform(async () => {
      const path = `chathub/tokens?kind=${kind}`;
      const { invalidated } = await call("DELETE", path);
      await showChatHub();
      const words = invalidated === 1 ? "token" : "tokens";
      say(`${invalidated} ${kind} ${words} killed`);
    }),
  );
}

/** Make forms and buttons work. */
export function startChatHub() {
  onSend(chatForm, async (data) => {
    await call("POST", "chathub/messages", {
      organizationId: Number(data.get("organizationId")),
      customer: data.get("customer"),
      text: data.get("text"),
    });
    const text = find("[name=text]", HTMLTextAreaElement, chatForm);
    text.value = "";
    await showChatHub();
    say("Sent as the customer");
  });
  const organization = find("#organization-form", HTMLFormElement);
  onSend(organization, async (data) => {
    const { name } = await call("POST", "chathub/organizations", {
      name: data.get("name"),
    });
    organization.reset();
    await showChatHub();
    say(`${name} is an organization now`);
  });
  const operator = find("#operator-form", HTMLFormElement);
  onSend(operator, async (data) => {
    const { name } = await call("POST", "chathub/operators", {
      organizationId: Number(data.get("organizationId")),
      name: data.get("name"),
    });
    find("[name=name]", HTMLInputElement, operator).value = "";
    await showChatHub();
    say(`${name} is an operator now`);
  });
  onSend(tokenForm, async () => {
    const given = lifetime.value.trim();
    const maxLifetime = given ? Number(given) : null;
    await call("PUT", "chathub/tokens", { maxLifetime });
    say("Saved, for tokens from now on");
  });
  startKilling("operator");
  startKilling("company");
}

/** The contacts: list, inboxes, adding one. */

import { call } from "./api.js";
import { filled, find, make, onSend, say } from "./page.js";

/**
 * @typedef {object} Contact
 * @property {number} id
 * @property {string} email
 * @property {string} phone
 * @property {string} externalCustomerId
 * @property {string} firstName
 * @property {string} lastName
 */
const people = find("#people", HTMLUListElement);
const recipients = find("#to", HTMLSelectElement);
const details = find("#contact-details", HTMLDetailsElement);
let drawn = "";

/** @param {Contact} contact @returns {Record<string, string>} what finds it */
export function address({ externalCustomerId, email, phone }) {
  if (externalCustomerId) return { externalCustomerId };
  return email ? { email } : { phone };
}

/** @param {Contact} contact */
function nameOf(contact) {
  const { firstName, lastName } = contact;
  const name = [firstName, lastName].filter(Boolean).join(" ");
  return name || contact.email || contact.phone || contact.externalCustomerId;
}

/** Show the contacts as they are now. */
export async function showContacts() {
  /** @type {Contact[]} */
  const contacts = await call("GET", "contacts");
  const state = JSON.stringify(contacts);
  if (state === drawn) return;
  if (!drawn && !contacts.length) details.open = true;
  drawn = state;
  find("#no-people", HTMLElement).hidden = contacts.length > 0;
  find("#contacts-tally", HTMLElement).textContent = contacts.length
    ? String(contacts.length)
    : "";
  people.replaceChildren(...contacts.map(person));
  showRecipients(contacts);
}

/** @param {Contact[]} contacts */
function showRecipients(contacts) {
  const chosen = recipients.value;
  const options = contacts.map((contact) => {
    const name = nameOf(contact);
    const words =
      contact.email && contact.email !== name
        ? `${name} (${contact.email})`
        : name;
    return new Option(words, JSON.stringify(address(contact)));
  });
  if (!options.length) options.push(new Option("Add a contact first", ""));
  recipients.replaceChildren(...options);
  if (options.some(({ value }) => value === chosen)) recipients.value = chosen;
}

/** @param {Contact} contact */
function person(contact) {
  const name = nameOf(contact);
  const write = make("button", "plain", "Write");
  write.append(make("span", "hush", ` to ${name}`));
  write.type = "button";
  write.addEventListener("click", () => {
    recipients.value = JSON.stringify(address(contact));
    find("#send", HTMLElement).scrollIntoView();
    find("#message-form [name=title]", HTMLInputElement).focus({
      preventScroll: true,
    });
  });
  const ids = [contact.email, contact.phone, contact.externalCustomerId]
    .filter((id) => id && id !== name)
    .join(" · ");
  return make(
    "li",
    "person",
    make(
      "div",
      "",
      make("div", "person-name", name),
      make("div", "person-ids", ids),
    ),
    write,
    inbox(contact, name),
  );
}

/** @param {Contact} contact @param {string} name */
function inbox(contact, name) {
  const summary = make("summary", "", "Inbox");
  summary.append(make("span", "hush", ` of ${name}`));
  const list = make("ul", "inbox");
  const box = make("details", "", summary, list);
  const fill = async () => {
    const query = new URLSearchParams(address(contact));
    /** @type {{ title: string, status: string }[]} */
    const messages = await call("GET", `messages?${query}`).catch(() => []);
    const items = messages.map(({ title, status }) => {
      const opened = status === "OPENED";
      const mark = make("span", "status", opened ? "opened" : "unopened");
      mark.dataset.kind = opened ? "good" : "odd";
      return make("li", "", make("span", "", title), mark);
    });
    const none = make("li", "hint", "No messages.");
    list.replaceChildren(...(items.length ? items : [none]));
  };
  box.addEventListener("toggle", () => box.open && fill());
  box.addEventListener("refresh", () => box.open && fill());
  return box;
}

/** Show what is in the inboxes that are open. */
export function showInboxes() {
  for (const box of people.querySelectorAll("details[open]")) {
    box.dispatchEvent(new Event("refresh"));
  }
}

/** Make the form work. */
export function startContacts() {
  const form = find("#contact-form", HTMLFormElement);
  onSend(form, async (data) => {
    const names = ["email", "phone", "externalCustomerId"];
    const contact = await call(
      "POST",
      "contacts",
      filled(data, [...names, "firstName", "lastName"]),
    );
    form.reset();
    await showContacts();
    recipients.value = JSON.stringify(address(contact));
    say(`${nameOf(contact)} is a contact now`);
  });
}

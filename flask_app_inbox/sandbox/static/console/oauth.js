/** OAuth: apps, their connections, how long things live. */

import { call } from "./api.js";
import {
  copy,
  filled,
  find,
  make,
  onSend,
  perform,
  redraw,
  say,
} from "./page.js";

/** @typedef {{ client_id: string, name: string, redirect_uri: string, rights: string[] }} App */
/** @typedef {{ id: number, client_id: string, account: string, refreshes: number, access_tokens: number, void: string | null }} Connection */

/** @type {Record<string, string>} */
const RIGHTS = {
  full: "full access",
  events: "events",
  events_and_contacts: "events and contacts",
  messages: "messages",
};
const LIVES = ["access_token_life", "refresh_token_life", "code_life"];
const HABITS = ["refresh_needs_code", "refresh_ends_access_token"];

const settingsForm = find("#oauth-form", HTMLFormElement);
const fresh = find("#app-fresh", HTMLElement);
let drawn = "";
/** @type {Record<string, string>} of the app that was registered last */
let settings = {};
let freshId = "";

/** Show apps, connections and settings as they are now. */
export async function showOAuth() {
  const answer = await call("GET", "oauth");
  const state = JSON.stringify(answer);
  if (state === drawn) return;
  drawn = state;
  /** @type {{ clients: App[], connections: Connection[] }} */
  const { clients, connections } = answer;
  const alive = connections.filter((connection) => !connection.void).length;
  find("#oauth-tally", HTMLElement).textContent = alive
    ? `${alive} connected`
    : "";
  find("#no-apps", HTMLElement).hidden = clients.length > 0;
  find("#no-connections", HTMLElement).hidden = connections.length > 0;
  redraw(find("#apps", HTMLUListElement), clients.map(appLine));
  const names = new Map(clients.map((app) => [app.client_id, app.name]));
  redraw(
    find("#connections", HTMLUListElement),
    connections.map((connection) =>
      connectionLine(connection, names.get(connection.client_id) ?? "an app"),
    ),
  );
  if (!clients.some((app) => app.client_id === freshId)) fresh.hidden = true;
  // A person may be changing them.
  if (!settingsForm.contains(document.activeElement)) showSettings(answer);
}

/** @param {Record<string, number | boolean>} answer */
function showSettings(answer) {
  for (const name of [...LIVES, ...HABITS]) {
    const field = /** @type {HTMLInputElement} */ (
      settingsForm.elements.namedItem(name)
    );
    if (HABITS.includes(name)) field.checked = Boolean(answer[name]);
    else field.value = String(answer[name]);
  }
}

/** @param {string} words @param {string} about @param {() => Promise<void>} act */
function action(words, about, act) {
  const button = make("button", "plain", words);
  button.append(make("span", "hush", ` ${about}`));
  button.type = "button";
  button.addEventListener("click", () => perform(act));
  return button;
}

/** @param {App} app */
function appLine(app) {
  const rights = app.rights.map((right) => RIGHTS[right] ?? right).join(", ");
  return make(
    "li",
    "person",
    make(
      "div",
      "",
      make("div", "person-name", app.name),
      make("div", "person-ids", `${rights} · ${app.redirect_uri}`),
      make("div", "person-ids mono", app.client_id),
    ),
    action("Delete", app.name, async () => {
      await call("DELETE", `oauth/clients/${app.client_id}`);
      await showOAuth();
      say(`${app.name} is deleted, its connections are void`);
    }),
  );
}

/** @param {Connection} connection @param {string} app */
function connectionLine(connection, app) {
  const { id, account, refreshes, access_tokens: tokens } = connection;
  const dead = connection.void;
  const facts = dead
    ? `void: ${dead}`
    : `${tokens} access ${tokens === 1 ? "token" : "tokens"} · ${refreshes} ${refreshes === 1 ? "refresh" : "refreshes"}`;
  const line = make(
    "li",
    "person",
    make(
      "div",
      "",
      make("div", "person-name", `${account} → ${app}`),
      make("div", "person-ids", facts),
    ),
  );
  if (!dead) {
    line.append(
      action("Disconnect", `${account} from ${app}`, async () => {
        await call("DELETE", `oauth/connections/${id}`);
        await showOAuth();
        say(`${app} is disconnected from ${account}`);
      }),
    );
  }
  return line;
}

/** @param {App & { client_secret: string }} app */
function showFresh(app) {
  freshId = app.client_id;
  settings = {
    APP_INBOX_OAUTH_CLIENT_ID: app.client_id,
    APP_INBOX_OAUTH_CLIENT_SECRET: app.client_secret,
    APP_INBOX_OAUTH_REDIRECT_URI: app.redirect_uri,
    APP_INBOX_OAUTH_URL: new URL("uaa", document.baseURI).href,
  };
  find("#app-settings", HTMLElement).replaceChildren(
    ...Object.entries(settings).map(settingLine),
  );
  fresh.hidden = false;
  fresh.focus();
}

/** @param {[name: string, value: string]} setting */
function settingLine([name, value]) {
  const button = make("button", "plain", "Copy");
  button.append(make("span", "hush", ` ${name}`));
  button.type = "button";
  button.addEventListener("click", () => copy(value, "Setting"));
  return make(
    "div",
    "setting",
    make("dt", "", name),
    make("dd", "", make("code", "", value)),
    make("dd", "act", button),
  );
}

/** Make forms and buttons work. */
export function startOAuth() {
  const form = find("#app-form", HTMLFormElement);
  onSend(form, async (data) => {
    const rights = data.getAll("rights");
    if (!rights.length) throw new Error("Choose at least one right.");
    const app = await call("POST", "oauth/clients", {
      ...filled(data, ["name", "redirect_uri"]),
      rights,
    });
    form.reset();
    find("#app-details", HTMLDetailsElement).open = false;
    await showOAuth();
    showFresh(app);
    say(`${app.name} is registered`);
  });
  onSend(settingsForm, async (data) => {
    const lives = LIVES.map((name) => [name, Number(data.get(name))]);
    const habits = HABITS.map((name) => [name, data.has(name)]);
    await call("PUT", "oauth", Object.fromEntries([...lives, ...habits]));
    say("Saved, for tokens from now on");
  });
  find("#copy-app", HTMLButtonElement).addEventListener("click", () => {
    const lines = Object.entries(settings).map(
      ([name, value]) => `FLASK_${name}=${value}`,
    );
    copy(lines.join("\n"), "Settings");
  });
  find("#end-access", HTMLButtonElement).addEventListener("click", () =>
    perform(async () => {
      const { ended } = await call("DELETE", "oauth/tokens");
      await showOAuth();
      say(`${ended} access ${ended === 1 ? "token" : "tokens"} ended`);
    }),
  );
}

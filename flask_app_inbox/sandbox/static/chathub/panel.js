import { TokenExpired } from "./chat-api.js";
import * as memory from "./memory.js";
import { addStyle } from "./style.js";
import { texts } from "./texts.js";

/** @typedef {import("./chat-api.js").Chat} Chat */
/** @typedef {import("./chat-api.js").Message} Message */

const POLL = 1000; // milliseconds
const POLL_BEHIND = 5000; // while nobody looks

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, string>} [attributes]
 * @param {...(Node | string)} content
 */
const make = (name, attributes = {}, ...content) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, value);
  }
  element.append(...content);
  return element;
};

/** A list of chats, the messages of one, and a field to answer. */
export class Panel {
  /** @param {import("./chat-api.js").ChatApi} api */
  constructor(api) {
    this.api = api;
    /** @type {number | undefined} */
    this.chat = undefined;
    this.drawn = ""; // what the list shows
    this.lastMessage = 0;
    this.isOver = false;
    this.state = make("p", { class: "ocp-state", role: "alert", hidden: "" });
    this.list = make("ul");
    this.log = make("div", {
      class: "ocp-log",
      role: "log",
      "aria-label": texts.messages,
      tabindex: "0",
    });
    this.field = make("textarea", { id: "ocp-answer", rows: "2" });
    this.send = make("button", { type: "submit" }, texts.send);
    this.form = make(
      "form",
      { class: "ocp-form", hidden: "" },
      make("label", { for: "ocp-answer" }, texts.answer),
      this.field,
      this.send,
    );
    this.root = make(
      "section",
      {
        class: window === window.top ? "ocp ocp-floating" : "ocp",
        "aria-label": texts.panel,
      },
      this.state,
      make(
        "nav",
        { class: "ocp-list", "aria-label": texts.chats },
        make("h2", {}, texts.chats),
        this.list,
      ),
      make("div", { class: "ocp-chat" }, this.log, this.form),
    );
  }

  /** Draw the panel, and keep it current until the token dies. */
  open() {
    addStyle();
    document.body.append(this.root);
    this.log.append(make("p", { class: "ocp-empty" }, texts.choose));
    this.form.onsubmit = (event) => {
      event.preventDefault();
      this.answer();
    };
    this.field.oninput = () => {
      if (this.chat) memory.rememberDraft(this.chat, this.field.value);
    };
    this.field.onkeydown = (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.answer();
      }
    };
    window.addEventListener("focus", () => {
      if (this.chat && document.activeElement === document.body) {
        this.field.focus();
      }
    });
    this.poll();
  }

  async poll() {
    await this.attempt(async () => {
      const chats = await this.api.chats();
      this.showList(chats);
      const ids = chats.map(({ id }) => id);
      const before = this.chat === undefined && memory.openChat(ids);
      if (before) this.select(before, ids);
      else await this.showMessages();
    });
    if (this.isOver || !this.root.isConnected) return;
    setTimeout(() => this.poll(), document.hidden ? POLL_BEHIND : POLL);
  }

  /**
   * Do what may fail, and say so in the panel.
   * @param {() => Promise<void>} act
   */
  async attempt(act) {
    try {
      await act();
      if (!this.isOver) this.say("");
    } catch (error) {
      if (error instanceof TokenExpired) this.expire(error);
      else this.say(texts.offline);
    }
  }

  /** @param {TokenExpired} error */
  expire(error) {
    if (this.isOver) return;
    this.isOver = true;
    this.say(texts.expired);
    this.field.disabled = this.send.disabled = true;
    const { message } = error;
    window.dispatchEvent(new ErrorEvent("error", { message, error }));
  }

  /** @param {string} text */
  say(text) {
    if (this.state.textContent !== text) this.state.textContent = text;
    this.state.hidden = !text;
  }

  /** @param {Chat[]} chats */
  showList(chats) {
    const drawn = JSON.stringify([chats, this.chat]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const focused = this.list.querySelector("button:focus");
    const ids = chats.map(({ id }) => id);
    this.list.replaceChildren(
      ...chats.map((chat) => make("li", {}, this.buttonFor(chat, ids))),
    );
    if (!chats.length) {
      this.list.append(make("li", { class: "ocp-empty" }, texts.none));
    }
    const id = focused instanceof HTMLElement && focused.dataset.chat;
    /** @type {HTMLElement | null} */
    const again = id
      ? this.list.querySelector(`button[data-chat="${id}"]`)
      : null;
    again?.focus();
  }

  /**
   * @param {Chat} chat
   * @param {number[]} ids of all chats
   */
  buttonFor(chat, ids) {
    const button = make(
      "button",
      { type: "button", "data-chat": String(chat.id) },
      make("span", { class: "ocp-name" }, chat.customer),
    );
    if (chat.unanswered) {
      const count = `${chat.unanswered} ${texts.unanswered}`;
      button.append(make("span", { class: "ocp-badge" }, count));
    }
    const last = chat.lastMessage ? chat.lastMessage.textMessage : "";
    button.append(make("span", { class: "ocp-last" }, last));
    if (chat.id === this.chat) button.setAttribute("aria-current", "true");
    button.onclick = () => {
      this.select(chat.id, ids);
      this.field.focus();
    };
    return button;
  }

  /**
   * @param {number} chat
   * @param {number[]} ids of all chats
   */
  select(chat, ids) {
    this.chat = chat;
    this.lastMessage = 0;
    this.log.replaceChildren();
    this.form.hidden = false;
    this.field.value = memory.draft(chat);
    memory.rememberOpenChat(chat, ids);
    if (document.hasFocus() && document.activeElement === document.body) {
      this.field.focus();
    }
    for (const button of this.list.querySelectorAll("button")) {
      const isChosen = button.dataset.chat === String(chat);
      if (isChosen) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
    this.attempt(() => this.showMessages());
  }

  async showMessages() {
    const { chat } = this;
    if (chat === undefined) return;
    const messages = await this.api.messages(chat);
    if (chat !== this.chat) return; // another one was chosen meanwhile
    const fresh = messages.filter(({ id }) => id > this.lastMessage);
    for (const message of fresh) {
      this.log.append(this.bubbleFor(message));
      this.lastMessage = message.id;
    }
    if (fresh.length) this.log.scrollTop = this.log.scrollHeight;
  }

  /** @param {Message} message */
  bubbleFor({ fromOperator, textMessage, createdAt, author }) {
    const clock = new Date(createdAt).toLocaleTimeString(
      document.documentElement.lang || "en",
      { hour: "2-digit", minute: "2-digit" },
    );
    return make(
      "p",
      { class: fromOperator ? "ocp-message ocp-own" : "ocp-message" },
      textMessage,
      make("time", { datetime: createdAt }, `${author}, ${clock}`),
    );
  }

  async answer() {
    const { chat } = this;
    const text = this.field.value.trim();
    if (chat === undefined || !text || this.send.disabled) return;
    this.send.disabled = true;
    await this.attempt(async () => {
      await this.api.answer(chat, text);
      this.field.value = "";
      memory.rememberDraft(chat, "");
      await this.showMessages();
    });
    if (!this.isOver) this.send.disabled = false;
    this.field.focus();
  }
}

// What a panel remembers when its page redraws it: open chats, an unsent answer.
const KEY = "operator-chat-panel";

/** @returns {{open: number[], drafts: Record<string, string>}} */
const read = () => {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) || "") || fresh();
  } catch {
    return fresh();
  }
};

const fresh = () => ({ open: [], drafts: {} });

/** @param {ReturnType<typeof read>} state */
const write = (state) => {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(state));
  } catch {
    // Without storage nothing is remembered.
  }
};

/** @param {number[]} chats of this panel; others keep theirs */
export const openChat = (chats) =>
  read().open.find((chat) => chats.includes(chat));

/**
 * @param {number} chat
 * @param {number[]} chats of this panel
 */
export const rememberOpenChat = (chat, chats) => {
  const state = read();
  state.open = state.open.filter((one) => !chats.includes(one)).concat(chat);
  write(state);
};

/** @param {number} chat */
export const draft = (chat) => read().drafts[chat] || "";

/**
 * @param {number} chat
 * @param {string} text
 */
export const rememberDraft = (chat, text) => {
  const state = read();
  if (text) state.drafts[chat] = text;
  else delete state.drafts[chat];
  write(state);
};

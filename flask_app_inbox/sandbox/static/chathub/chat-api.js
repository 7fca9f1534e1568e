/** The token is not valid for the chats. */
export class TokenExpired extends Error {
  constructor() {
    super("ChatHub: token expired");
  }
}

/**
 * @typedef {{id: number, author: string, textMessage: string,
 *   fromOperator: boolean, createdAt: string}} Message
 * @typedef {{id: number, customer: string, lastMessage: Message | null,
 *   unanswered: number}} Chat
 */

/** The chat calls that an operator's token opens. */
export class ChatApi {
  /**
   * @param {string} origin
   * @param {string} token
   */
  constructor(origin, token) {
    this.base = origin + "/api/chat/";
    this.token = token;
  }

  /** @returns {Promise<Chat[]>} */
  chats() {
    return this.call("chats");
  }

  /**
   * @param {number} chat
   * @returns {Promise<Message[]>}
   */
  messages(chat) {
    return this.call(`${chat}/messages`);
  }

  /**
   * @param {number} chat
   * @param {string} textMessage
   */
  answer(chat, textMessage) {
    return this.call(`${chat}/message`, { textMessage, author: "" });
  }

  /**
   * @param {string} path
   * @param {object} [body]
   */
  async call(path, body) {
    const response = await fetch(this.base + path, {
      method: body ? "POST" : "GET",
      headers: {
        Authorization: `Bearer ${this.token}`,
        ...(body && { "Content-Type": "application/json" }),
      },
      body: body && JSON.stringify(body),
      credentials: "omit",
      cache: "no-store",
    });
    if (response.status === 401 || response.status === 403) {
      throw new TokenExpired();
    }
    if (!response.ok) throw new Error(`ChatHub answered ${response.status}`);
    return response.json();
  }
}

/**
 * Ask the site about the messages of its user.
 * @param {Record<"messagesUrl" | "unreadUrl" | "readUrl" | "user", string>} settings
 * @returns {Asking}
 */
const siteMessages = ({ messagesUrl, unreadUrl, readUrl, user }) => {
  const ANSWER_WITHIN = 20000; // milliseconds
  let etag = ""; // of the count that was answered last
  /** @type {any} */
  let last;

  /** @param {string} url @param {object} [json] */
  const ask = async (url, json) => {
    const isCount = url === unreadUrl;
    const response = await fetch(url, {
      method: json ? "POST" : "GET",
      headers: {
        "X-App-Inbox-User": user,
        "If-None-Match": isCount ? etag : "",
      },
      body: json && JSON.stringify(json),
      cache: "no-store",
      redirect: "manual",
      // A click on a link marks its message, and the page goes.
      keepalive: !!json,
      signal: AbortSignal.timeout?.(ANSWER_WITHIN), // browsers of 2022 lack it
    });
    const { status } = response;
    if (status === 304) return last;
    if (!response.ok)
      throw {
        isGone: status === 401 || status === 409,
        pause: Number(response.headers.get("Retry-After")) * 1000,
      };
    const body = await response.json();
    if (isCount) {
      last = body;
      etag = response.headers.get("ETag") || "";
    }
    return body;
  };

  return {
    load: (page) => ask(messagesUrl + page),
    markRead: (ids) => ask(readUrl, ids ? { ids } : { all: true }),
    unread: () => ask(unreadUrl),
  };
};

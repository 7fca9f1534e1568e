/**
 * Ask the site about the messages of its user.
 * @param {Record<string, string | undefined>} urls
 * @returns {Asking}
 */
const siteMessages = ({ messagesUrl, unreadUrl, readUrl, user = "" }) => {
  const ANSWER_WITHIN = 20000; // milliseconds
  /** @type {{ etag: string, body: any } | undefined} */
  let last;

  /** @param {string} [url] @param {object} [json] */
  const ask = async (url = "", json) => {
    const isCount = url === unreadUrl;
    /** @type {Record<string, string>} */
    const headers = { "X-App-Inbox-User": user };
    if (isCount && last) headers["If-None-Match"] = last.etag;
    const response = await fetch(url, {
      method: json ? "POST" : "GET",
      headers,
      body: json && JSON.stringify(json),
      cache: "no-store",
      redirect: "manual",
      // A click on a link marks its message, and the page goes.
      keepalive: !!json,
      signal: AbortSignal.timeout?.(ANSWER_WITHIN), // browsers of 2022 lack it
    });
    const { status } = response;
    if (status === 304) return last?.body;
    const isGone = status === 401 || status === 409;
    const pause = Number(response.headers.get("Retry-After")) * 1000;
    if (!response.ok) throw { isGone, pause };
    const body = await response.json();
    const etag = response.headers.get("ETag");
    if (isCount) last = etag ? { etag, body } : undefined;
    return body;
  };

  return {
    load: (page) => {
      // The site's addresses may have a query already.
      const url = new URL(messagesUrl || "", location.href);
      url.searchParams.set("page", "" + page);
      return ask(url.href);
    },
    markRead: (ids) => ask(readUrl, ids ? { ids } : { all: true }),
    unread: () => ask(unreadUrl),
  };
};

/**
 * What the element asks, in the vendor's words. Whatever arrives is checked: the
 * element sees these shapes alone.
 */
const PAGE_SIZE = 20;
const LONGEST = { title: 300, content: 20_000 };

/** @param {unknown} value @param {number} limit */
const text = (value, limit) =>
  typeof value === "string" ? value.slice(0, limit) : "";

/** @param {unknown} json @returns {number} */
function readCount(json) {
  const { count } = /** @type {{ count?: unknown }} */ (json ?? {});
  if (typeof count === "number" && Number.isInteger(count) && count >= 0) {
    return count;
  }
  throw new Failure("the answer holds no count");
}

/**
 * @param {unknown} json
 * @param {string} untitled the title of a message that has none
 */
function readList(json, untitled) {
  const { list, totalPages } =
    /** @type {{ list?: unknown, totalPages?: unknown }} */ (json ?? {});
  if (!Array.isArray(list)) throw new Failure("the answer holds no list");
  return {
    messages: list.flatMap((one) => readMessage(one, untitled)),
    pages: typeof totalPages === "number" ? totalPages : 1,
  };
}

/**
 * @param {unknown} json
 * @param {string} untitled
 * @returns {InboxMessage[]} none if it is no message
 */
function readMessage(json, untitled) {
  if (typeof json !== "object" || json === null) return [];
  const raw = /** @type {Record<string, unknown>} */ (json);
  const { id, createdDate, status, newMessage } = raw;
  if (typeof id !== "string" || !id) return [];
  const dated = typeof createdDate === "number" && Math.abs(createdDate) < 8e15;
  return [
    {
      id,
      title: text(raw.title, LONGEST.title) || untitled,
      html: tidy(text(raw.content, LONGEST.content)),
      image: text(raw.image, LONGEST.content),
      link: text(raw.link, LONGEST.content),
      createdAt: dated ? createdDate : null,
      read: status ? status === "OPENED" : newMessage !== true,
    },
  ];
}

/**
 * Ask the vendor about the messages of the contact whose token the page gives.
 *
 * @param {Connection} connection
 * @param {string} untitled
 * @param {number} haste by which the element's clock is faster than a real one
 * @returns {Asking}
 */
function vendorMessages(connection, untitled, haste) {
  let isUnknown = false;

  /**
   * @template T
   * @param {() => Promise<T>} work
   * @param {T} nothing what a contact has whom the vendor does not know
   */
  const ask = async (work, nothing) => {
    if (isUnknown) return nothing;
    try {
      return await work();
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      isUnknown = failure.isUnknown;
      if (isUnknown) return nothing;
      throw { pause: failure.pause * haste };
    }
  };

  const count = async () => readCount(await connection.send("messages/count"));
  const none = { unread: 0 };
  return {
    unread: () => ask(async () => ({ unread: await count() }), none),
    load: (page) =>
      ask(
        async () => {
          const path = `messages?page=${page}&pageSize=${PAGE_SIZE}`;
          const list = readList(await connection.send(path), untitled);
          return { ...list, page, unread: await count() };
        },
        { messages: [], page, pages: 0, unread: 0 },
      ),
    markRead: (ids) =>
      ask(async () => {
        await connection.send("messages/status", { status: "OPENED", ids });
        return { unread: await count() };
      }, none),
  };
}

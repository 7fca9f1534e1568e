/**
 * The vendor's JSON, checked: whatever arrives, the rest of the widget sees
 * these shapes only.
 *
 * @typedef {object} Message
 * @property {string} id
 * @property {string} title
 * @property {string} content HTML, to be cleaned
 * @property {string} image an address or ""
 * @property {string} link an address or ""
 * @property {number | null} created epoch ms
 * @property {boolean} unread
 */
const PAGE_SIZE = 10;
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
  throw new Failure("refused", "the answer holds no count");
}

/** @param {unknown} json @returns {{ messages: Message[], totalPages: number }} */
function readList(json) {
  const { list, totalPages } =
    /** @type {{ list?: unknown, totalPages?: unknown }} */ (json ?? {});
  if (!Array.isArray(list)) {
    throw new Failure("refused", "the answer holds no list");
  }
  return {
    messages: list.flatMap(readMessage),
    totalPages: typeof totalPages === "number" ? totalPages : 1,
  };
}

/** @param {unknown} json @returns {Message[]} none if it is no message */
function readMessage(json) {
  if (typeof json !== "object" || json === null) return [];
  const raw = /** @type {Record<string, unknown>} */ (json);
  const { id, createdDate, status, newMessage } = raw;
  if (typeof id !== "string" || !id) return [];
  const dated = typeof createdDate === "number" && Math.abs(createdDate) < 8e15;
  return [
    {
      id,
      title: text(raw.title, LONGEST.title),
      content: text(raw.content, LONGEST.content),
      image: safeAddress(raw.image),
      link: safeAddress(raw.link),
      created: dated ? createdDate : null,
      unread: status ? status !== "OPENED" : newMessage === true,
    },
  ];
}

/**
 * One message of the panel; its texts never change.
 * @param {InboxMessage} message
 * @param {any} texts
 * @param {string | undefined} language
 * @param {(event: Event, message: InboxMessage) => void} act somebody clicked on it
 */
const messageItem = (message, texts, language, act) => {
  /** @type {any} */
  const { title, html, image, link, createdAt } = message;
  /** @type {any} */
  let control = newElement("a", "title");
  pointLink(control, link);
  if (!control.href) control = newElement("button", "title");
  control.append(title);
  const time = newElement("time", "time");
  /** @type {any} */
  const item = newElement(
    "li",
    "",
    null,
    control,
    newElement("div", "content", null, buildHtml(html)),
    time,
  );
  if (/^(https?:)?\//i.test(image)) {
    const picture = newElement("img", "image", {
      alt: "",
      loading: "lazy",
      referrerPolicy: "no-referrer",
      onerror: () => picture.remove(),
      src: image,
    });
    item.append(picture);
  }

  return Object.assign(item, {
    /** @param {InboxMessage} now */
    update: (now) => {
      const { read } = now;
      item.part = read ? "message" : "message unread";
      item.onclick = (/** @type {Event} */ event) => act(event, now);
      control.ariaLabel =
        (read ? "" : texts.unreadMark + ": ") +
        title +
        (control.target ? ` (${texts.newTab})` : "");
      if (createdAt) time.textContent = agoOf(createdAt, language);
    },
  });
};

/**
 * One message of the panel.
 * @param {string} id
 * @param {any} texts
 * @param {(event: MouseEvent, id: string) => void} act somebody clicked on it
 */
const messageItem = (id, texts, act) => {
  const item = makeElement("li", { part: "message" });
  const mark = makeElement("span", { class: "quiet" });
  const time = makeElement("time", { part: "time" });
  let control = makeElement("a");
  let isFirst = true;

  item.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (target.closest("a, button")) act(event, id);
    else if (!String(getSelection())) control.click();
  });

  /** @param {InboxMessage} message whose texts never change */
  const fill = ({ title, html, image, link, createdAt }) => {
    const href = messageHtml.safeUrl(link);
    if (href) messageHtml.point(control, href);
    else
      control = /** @type {any} */ (makeElement("button", { type: "button" }));
    control.setAttribute("part", "title");
    control.append(mark, title);
    if (control.target) {
      const says = ` (${texts.newTab})`;
      control.append(makeElement("span", { class: "quiet" }, says));
    }
    const content = makeElement("div", { part: "content" });
    content.append(messageHtml.build(html));
    item.append(control, content, time);
    const source = messageHtml.safeUrl(image, /^https?:/);
    if (source) {
      const picture = makeElement("img", { part: "image", alt: "" });
      picture.loading = "lazy";
      picture.referrerPolicy = "no-referrer";
      picture.onerror = () => picture.remove();
      picture.src = source;
      item.append(picture);
    }
    if (createdAt) time.dateTime = new Date(createdAt).toISOString();
  };

  return {
    item,
    focus: () => control.focus(),
    /** @param {InboxMessage} message @param {string} [language] */
    update: (message, language) => {
      if (isFirst) fill(message);
      isFirst = false;
      const { createdAt, read } = message;
      item.setAttribute("part", read ? "message" : "message unread");
      item.toggleAttribute("data-unread", !read);
      mark.textContent = read ? "" : texts.unreadMark + ": ";
      if (!createdAt) return;
      time.textContent = agoOf(createdAt, language);
      time.title = new Date(createdAt).toLocaleString(language);
    },
  };
};

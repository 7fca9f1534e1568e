/** One message of the list: a button with the gist, and what it opens. */
class MessageItem {
  #drawn = "";

  /** @param {string} id @param {Speech} speech @param {Acts} acts */
  constructor(id, speech, acts) {
    this.speech = speech;
    this.dot = make("span", "aib-dot");
    this.dot.setAttribute("aria-hidden", "true");
    this.mark = make("span", "aib-hush", `${speech.texts.unreadMark}. `);
    this.title = make("span", "aib-title");
    this.title.dir = "auto";
    this.excerpt = make("span", "aib-excerpt");
    this.excerpt.dir = "auto";
    this.time = make("time", "aib-time");
    this.opener = make(
      "button",
      "aib-open",
      this.title,
      this.excerpt,
      this.time,
    );
    this.opener.type = "button";
    this.detail = make("div", "aib-detail");
    this.detail.id = `aib-detail-${(MessageItem.made += 1)}`;
    this.opener.setAttribute("aria-controls", this.detail.id);
    this.node = make("li", "aib-message", this.dot, this.opener, this.detail);
    this.node.dataset.aibId = id;
    this.node.addEventListener("click", (event) => {
      // The whole card opens; what it then holds can be selected and followed.
      const target = /** @type {Node} */ (event.target);
      if (!this.detail.contains(target)) acts.expand(id);
    });
  }

  static made = 0;

  /** @param {Message} message @param {boolean} expanded */
  show(message, expanded) {
    const { unread, created, ...written } = message;
    const drawn = JSON.stringify(written);
    if (drawn !== this.#drawn) {
      this.#drawn = drawn;
      this.#write(message);
    }
    this.node.dataset.aibStatus = unread ? "UNOPENED" : "OPENED";
    this.dot.hidden = !unread;
    if (unread) this.opener.prepend(this.mark);
    else this.mark.remove();
    this.node.classList.toggle("aib-expanded", expanded);
    this.opener.setAttribute("aria-expanded", String(expanded));
    this.excerpt.hidden = expanded || !this.excerpt.textContent;
    this.detail.hidden = !expanded;
    this.#tell(created);
  }

  /** @param {Message} message */
  #write({ title, content, image, link }) {
    const { texts } = this.speech;
    const rich = make("div", "aib-content", cleanText(content));
    rich.dir = "auto";
    const plain = plainText(rich).trim();
    this.title.textContent = title || texts.title;
    this.excerpt.textContent = plain.slice(0, 200);
    this.detail.replaceChildren(...(plain ? [rich] : []));
    if (link) this.detail.append(this.#link(link, title));
    this.picture?.remove();
    this.picture = image ? this.#picture(image) : undefined;
  }

  /** @param {string} address */
  #picture(address) {
    const picture = make("img", "aib-image");
    picture.alt = "";
    picture.loading = "lazy";
    picture.decoding = "async";
    picture.referrerPolicy = "no-referrer";
    picture.addEventListener("error", () => picture.remove());
    picture.src = address;
    this.opener.after(picture);
    return picture;
  }

  /** @param {string} address @param {string} title */
  #link(address, title) {
    const { texts } = this.speech;
    const link = make("a", "aib-follow", texts.follow);
    pointTo(link, address);
    const hint = link.target ? ` (${texts.newTab})` : "";
    link.append(make("span", "aib-hush", `: ${title}${hint}`));
    return link;
  }

  /** @param {number | null} created */
  #tell(created) {
    this.time.hidden = created === null;
    if (created === null) return;
    const words = this.speech.when(created, Date.now());
    if (this.time.textContent === words) return;
    this.time.textContent = words;
    this.time.dateTime = new Date(created).toISOString();
    this.time.title = this.speech.exactly(created);
  }
}

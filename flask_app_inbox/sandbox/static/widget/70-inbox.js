/**
 * What the inbox knows, and when it asks. Nothing of a contact stays on the
 * page once it is unclear whose token comes next.
 */
const POLL = { visible: 1_500, hidden: 30_000, longest: 300_000 };

/** @param {number} failures in a row @returns {number} ms to the next try */
function patience(failures) {
  const jitter = 0.75 + Math.random() / 2;
  const grown = POLL.visible * 2 ** Math.min(failures, 8) * jitter;
  return Math.min(grown, POLL.longest);
}

class Inbox {
  /** @type {Shown} */
  #shown = {
    phase: "loading",
    count: null,
    messages: [],
    more: false,
    offline: false,
    expanded: null,
  };
  #pages = 1;
  #fresh = false;
  #failures = 0;
  /** Of the list alone: the count may work where the list does not. */
  #listFailures = 0;
  #listAgainAt = 0;
  /** Rises with each of our changes, so that we can tell older answers. */
  #writes = 0;
  #writing = 0;
  #stopped = false;
  /** @type {Promise<void> | null} */
  #loading = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {HTMLElement} root
   * @param {URL} base
   * @param {{ askPage: () => unknown, speech: Speech, icon: unknown }} options
   */
  constructor(root, base, { askPage, speech, icon }) {
    this.connection = new Connection(base, askPage, () => this.#forget());
    this.view = new View(
      root,
      speech,
      {
        near: () => this.#fresh || this.#stopped || this.#load(),
        toggle: (open) => this.#toggled(open),
        expand: (id) => this.#expand(id),
        readAll: () => this.#read(null),
        showMore: () => this.#load({ eager: true, pages: this.#pages + 1 }),
        retry: () => this.#retry(),
      },
      icon,
    );
    this.#show();
    addEventListener("online", () => this.#poll());
    addEventListener("offline", () => this.#show({ offline: true }));
    addEventListener("pageshow", ({ persisted }) => persisted && this.#poll());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && this.#failures === 0) this.#poll();
    });
    this.#poll();
  }

  /** @param {Partial<Shown>} change */
  #show(change = {}) {
    Object.assign(this.#shown, change);
    this.view.show(this.#shown);
  }

  #forget() {
    this.#fresh = false;
    this.#show({ phase: "loading", messages: [], more: false, count: null });
  }

  async #poll() {
    clearTimeout(this.#timer);
    if (this.#stopped || !navigator.onLine) return;
    const writes = this.#writes;
    try {
      const count = readCount(await this.connection.send("messages/count"));
      this.#failures = 0;
      if (!this.#writing && writes === this.#writes) this.#counted(count);
      this.#next(document.hidden ? POLL.hidden : POLL.visible);
    } catch (error) {
      this.#failed(error, "count");
    }
  }

  /** @param {number} ms */
  #next(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#poll(), ms);
  }

  /** @param {number} count */
  #counted(count) {
    const known = this.#shown.count;
    const changed = known !== count;
    if (changed) this.#fresh = false;
    if (known !== null && count > known) this.view.announce(count - known);
    const lost = this.#shown.phase !== "ready";
    this.#show({ count, offline: false });
    if (this.view.open) {
      if (changed || lost) this.#load();
    } else if (lost) this.#show({ phase: "loading" });
  }

  /** @param {{ eager?: boolean, pages?: number }} options */
  #load({ eager = false, pages = this.#pages } = {}) {
    if (!eager && Date.now() < this.#listAgainAt) return;
    this.#loading ??= this.#fetchList(eager, pages).finally(() => {
      this.#loading = null;
    });
  }

  /** @param {boolean} eager @param {number} pages @returns {Promise<void>} */
  async #fetchList(eager, pages) {
    if (eager && this.#shown.phase !== "ready")
      this.#show({ phase: "loading" });
    const writes = this.#writes;
    try {
      const query = `messages?page=0&pageSize=${pages * PAGE_SIZE}`;
      const answer = await this.connection.send(query, { eager });
      const { messages, totalPages } = readList(answer);
      if (writes !== this.#writes) return await this.#fetchList(false, pages);
      this.#listFailures = this.#listAgainAt = 0;
      this.#pages = pages;
      this.#fresh = true;
      this.#stopped = false;
      this.#show({
        phase: "ready",
        messages,
        more: totalPages > 1,
        offline: false,
      });
      if (this.#shown.count === null) this.#next(0);
    } catch (error) {
      this.#failed(error, "list");
    }
  }

  /** @param {unknown} error @param {"count" | "list" | "status"} asked */
  #failed(error, asked) {
    if (!(error instanceof Failure)) throw error;
    const { kind, wait } = error;
    if (kind === "waiting") return this.#next(wait + 100);
    if (kind === "unknown") {
      this.#stopped = true;
      this.#forget();
      return this.#show({ phase: "unknown" });
    }
    if (kind === "rejected") this.#forget();
    const offline = !navigator.onLine;
    const refusedList = asked === "list" && kind === "refused";
    if (refusedList || this.#shown.phase !== "ready") {
      const phase = offline ? "offline" : "error";
      this.#show({ offline, phase, messages: [], more: false });
    } else this.#show({ offline });
    if (asked === "list") {
      this.#listFailures += 1;
      this.#listAgainAt =
        Date.now() + Math.max(wait, patience(this.#listFailures));
    }
    this.#failures += 1;
    this.#next(Math.max(wait, patience(this.#failures)));
  }

  #retry() {
    this.#failures = 0;
    this.#load({ eager: true });
  }

  /** @param {boolean} open */
  #toggled(open) {
    if (!open) return this.#show({ expanded: null });
    this.#show();
    if (!this.#fresh) this.#load({ eager: true });
  }

  /** @param {string} id */
  #expand(id) {
    const expanded = this.#shown.expanded === id ? null : id;
    this.#show({ expanded });
    const message = this.#shown.messages.find((each) => each.id === id);
    if (expanded && message?.unread) this.#read([id]);
  }

  /** @param {string[] | null} ids null: all */
  async #read(ids) {
    const { messages, count } = this.#shown;
    this.#writes += 1;
    this.#writing += 1;
    this.#show({
      messages: messages.map((message) =>
        !ids || ids.includes(message.id)
          ? { ...message, unread: false }
          : message,
      ),
      count: ids ? Math.max(0, (count ?? ids.length) - ids.length) : 0,
    });
    try {
      const body = { status: "OPENED", ids };
      await this.connection.send("messages/status", { body, eager: true });
    } catch (error) {
      this.#fresh = false;
      this.#failed(error, "status");
    } finally {
      this.#writing -= 1;
      this.#writes += 1;
    }
    if (!this.#failures) this.#poll();
  }
}

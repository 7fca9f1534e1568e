/**
 * Requests with a contact's token. Each request uses its token up and brings
 * the next one in ES-TOKEN, so they go one at a time; 401 means that the page
 * must be asked for a token again.
 */
const ANSWER_WITHIN = 10_000;
const CALLBACK_WITHIN = 60_000;
const RENEWAL_GAP = { first: 1_500, longest: 15_000, forgotten: 60_000 };

/** Why there is no answer that can be used. */
class Failure extends Error {
  /**
   * @param {string} message
   * @param {object} more
   * @param {number} [more.pause] ms that the vendor asks for
   * @param {boolean} [more.isUnknown] whether the vendor knows no such contact
   */
  constructor(message, { pause = 0, isUnknown = false } = {}) {
    super(message);
    this.pause = pause;
    this.isUnknown = isUnknown;
  }
}

/**
 * How long to leave the page alone after a renewal: not at all if the last one
 * is long ago, longer and longer if renewals follow each other.
 *
 * @param {number} gap ms that the last one was followed by
 * @param {number} since ms since the last one
 */
function nextGap(gap, since) {
  if (since > RENEWAL_GAP.forgotten) return 0;
  const longer = Math.max(gap * (1.4 + Math.random()), RENEWAL_GAP.first);
  return Math.min(longer, RENEWAL_GAP.longest);
}

/** @param {number} ms */
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

class Connection {
  /** @type {string | null} */
  #token = null;
  /** @type {Promise<unknown>} */
  #tail = Promise.resolve();
  #hasWorked = false;
  #renewedAt = 0;
  #gap = 0;

  /**
   * @param {URL} base the messages' address at the vendor
   * @param {() => unknown} askPage getAuthTokenCallback
   * @param {() => void} onLoss called when tokens are refused that were taken before
   */
  constructor(base, askPage, onLoss) {
    this.base = base;
    this.askPage = askPage;
    this.onLoss = onLoss;
  }

  /**
   * Send one request after those before it are answered.
   *
   * @param {string} path
   * @param {object} [body] of a POST
   * @returns {Promise<unknown>} the answer's JSON; undefined to a POST
   */
  send(path, body) {
    const answer = this.#tail.then(() => this.#exchange(path, body));
    this.#tail = answer.catch(() => undefined);
    return answer;
  }

  /** @param {string} path @param {object | undefined} body */
  async #exchange(path, body) {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      // Other tabs may invalidate each other's tokens: spread the requests.
      if (attempt > 1) await pause(200 + Math.random() * 600);
      if (this.#token === null) await this.#renew();
      const response = await this.#fetch(path, body);
      if (response.status !== 401) {
        this.#token = response.headers.get("ES-TOKEN") ?? this.#token;
        this.#hasWorked = true;
        return this.#read(response, !body);
      }
      this.#token = null;
      if (this.#hasWorked) this.onLoss();
      this.#hasWorked = false;
    }
    throw new Failure("every token was refused");
  }

  async #renew() {
    const since = Date.now() - this.#renewedAt;
    if (since < this.#gap) await pause(this.#gap - since);
    this.#gap = nextGap(this.#gap, since);
    this.#renewedAt = Date.now();
    const token = await this.#ask();
    if (token === "") throw new Failure("unknown contact", { isUnknown: true });
    this.#token = token;
  }

  async #ask() {
    const late = pause(CALLBACK_WITHIN).then(() => {
      throw new Failure("getAuthTokenCallback did not answer");
    });
    const asked = Promise.resolve().then(() => this.askPage());
    /** @type {unknown} */
    let token;
    try {
      token = await Promise.race([asked, late]);
    } catch (error) {
      if (error instanceof Failure) throw error;
      console.warn(`${SAYS} getAuthTokenCallback gave no token:`, error);
      throw new Failure("getAuthTokenCallback rejected");
    } finally {
      late.catch(() => undefined);
    }
    if (typeof token === "string") return token;
    console.warn(
      `${SAYS} getAuthTokenCallback must give a Promise of a string.`,
    );
    throw new Failure("getAuthTokenCallback gave no string");
  }

  /** @param {string} path @param {object | undefined} body */
  async #fetch(path, body) {
    /** @type {Record<string, string>} */
    const headers = { "ES-TOKEN": this.#token ?? "" };
    if (body) headers["Content-Type"] = "application/json";
    try {
      return await fetch(new URL(path, this.base), {
        method: body ? "POST" : "GET",
        headers,
        body: body && JSON.stringify(body),
        cache: "no-store",
        credentials: "omit",
        // A token must not follow a redirect to another place.
        redirect: "error",
        signal: globalThis.AbortSignal?.timeout?.(ANSWER_WITHIN),
      });
    } catch {
      throw new Failure("no answer");
    }
  }

  /** @param {Response} response @param {boolean} withBody */
  async #read(response, withBody) {
    if (!response.ok) {
      const seconds = Number(response.headers.get("Retry-After"));
      const wait = seconds > 0 ? Math.min(seconds, 300) * 1_000 : 0;
      throw new Failure(`status ${response.status}`, { pause: wait });
    }
    try {
      return withBody ? await response.json() : undefined;
    } catch {
      throw new Failure("the answer is no JSON");
    }
  }
}

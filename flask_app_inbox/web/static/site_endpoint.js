// Asking an endpoint of the site, once or patiently. Page scripts are served with
// this in front of them.

/**
 * A code of a problem; `errors.py` and `problems.py` define them.
 * @typedef {string & { readonly isOfProblem: true }} ProblemCode
 */
/**
 * Codes of this script. The manuals' tables are made from lists like this one.
 * @typedef {object} AnswerCodes
 * @property {never} network The site did not answer.
 * @property {never} unexpected_answer Something other than the endpoint answered,
 *   such as a login page.
 */
/** @typedef {ProblemCode | keyof AnswerCodes} AnswerCode */
/**
 * @typedef {object} Answer
 * @property {number} at when it was asked for, by this computer's clock
 * @property {number} status 0 if there was none
 * @property {any} body of JSON, null if it is none
 * @property {AnswerCode} code
 * @property {boolean} retryable whether asking again may help
 * @property {number} pause that the site asks for, in milliseconds
 * @property {number} time of the site's clock, in milliseconds; NaN: not told
 */
const siteEndpoint = (() => {
  const RETRIES = 3;
  const RETRIED = [0, 429, 502, 503, 504]; // where the answer does not say so
  const FIRST_PAUSE = 500; // milliseconds, doubled with each retry
  const LONGEST_PAUSE = 60000; // that a caller is kept waiting
  const ANSWER_WITHIN = 20000;

  /** @type {Map<string, Answer>} that asked for a pause, by user and address */
  const pausing = new Map();

  /** @param {number} milliseconds */
  const sleep = (milliseconds) =>
    new Promise((resolve) => setTimeout(resolve, milliseconds));

  /**
   * Fetch, for as long as an answer may take.
   * @param {string} url
   * @param {RequestInit} request
   */
  const fetchInTime = async (url, request) => {
    // Not AbortSignal.timeout(): browsers of 2022 lack it.
    const giveUp = "AbortController" in self ? new AbortController() : null;
    const timer = setTimeout(() => giveUp?.abort(), ANSWER_WITHIN);
    try {
      const response = await fetch(url, { ...request, signal: giveUp?.signal });
      return { response, body: await response.json().catch(() => null) };
    } catch {
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  };

  /**
   * Seconds or a date of the site's clock, in milliseconds from now.
   * @param {string} retryAfter
   * @param {number} time
   */
  const pauseOf = (retryAfter, time) => {
    const seconds = Number(retryAfter);
    const pause = seconds * 1000 || Date.parse(retryAfter) - time;
    return Math.max(pause || 0, 0);
  };

  /**
   * Ask once; this never rejects. An address that asked for a pause is left alone
   * until that is over, and its last answer given again.
   * @param {string} method
   * @param {string} url
   * @param {string} user the tag of whom the page was made for
   * @param {object} [json]
   * @returns {Promise<Answer>}
   */
  const ask = async (method, url, user, json) => {
    const at = Date.now();
    const key = `${user} ${url}`;
    const last = pausing.get(key);
    const left = last ? last.at + last.pause - at : 0;
    if (last && left > 0) return { ...last, pause: left };
    pausing.delete(key);
    const answered = await fetchInTime(url, {
      method,
      headers: { "X-App-Inbox-User": user },
      body: json && JSON.stringify(json),
      credentials: "same-origin",
      cache: "no-store",
      redirect: "manual",
    });
    if (!answered) {
      const code = "network";
      const none = { status: 0, body: null, retryable: true, pause: 0 };
      return { at, code, time: NaN, ...none };
    }
    const { response, body } = answered;
    const { headers } = response;
    const status = response.status || 302; // a redirect shows no status
    const time = Date.parse(headers.get("Date") || "");
    const told = body && body.retryable;
    const answer = {
      at,
      status,
      body,
      code: (body && body.code) || "unexpected_answer",
      retryable: typeof told === "boolean" ? told : RETRIED.includes(status),
      pause: pauseOf(headers.get("Retry-After") || "", time || at),
      time,
    };
    if (answer.pause) pausing.set(key, answer);
    return answer;
  };

  /**
   * Post, and again where that may help.
   * @param {string} url
   * @param {string} user
   * @param {object} [json]
   * @param {string} [method]
   * @returns {Promise<Answer>} of the last attempt
   */
  const insist = async (url, user, json, method = "POST") => {
    for (let attempt = 0; ; attempt++) {
      const answer = await ask(method, url, user, json);
      const again = attempt < RETRIES && answer.retryable;
      if (!again || answer.pause > LONGEST_PAUSE) return answer;
      const backoff = FIRST_PAUSE * 2 ** attempt;
      await sleep(Math.max(answer.pause, backoff) + Math.random() * backoff);
    }
  };

  /** Let a person who asks again not wait for the end of a pause. */
  const hurry = () => pausing.clear();

  return { ask, insist, sleep, hurry };
})();

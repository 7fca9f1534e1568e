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
const siteEndpoint = (() => {
  const RETRIES = 3;
  const RETRIED = [0, 429, 502, 503, 504]; // 0: no answer from the site
  const FIRST_PAUSE = 500; // milliseconds, doubled with each retry
  const LONGEST_PAUSE = 60000;
  const ANSWER_WITHIN = 20000;

  /**
   * @typedef {object} Answer
   * @property {number} status 0 if there was none
   * @property {any} body of JSON, null if it is none
   * @property {ProblemCode | keyof AnswerCodes} code
   * @property {number} pause that the site asks for, in milliseconds
   * @property {number} time of the site's clock, in milliseconds; NaN: not told
   */

  /** @param {number} milliseconds */
  const sleep = (milliseconds) =>
    new Promise((resolve) => setTimeout(resolve, milliseconds));

  /**
   * Ask once; this never rejects.
   * @param {string} method
   * @param {string} url
   * @param {string} user the tag of whom the page was made for
   * @param {object} [body]
   * @returns {Promise<Answer>}
   */
  const ask = async (method, url, user, body) => {
    try {
      const response = await fetch(url, {
        method,
        headers: { "X-App-Inbox-User": user },
        body: body && JSON.stringify(body),
        credentials: "same-origin",
        cache: "no-store",
        redirect: "manual",
        signal: AbortSignal.timeout(ANSWER_WITHIN),
      });
      const content = await response.json().catch(() => null);
      return {
        status: response.status || 302, // a redirect shows no status
        body: content,
        code: (content && content.code) || "unexpected_answer",
        pause: Number(response.headers.get("Retry-After") || 0) * 1000 || 0,
        time: Date.parse(response.headers.get("Date") || ""),
      };
    } catch {
      return { status: 0, body: null, code: "network", pause: 0, time: NaN };
    }
  };

  /**
   * Post, and again where that may help.
   * @param {string} url
   * @param {string} user
   * @param {object} [body]
   * @param {string} [method]
   * @returns {Promise<Answer>} of the last attempt
   */
  const insist = async (url, user, body, method = "POST") => {
    for (let attempt = 0; ; attempt++) {
      const answer = await ask(method, url, user, body);
      const again = attempt < RETRIES && RETRIED.includes(answer.status);
      if (!again || answer.pause > LONGEST_PAUSE) return answer;
      const backoff = FIRST_PAUSE * 2 ** attempt;
      await sleep(Math.max(answer.pause, backoff) + Math.random() * backoff);
    }
  };

  return { ask, insist };
})();

/** @typedef {[alias: string, user: string]} Organization and the operator's tag there */
/**
 * @typedef {object} Access
 * @property {string} token
 * @property {number} renewAt by this computer's clock, as the others
 * @property {number} latest when a text that is being typed no longer counts
 * @property {number} endsAt
 */

/** Operators' tokens, which the page keeps while they live. */
const operatorTokens = (() => {
  /** @type {Map<string, Access>} by the operator's tag */
  const kept = new Map();

  /**
   * Tell when a token dies, by the site's clock, which need not be ours.
   * @param {Answer} answer
   * @returns {Access}
   */
  const accessOf = ({ body, time }) => {
    const now = Date.now();
    // The Date header is cut to whole seconds, so up to one more has passed.
    const left = Date.parse(body.expiresAt) - (time ? time + 1000 : now);
    return {
      token: body.token,
      renewAt: now + left * (0.8 + 0.05 * Math.random()),
      latest: now + left * 0.95,
      endsAt: now + left,
    };
  };

  return {
    /** @param {string} user */
    forget: (user) => kept.delete(user),

    /**
     * Return the token that the page has, or one from the site.
     * @param {string} url
     * @param {Organization} organization
     * @param {boolean} isSuspect whether the last one may be dead
     * @param {(answer: Answer) => void} learn who is here
     */
    get: async (url, [organization, user], isSuspect, learn) => {
      const known = kept.get(user);
      if (known && !isSuspect && known.renewAt > Date.now()) return known;
      const question = { organization, ...(isSuspect && { failed: true }) };
      const answer = await siteEndpoint.insist(url, user, question);
      learn(answer);
      if (answer.status !== 200 || typeof answer.body?.token !== "string") {
        throw panelProblem(answer.code, answer);
      }
      const access = accessOf(answer);
      if (!(access.endsAt > Date.now()))
        throw panelProblem("unexpected_answer");
      kept.set(user, access);
      announcePanel("token", { organization });
      return access;
    },
  };
})();

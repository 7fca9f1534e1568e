/**
 * Codes of this script. The manual's tables are made from these lists.
 * @typedef {object} PanelCodes
 * @property {never} script_blocked The vendor's script did not load in the frame.
 * @property {never} frame_blocked The frame did not load: often a policy without
 *   `frame-src 'self'`.
 * @property {never} panel_failed The panel says that its token does not work.
 */
/** @typedef {AnswerCode | keyof PanelCodes} PanelCode */
/**
 * Events on `document`: each with its name after `chathub:`, and its detail.
 * @typedef {["token", { organization: string }]} OperatorTokenEvent A token came; it is
 *   not in the event.
 * @typedef {["ready", { organization: string }]} ReadyEvent A panel is shown.
 * @typedef {["error", { organization: string, code: PanelCode }]} PanelErrorEvent There
 *   is no panel for the moment. `code` is one of the endpoint's codes or of the script's
 *   own.
 * @typedef {["removed", { organization: string, code: PanelCode }]} RemovedEvent The
 *   user is no longer an operator.
 *
 * @typedef {OperatorTokenEvent | ReadyEvent | PanelErrorEvent | RemovedEvent} PanelEvent
 */

/** @type {(...event: PanelEvent) => void} */
const announcePanel = (...[name, detail]) => {
  if (name === "error") {
    const { organization, code } = detail;
    console.warn(`ChatHub: no panel for ${organization}: ${code}`);
  }
  document.dispatchEvent(new CustomEvent("chathub:" + name, { detail }));
};

/**
 * Why there is no panel.
 * @param {PanelCode} code
 * @param {Partial<Answer>} [answer] of the site
 */
const panelProblem = (code, { pause = 0, body } = {}) =>
  Object.assign(new Error("ChatHub: " + code), {
    code,
    pause,
    /** Whether the site says that asking again is no use. */
    isHopeless: Boolean(body && body.retryable === false),
  });
/** @typedef {ReturnType<typeof panelProblem>} PanelProblem */

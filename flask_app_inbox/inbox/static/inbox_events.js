/**
 * Codes of this script. The manual's tables are made from these lists.
 * @typedef {object} InboxCodes
 * @property {never} script_blocked The vendor's script did not load: often a
 *   content blocker, or Trusted Types without the policy `app-inbox`.
 * @property {never} script_missing `SCRIPT_ID` is unset, and some seconds after the
 *   page there is still no loader of the vendor in it.
 * @property {never} second_init The page calls `eS('init')` itself. Then the script
 *   makes none and there is no bell; a call that comes after its own makes two.
 *   Remove that call.
 * @property {never} reload_needed Somebody logged in without a page load, after the
 *   page had its `init` without the inbox. Their bell comes with the next page that
 *   is loaded whole.
 */
/** @typedef {AnswerCode | keyof InboxCodes} InboxCode */
/**
 * Events on `document`: each with its name after `app-inbox:`, and its detail.
 * @typedef {["token", undefined?]} TokenEvent A token was issued.
 * @typedef {["unknown-contact", undefined?]} UnknownContactEvent The vendor does
 *   not know the contact.
 * @typedef {["error", { code: InboxCode }]} InboxErrorEvent There is no token, or no widget.
 *   `code` is one of the endpoint's codes or of the script's own.
 *
 * @typedef {TokenEvent | UnknownContactEvent | InboxErrorEvent} InboxEvent
 */

/** @type {(...event: InboxEvent) => unknown} */
const announceInbox = (...[name, detail]) =>
  document.dispatchEvent(new CustomEvent("app-inbox:" + name, { detail }));

/** The page had its one `init`, and it was not for who is logged in now. */
const sayReload = (/** @type {InboxCode} */ code = "reload_needed") => {
  console.warn(
    "App Inbox: somebody logged in without a page load. Their bell comes with the " +
      "next page that is loaded whole.",
  );
  announceInbox("error", { code });
};

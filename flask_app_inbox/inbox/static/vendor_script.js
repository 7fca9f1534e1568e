/**
 * The vendor's script: in the page already, or loaded by us.
 * @param {string} [folder] where the vendor has all of them
 * @param {string} [address] of the one to load
 * @param {string} [nonce]
 */
const vendorScript = (folder, address = "", nonce = "") => {
  const COMES_WITHIN = 5000; // milliseconds; it may wait for a consent

  const ours = folder || address.replace(/[^/]*$/, "");
  /** @param {HTMLScriptElement} script */
  const isVendors = ({ src }) => src.startsWith(ours);

  const scripts = () => [...document.querySelectorAll("script")];

  /** @param {string} url that need be none */
  const pathOf = (url) => url.replace(/^\w+:\/\/[^/]*|[?#].*$/g, "");

  const block = () => announceInbox("error", { code: "script_blocked" });

  const trusted = () => {
    const rules = { createScriptURL: () => address };
    try {
      const { trustedTypes } = /** @type {any} */ (window);
      const policy = trustedTypes.createPolicy("app-inbox", rules);
      return policy.createScriptURL(address);
    } catch {
      return address; // there are none, or the page may have a default policy
    }
  };

  return {
    isVendors,
    /** Load it unless the page carries it. */
    load: () => {
      if (scripts().some(({ src }) => pathOf(src) === pathOf(address))) return;
      const script = document.createElement("script");
      script.async = true;
      script.nonce = nonce;
      script.onerror = block;
      try {
        script.src = trusted();
      } catch {
        return block(); // by Trusted Types
      }
      document.head.append(script);
    },
    /** Say so if the page loads none and calls wait for one. */
    expect: (/** @type {() => boolean} */ isWaiting) =>
      setTimeout(() => {
        if (scripts().some(isVendors) || !isWaiting()) return;
        console.warn(
          "App Inbox: no vendor script here. Set APP_INBOX_SCRIPT_ID.",
        );
        announceInbox("error", { code: "script_missing" });
      }, COMES_WITHIN),
  };
};

/**
 * What a place shows while there is no panel. It is one element through all tries, so
 * that it keeps the focus and is read out once.
 * @param {DOMStringMap} settings of the panel's element
 * @param {Record<string, string>} texts
 * @param {() => void} retry
 */
const panelNotice = (settings, texts, retry) => {
  const { fallbackText = "", fallbackLink: href } = settings;

  const element = makeElement("div", {
    class: "chathub-notice",
    tabindex: "-1",
  });
  const status = makeElement("p", { role: "status" });
  const alert = makeElement("div", { role: "alert" });
  const words = makeElement("p", {}, texts.unavailable);
  const button = makeElement("button", { type: "button" }, texts.retry);
  button.onclick = retry;
  alert.append(words);
  if (fallbackText) {
    const contact = makeElement("p", { class: "chathub-fallback" });
    contact.append(
      href ? makeElement("a", { href }, fallbackText) : fallbackText,
    );
    alert.append(contact);
  }
  alert.append(button);
  element.append(status);

  return {
    element,
    say: (/** @type {"loading" | "unavailable"} */ state) => {
      const isLoading = state === "loading";
      const text = isLoading ? texts.loading : "";
      if (status.textContent !== text) status.textContent = text;
      if (words.hidden !== isLoading) words.hidden = isLoading;
      if (!isLoading && !alert.isConnected) element.append(alert);
    },
    /** Begin anew: nothing is known to be wrong. */
    reset: () => alert.remove(),
  };
};

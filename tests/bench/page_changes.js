// Notes when the bell tells a count, and when a click has brought a message.
const look = () => {
  if (!notes.bell && bell()) notes.bell = performance.now();
  if (notes.click && !notes.message && message()) {
    notes.message = performance.now();
  }
};
const observer = new MutationObserver(look);
const observe = (root) =>
  observer.observe(root, {
    attributes: true,
    characterData: true,
    childList: true,
    subtree: true,
  });
const { attachShadow } = Element.prototype;
Element.prototype.attachShadow = function (options) {
  const root = attachShadow.call(this, options);
  observe(root);
  return root;
};
observe(document);

const begin = (event) => {
  notes.click = event.timeStamp;
  // Those that came with the HTML.
  for (const { shadowRoot } of all(document, "*")) {
    if (shadowRoot) observe(shadowRoot);
  }
};
addEventListener("click", begin, { capture: true, once: true });

// Finds bell and messages in a page, whoever draws them: by role and accessible name, in
// shadow trees, too. What follows this file notes something about them in `bench`: times
// are in ms since the navigation began.
const NAME = "Notifications";
const notes = (window.bench = {});

const all = (root, selector) => [
  ...root.querySelectorAll(selector),
  ...[...root.querySelectorAll("*")].flatMap(({ shadowRoot }) =>
    shadowRoot ? all(shadowRoot, selector) : [],
  ),
];
const isVisible = (element) => {
  const { width, height } = element.getBoundingClientRect();
  return width > 0 && height > 0 && element.checkVisibility();
};

/** What has the bell's name and a count in it and in its badge, seen or not. */
const bells = () =>
  all(document, `[aria-label^="${NAME}, "]`).filter((each) => {
    const count = /\d+/.exec(each.getAttribute("aria-label"));
    return count && each.textContent.includes(count[0]);
  });
const bell = () => bells().find(isVisible);
const message = () =>
  all(document, `dialog, [role="dialog"], [role="region"], section`)
    .filter((panel) => panel.getAttribute("aria-label") === NAME)
    .flatMap((panel) => all(panel, `li, [role="listitem"]`))
    .find((item) => item.textContent.includes("Message") && isVisible(item));

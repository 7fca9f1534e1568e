/** The page's nodes and messages to the person in front of it. */

/**
 * Find a node that the page surely has.
 *
 * @template {Element} T
 * @param {string} selector
 * @param {new () => T} type
 * @param {ParentNode} within
 */
export function find(selector, type, within = document) {
  const node = within.querySelector(selector);
  if (node instanceof type) return node;
  throw new Error(`The page has no ${selector}`);
}

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {string} className
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

const toast = find("#toast", HTMLElement);
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** @param {string} words shown, and read out, for a while */
export function say(words) {
  clearTimeout(timer);
  toast.textContent = words;
  timer = setTimeout(() => toast.replaceChildren(), 4_000);
}

/** @param {string} text @param {string} what named in the confirmation */
export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    say(`${what} copied`);
  } catch {
    say("The browser does not allow copying here. Select the text instead.");
  }
}

/** @param {unknown} error */
export function wordsOf(error) {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Do something when a form is sent, and show in the form why it failed.
 *
 * @param {HTMLFormElement} form
 * @param {(data: FormData) => Promise<void>} act
 */
export function onSend(form, act) {
  const problem = find(".problem", HTMLElement, form);
  const button = find("[type=submit]", HTMLButtonElement, form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.hidden = true;
    button.disabled = true;
    try {
      await act(new FormData(form));
    } catch (error) {
      problem.textContent = wordsOf(error);
      problem.hidden = false;
    } finally {
      button.disabled = false;
    }
  });
}

/**
 * Redraw a list, and keep the focus where it was.
 *
 * @param {Element} list
 * @param {Node[]} items
 */
export function redraw(list, items) {
  const controls = () =>
    Array.from(list.querySelectorAll("button, select, summary"));
  const place = controls().findIndex((one) => one === document.activeElement);
  list.replaceChildren(...items);
  const now = controls();
  const next = place < 0 ? undefined : now[Math.min(place, now.length - 1)];
  if (next instanceof HTMLElement) next.focus({ preventScroll: true });
}

/**
 * Do something, and tell why it failed.
 *
 * @param {() => Promise<void>} act
 */
export async function perform(act) {
  try {
    await act();
  } catch (error) {
    say(wordsOf(error));
  }
}

/**
 * The fields of a form that were filled in.
 *
 * @param {FormData} data
 * @param {string[]} names
 */
export function filled(data, names) {
  /** @type {Record<string, string>} */
  const found = {};
  for (const name of names) {
    const value = String(data.get(name) ?? "").trim();
    if (value) found[name] = value;
  }
  return found;
}

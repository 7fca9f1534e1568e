/**
 * Make an element.
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {string} part its name for the site's styles
 * @param {object | null} [properties]
 * @param {(Node | string)[]} children
 */
const newElement = (name, part, properties, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.setAttribute("part", part);
  made.append(...children);
  return made;
};

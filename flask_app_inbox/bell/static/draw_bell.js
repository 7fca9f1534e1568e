/**
 * What is in the shadow tree of a bell, where no template of the site has drawn it.
 * @param {Record<string, string>} attributes of its link
 */
const drawBell = (attributes) => {
  const ns = "http://www.w3.org/2000/svg";
  const icon = document.createElementNS(ns, "svg");
  const path = document.createElementNS(ns, "path");
  icon.setAttribute("viewBox", "0 0 24 24");
  icon.setAttribute("width", "24");
  icon.setAttribute("height", "24");
  icon.setAttribute("part", "icon");
  path.setAttribute("d", "M6 9a6 6 0 1 1 12 0c0 6 2 7 2 7H4s2-1 2-7M10 20h4");
  icon.append(path);
  const slot = makeElement("slot", { name: "icon" });
  slot.append(icon);
  const button = makeElement("a", attributes);
  button.append(slot, makeElement("span", { part: "badge", hidden: "" }));
  const status = makeElement("span", { part: "status", role: "status" });
  const drawn = new DocumentFragment();
  drawn.append(button, status);
  return drawn;
};

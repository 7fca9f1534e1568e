// The bell of a page that no template renders: <app-inbox-bell> anywhere in it. It asks
// the site for what a template would have got, again whenever the page dispatches
// `app-inbox:check`.
(() => {
  const own = /** @type {HTMLScriptElement} */ (document.currentScript);
  const address = new URL("embed", own.src).href;
  let user = "";
  let asked = 0;

  /** @typedef {{ tag: string, attributes: Record<string, string>, children: Given[] }} Given */

  /** @param {Record<string, string>} attributes of the link */
  const drawBell = (attributes) => {
    const ns = "http://www.w3.org/2000/svg";
    const icon = document.createElementNS(ns, "svg");
    const path = document.createElementNS(ns, "path");
    icon.setAttribute("viewBox", "0 0 24 24");
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

  const look = async () => {
    const turn = ++asked;
    const options = /** @type {RequestInit} */ ({
      cache: "no-store",
      redirect: "manual",
    });
    const answer = await fetch(address, options).catch(() => undefined);
    const given = answer && answer.ok ? await answer.json() : {};
    const { script, hints, anchor } = given;
    if (turn !== asked) return;
    if (!script) return void (user = "");
    if (script.attributes["data-user"] === user) return;
    user = script.attributes["data-user"];
    const [template] = /** @type {Given} */ (anchor).children;
    pattern = drawBell(template.children[0].attributes);
    for (const { tag, attributes } of hints) {
      document.head.append(makeElement(tag, attributes));
    }
    const settings = document.createElement("script");
    settings.type = "text/plain"; // nothing runs
    for (const [name, value] of Object.entries(script.attributes)) {
      if (name.startsWith("data-")) settings.setAttribute(name, String(value));
    }
    document.head.append(settings);
    startBells(settings);
  };

  document.addEventListener("app-inbox:check", look);
  look();
})();

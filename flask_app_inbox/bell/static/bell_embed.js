// The bell of a page that no template renders: <app-inbox-bell> anywhere in it. It asks
// the site for what a template would have got, again whenever the page dispatches
// `app-inbox:check`.
(() => {
  const own = /** @type {HTMLScriptElement} */ (document.currentScript);
  const address = new URL("embed", own.src).href;
  let user = "";
  let asked = 0;
  let pause = 15000; // milliseconds until a site that fails is asked again

  /** @typedef {{ tag: string, attributes: Record<string, string>, children: Given[] }} Given */

  const look = async () => {
    const turn = ++asked;
    const options = /** @type {RequestInit} */ ({
      cache: "no-store",
      redirect: "manual",
    });
    /** @type {any} */
    const given = await fetch(address, options)
      .then((answer) => {
        if (answer.status >= 500 || answer.status === 429) throw answer;
        return answer.ok ? answer.json() : {};
      })
      .catch(() => undefined); // it may also be a page of a proxy, and no JSON
    if (turn !== asked) return;
    if (!given) {
      pause = Math.min(pause * 2, 300000);
      return void setTimeout(() => turn === asked && look(), pause);
    }
    const { script, hints, anchor } = given;
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

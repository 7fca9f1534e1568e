// The operator panel, as a page loads it: a module that finds its own element by
// id, since a module has no currentScript, and reads the token from it once.
import { ChatApi } from "./chat-api.js";
import { Panel } from "./panel.js";

const ID = "operator-chat-panel-script";

const own = document.getElementById(ID);
if (own) {
  const { origin } = new URL(import.meta.url);
  const api = new ChatApi(origin, own.getAttribute("token") || "");
  new Panel(api).open();
} else {
  console.error(
    `The operator chat panel needs a script element of the id ${ID}.`,
  );
}

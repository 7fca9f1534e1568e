/** Where the bell goes, and starting over. */

import { call } from "./api.js";
import { find, onSend, say, wordsOf } from "./page.js";

const form = find("#site-form", HTMLFormElement);

/** Show the site's settings; a person may be editing them, so not by itself. */
export async function showSite() {
  const site = await call("GET", "site");
  for (const name of ["selector", "position", "icon", "initForm"]) {
    const field = /** @type {HTMLInputElement} */ (
      form.elements.namedItem(name)
    );
    field.value = site[name] ?? "";
  }
}

/** @param {() => Promise<void>} afterReset */
export function startSite(afterReset) {
  onSend(form, async (data) => {
    await call("PUT", "site", Object.fromEntries(data));
    say("Saved. Pages take it over when they load next.");
  });
  const dialog = find("#reset-dialog", HTMLDialogElement);
  find("#ask-reset", HTMLButtonElement).addEventListener("click", () => {
    dialog.returnValue = "no";
    dialog.showModal();
  });
  dialog.addEventListener("close", async () => {
    if (dialog.returnValue !== "yes") return;
    try {
      await call("POST", "reset", {});
      await afterReset();
      say("The sandbox is back in its initial state");
    } catch (error) {
      say(wordsOf(error));
    }
  });
}

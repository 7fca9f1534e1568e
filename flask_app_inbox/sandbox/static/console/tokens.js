/** Token mode, and the end of all tokens. */

import { call } from "./api.js";
import { find, say, wordsOf } from "./page.js";

const form = find("#token-form", HTMLFormElement);
const tally = find("#tokens-tally", HTMLElement);

/** Show mode and number as they are now. */
export async function showTokens() {
  const { mode, alive } = await call("GET", "tokens");
  tally.textContent = `${alive} alive`;
  const chosen = form.elements.namedItem("mode");
  if (chosen instanceof RadioNodeList && chosen.value !== mode) {
    chosen.value = mode;
  }
}

/** Make the choice and the button work. */
export function startTokens() {
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", async () => {
    try {
      const mode = new FormData(form).get("mode");
      await call("PUT", "tokens", { mode });
      say(`Tokens are ${mode} now`);
    } catch (error) {
      say(wordsOf(error));
    }
  });
  const button = find("#invalidate", HTMLButtonElement);
  button.addEventListener("click", async () => {
    try {
      const { invalidated } = await call("DELETE", "tokens");
      say(
        `${invalidated} ${invalidated === 1 ? "token" : "tokens"} invalidated`,
      );
      await showTokens();
    } catch (error) {
      say(wordsOf(error));
    }
  });
}

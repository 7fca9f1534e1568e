/** The sandbox's console: start every part and keep it up to date. */

import { Gone } from "./api.js";
import { showChatHub, startChatHub } from "./chathub.js";
import { showContacts, showInboxes, startContacts } from "./contacts.js";
import { forgetEvents, showEvents, startEvents } from "./events.js";
import { showFaults, startFaults } from "./faults.js";
import { forgetLog, showLog, startLog } from "./log.js";
import { startMessages } from "./messages.js";
import { showOAuth, startOAuth } from "./oauth.js";
import { copy, find, wordsOf } from "./page.js";
import { showSite, startSite } from "./site.js";
import { showTokens, startTokens } from "./tokens.js";

const EVERY = 1_000;
const pulse = find("#pulse", HTMLElement);
const pulseText = find("#pulse-text", HTMLElement);
let turn = 0;

/** @param {"up" | "down"} state @param {string} words */
function showPulse(state, words) {
  if (state === "up" && pulse.dataset.state === "down") {
    forgetLog();
    forgetEvents();
    showSite().catch(() => undefined);
  }
  pulse.dataset.state = state;
  if (pulseText.textContent !== words) pulseText.textContent = words;
}

async function showAll() {
  await Promise.all([
    showContacts(),
    showTokens(),
    showEvents(),
    showOAuth(),
    showChatHub(),
    showFaults(),
  ]);
  showInboxes();
}

/** Look at the log every second, at the rest every third. */
async function keepUp() {
  try {
    if (!document.hidden) {
      await showLog();
      if (turn % 3 === 0) await showAll();
      turn += 1;
      showPulse("up", "Running");
    }
  } catch (error) {
    showPulse("down", error instanceof Gone ? "No answer" : wordsOf(error));
  }
  setTimeout(keepUp, EVERY);
}

function startCopying() {
  for (const button of document.querySelectorAll("[data-copy]")) {
    const text = button.getAttribute("data-copy") ?? "";
    button.addEventListener("click", () => copy(text, "Setting"));
  }
  find("#copy-all", HTMLButtonElement).addEventListener("click", () => {
    const lines = Array.from(
      document.querySelectorAll("[data-setting]"),
      (code) =>
        `FLASK_${code.getAttribute("data-setting")}=${code.textContent}`,
    );
    copy(lines.join("\n"), "Settings");
  });
}

startCopying();
startContacts();
startMessages();
startTokens();
startEvents();
startOAuth();
startChatHub();
startFaults();
startLog();
startSite(async () => {
  forgetLog();
  forgetEvents();
  await Promise.all([showAll(), showSite()]);
});
showSite().catch(() => undefined);
keepUp();

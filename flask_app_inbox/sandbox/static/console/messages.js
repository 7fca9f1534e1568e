/** Sending messages. */

import { call } from "./api.js";
import { showInboxes } from "./contacts.js";
import { filled, find, onSend, say } from "./page.js";

const form = find("#message-form", HTMLFormElement);
const picture = (/** @type {string} */ name) =>
  new URL(`static/examples/${name}.svg`, document.baseURI).href;

/** @type {Record<string, Record<string, string>>} */
const EXAMPLES = {
  parcel: {
    title: "Your order is on its way",
    content:
      "<p>Parcel <b>1042</b> has left our warehouse and arrives on <i>Tuesday</i>.</p><ul><li>Linen shirt</li><li>Beech board</li></ul>",
    image: picture("parcel"),
    link: "/orders",
    category: "orders",
    customData: '{"order": 1042}',
  },
  sale: {
    title: "Three days only: a quarter off all lamps",
    content:
      'The offer ends on Sunday. <a href="https://example.com/lamps">See the lamps</a>',
    image: picture("sale"),
    link: "https://example.com/sale",
    category: "offers",
  },
  plain: { title: "Welcome!", content: "Good to have you with us." },
  nasty: {
    title: "Is <b>this</b> bold? & is \"that\" <script>alert('title')</script>",
    content: [
      "<p>Only words should remain:</p>",
      "<script>alert('script')</script>",
      "<img src=x onerror=\"alert('image')\">",
      "<svg onload=\"alert('svg')\"></svg>",
      "<a href=\"javascript:alert('link')\">a link that goes nowhere</a>",
      '<iframe src="https://example.com"></iframe>',
      "<style>body { display: none }</style>",
      '<div style="position: fixed; inset: 0; background: red">no overlay</div>',
      "<ul><li>unclosed<li>items",
    ].join("\n"),
    image: "javascript:alert('picture')",
    link: "javascript:alert('target')",
  },
};
const FIELDS = ["title", "content", "image", "link", "category", "customData"];

/** @param {Record<string, string>} example */
function fillIn(example) {
  for (const name of FIELDS) {
    const field = form.elements.namedItem(name);
    if (
      field instanceof HTMLInputElement ||
      field instanceof HTMLTextAreaElement
    ) {
      field.value = example[name] ?? "";
    }
  }
}

/** @param {string} text */
function readCustomData(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('Custom data must be JSON, such as {"order": 1042}.');
  }
}

/** Make the form work. */
export function startMessages() {
  for (const chip of form.querySelectorAll("[data-example]")) {
    chip.addEventListener("click", () => {
      const name = chip.getAttribute("data-example") ?? "";
      fillIn(EXAMPLES[name] ?? {});
    });
  }
  onSend(form, async (data) => {
    const to = String(data.get("to") ?? "");
    if (!to) throw new Error("Add a contact first.");
    const { customData, expiresIn, ...texts } = filled(data, [
      ...FIELDS,
      "expiresIn",
    ]);
    await call("POST", "messages", {
      ...JSON.parse(to),
      ...texts,
      ...(customData && { customData: readCustomData(customData) }),
      ...(expiresIn && { expiresIn: Number(expiresIn) }),
    });
    say("Message sent");
    showInboxes();
  });
}

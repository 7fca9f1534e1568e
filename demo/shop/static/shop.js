// Small comforts; every form works without them.
(() => {
  "use strict";

  document.documentElement.classList.add("js");

  /**
   * Fold the header's menu behind a button as soon as it does not fit: whatever the
   * font, the language, the account and the room that the drawer leaves.
   */
  const wireMenu = () => {
    const row = document.querySelector(".header-row");
    const button = document.querySelector(".menu-button");
    const menu = document.getElementById("menu");
    if (!row || !(button instanceof HTMLElement) || !menu) return;
    /** @param {boolean} open */
    const show = (open) => {
      menu.classList.toggle("open", open);
      button.setAttribute("aria-expanded", String(open));
    };
    const fit = () => {
      row.classList.remove("folded");
      const fits = menu.scrollWidth <= menu.clientWidth;
      row.classList.toggle("folded", !fits);
      if (fits) show(false);
    };
    button.hidden = false;
    button.addEventListener("click", () =>
      show(button.getAttribute("aria-expanded") !== "true"),
    );
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.classList.contains("open")) return;
      show(false);
      button.focus();
    });
    // Folding changes the size of none of these, so this cannot go in circles.
    const watcher = new ResizeObserver(fit);
    for (const watched of row.querySelectorAll(".logo, .bell-place")) {
      watcher.observe(watched);
    }
    watcher.observe(row);
    // A bell may come anywhere in the row.
    new MutationObserver(fit).observe(row, { childList: true, subtree: true });
  };

  /** @param {HTMLInputElement} input */
  const announceChange = (input) =>
    input.dispatchEvent(new Event("change", { bubbles: true }));

  /**
   * A minus or a plus beside a number field.
   * @param {HTMLInputElement} input
   * @param {string} sign
   * @param {() => void} step
   */
  const stepButton = (input, sign, step) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = sign;
    button.tabIndex = -1; // the field's own arrow keys do the same
    button.setAttribute("aria-hidden", "true");
    button.addEventListener("click", () => {
      step();
      announceChange(input);
    });
    return button;
  };

  /** @param {Element} stepper */
  const wireStepper = (stepper) => {
    const input = stepper.querySelector("input");
    if (!input) return;
    stepper.prepend(stepButton(input, "−", () => input.stepDown()));
    stepper.append(stepButton(input, "+", () => input.stepUp()));
  };

  /** @param {Element} form */
  const wireSubmitOnChange = (form) => {
    if (!(form instanceof HTMLFormElement)) return;
    let timer = 0;
    form.addEventListener("change", () => {
      clearTimeout(timer);
      timer = setTimeout(() => form.requestSubmit(), 350);
    });
  };

  /** @param {Element} form */
  const wireOnce = (form) => {
    let sent = false;
    form.addEventListener("submit", (event) => {
      if (sent) event.preventDefault();
      sent = true;
      form.querySelector("button")?.setAttribute("aria-disabled", "true");
    });
    // A page that comes back from the browser's cache may send again.
    addEventListener("pageshow", () => {
      sent = false;
      form.querySelector("button")?.removeAttribute("aria-disabled");
    });
  };

  /** @param {HTMLFormElement} form */
  const wirePeople = (form) => {
    const people = document.querySelectorAll("button[data-email]");
    /** @param {string} name */
    const field = (name) => /** @type {HTMLInputElement} */ (form[name]);
    for (const person of people) {
      if (!(person instanceof HTMLElement)) continue;
      person.setAttribute("aria-pressed", "false");
      person.addEventListener("click", () => {
        field("email").value = person.dataset.email || "";
        field("password").value = person.dataset.password || "";
        for (const other of people) {
          other.setAttribute("aria-pressed", String(other === person));
        }
        form.querySelector("button")?.focus();
      });
    }
  };

  /**
   * A message is on its way. The shop's own bell asks from time to time by itself; a
   * page that knows of news need not wait for that. Without a webhook the shop takes a
   * count for good for 15 seconds, so the last look comes later than that.
   */
  const lookForMessage = () => {
    for (const seconds of [1, 8, 23]) {
      setTimeout(
        () => document.dispatchEvent(new Event("app-inbox:check")),
        seconds * 1000,
      );
    }
  };

  wireMenu();
  document.addEventListener("zavarka:message", lookForMessage);
  if (document.querySelector("[data-expects-message]")) lookForMessage();
  document.querySelectorAll("[data-stepper]").forEach(wireStepper);
  document
    .querySelectorAll("[data-submit-on-change]")
    .forEach(wireSubmitOnChange);
  document.querySelectorAll("[data-once]").forEach(wireOnce);
  const login = document.querySelector("[data-login]");
  if (login instanceof HTMLFormElement) wirePeople(login);
})();

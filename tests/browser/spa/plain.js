import { bell } from "./bell";
import { chat } from "./chat";
import { currentUser, logIn, logOut, PEOPLE } from "./session";

/** @param {string} name */
const make = (name, text = "") => {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
};

const header = make("header");
const who = make("p");
const place = make("section");

const ask = async () => {
  who.textContent = (await currentUser()) ?? "nobody";
};

const change = async (/** @type {Promise<Response>} */ request) => {
  await request;
  bell.check();
  chat.check();
  await ask();
};

/** @param {string} name @param {(event: Event) => void} act */
const button = (name, act) => {
  const element = make("button", name);
  element.addEventListener("click", act);
  return element;
};

const show = () => {
  header.innerHTML = bell.html;
  place.innerHTML = chat.html;
};

show();
document.querySelector("main")?.append(
  header,
  who,
  ...Object.entries(PEOPLE).map(([name, email]) =>
    button(name, () => change(logIn(email))),
  ),
  button("Log out", () => change(logOut())),
  button("Elsewhere", ({ target }) => {
    if (header.firstChild)
      [header, place].forEach((one) => one.replaceChildren());
    else show();
    target.textContent = header.firstChild ? "Elsewhere" : "Here";
  }),
  place,
);
ask();

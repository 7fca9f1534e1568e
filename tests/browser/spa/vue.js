import { createApp, h, ref } from "vue";

import { Bell } from "./bell";
import { Chat } from "./chat";
import { currentUser, logIn, logOut, PEOPLE } from "./session";

const App = {
  setup() {
    const user = ref(null);
    const isHere = ref(true);
    const ask = async () => {
      user.value = await currentUser();
    };
    const turn = () => {
      isHere.value = !isHere.value;
    };
    const button = (name, onClick) => h("button", { key: name, onClick }, name);
    ask();
    return () => [
      h("header", isHere.value ? h(Bell, { user: user.value }) : null),
      h("p", user.value ?? "nobody"),
      Object.entries(PEOPLE).map(([name, email]) =>
        button(name, () => logIn(email).then(ask)),
      ),
      button("Log out", () => logOut().then(ask)),
      button(isHere.value ? "Elsewhere" : "Here", turn),
      isHere.value ? h(Chat, { user: user.value }) : null,
    ];
  },
};

createApp(App).mount("main");

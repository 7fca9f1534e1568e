import { useEffect, useState } from "react";
import { createRoot } from "react-dom/client";

import { Bell } from "./bell";
import { Chat } from "./chat";
import { currentUser, logIn, logOut, PEOPLE } from "./session";

function App() {
  const [user, setUser] = useState(null);
  const [isHere, setHere] = useState(true);
  const ask = async () => setUser(await currentUser());
  useEffect(() => void ask(), []);
  const button = (name, act) => (
    <button key={name} onClick={act}>
      {name}
    </button>
  );
  return (
    <>
      <header>{isHere && <Bell user={user} />}</header>
      <p>{user ?? "nobody"}</p>
      {Object.entries(PEOPLE).map(([name, email]) =>
        button(name, () => logIn(email).then(ask)),
      )}
      {button("Log out", () => logOut().then(ask))}
      {button(isHere ? "Elsewhere" : "Here", () => setHere(!isHere))}
      {isHere && <Chat user={user} />}
    </>
  );
}

createRoot(document.querySelector("main")).render(<App />);

// What a single-page app knows of its user, and how they log in and out.

/** @returns {Promise<string | null>} the current user */
export const currentUser = async () => (await fetch("/session")).json();

/** @param {string} email */
export const logIn = (email) =>
  fetch(`/session?${new URLSearchParams({ email })}`, { method: "POST" });

export const logOut = () => fetch("/session", { method: "DELETE" });

export const PEOPLE = { Ann: "ann@example.com", Bob: "bob@example.com" };

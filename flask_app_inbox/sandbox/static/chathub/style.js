// A constructed style sheet: it needs no exception of a Content-Security-Policy.
const STYLE = `
.ocp, .ocp * { box-sizing: border-box; }
.ocp {
  position: absolute;
  inset: 0;
  display: grid;
  grid-template: auto minmax(0, 1fr) / minmax(11rem, 18rem) minmax(0, 1fr);
  font: 15px/1.45 system-ui, sans-serif;
  color: #16181d;
  background: #fff;
}
.ocp.ocp-floating {
  position: fixed;
  inset: auto 1rem 1rem auto;
  inline-size: min(44rem, calc(100vw - 2rem));
  block-size: min(32rem, calc(100vh - 2rem));
  border: 1px solid #c6ccd6;
  border-radius: 12px;
  overflow: hidden;
  box-shadow: 0 16px 40px -8px rgb(16 24 40 / 28%);
  z-index: 2147483000;
}
.ocp-state {
  grid-column: 1 / -1;
  margin: 0;
  padding: 0.6rem 1rem;
  background: #fff3d6;
  color: #5c3a00;
}
.ocp-state[hidden] { display: none; }
.ocp-list {
  grid-row: 2;
  border-inline-end: 1px solid #e4e7ec;
  overflow-y: auto;
  background: #f7f8fa;
}
.ocp-list h2 { margin: 0; padding: 0.9rem 1rem 0.5rem; font-size: 1rem; }
.ocp-list ul { list-style: none; margin: 0; padding: 0 0.5rem 0.5rem; }
.ocp-empty { padding: 0.5rem 1rem; margin: 0; color: #565d6b; }
.ocp-list button {
  display: grid;
  grid-template-columns: minmax(0, 1fr) auto;
  gap: 0 0.5rem;
  inline-size: 100%;
  padding: 0.55rem 0.6rem;
  border: 0;
  border-radius: 8px;
  background: none;
  color: inherit;
  font: inherit;
  text-align: start;
  cursor: pointer;
}
.ocp-list button:hover { background: #eceff5; }
.ocp-list button[aria-current="true"] { background: #dfe8fd; }
.ocp-name { font-weight: 600; overflow: hidden; text-overflow: ellipsis; }
.ocp-last {
  grid-column: 1 / -1;
  overflow: hidden;
  color: #565d6b;
  text-overflow: ellipsis;
  white-space: nowrap;
}
.ocp-badge {
  align-self: start;
  padding: 0 0.45rem;
  border-radius: 999px;
  background: #1d4ed8;
  color: #fff;
  font-size: 0.8rem;
}
.ocp-chat { grid-row: 2; display: flex; flex-direction: column; min-width: 0; }
.ocp-log {
  flex: 1;
  display: flex;
  flex-direction: column;
  gap: 0.4rem;
  padding: 1rem;
  overflow-y: auto;
}
.ocp-message {
  max-inline-size: 80%;
  margin: 0;
  padding: 0.45rem 0.75rem;
  border-radius: 12px;
  background: #eef0f4;
  align-self: start;
  overflow-wrap: anywhere;
  white-space: pre-wrap;
}
.ocp-message.ocp-own { align-self: end; background: #1d4ed8; color: #fff; }
.ocp-message time { display: block; font-size: 0.75rem; opacity: 0.85; }
.ocp-form {
  display: grid;
  grid-template-columns: minmax(0, 1fr) auto;
  gap: 0.25rem 0.5rem;
  padding: 0.75rem 1rem;
  border-block-start: 1px solid #e4e7ec;
}
.ocp-form[hidden] { display: none; }
.ocp-form label { grid-column: 1 / -1; font-size: 0.85rem; color: #565d6b; }
.ocp-form textarea {
  resize: none;
  padding: 0.5rem 0.6rem;
  border: 1px solid #8a93a3;
  border-radius: 8px;
  background: inherit;
  color: inherit;
  font: inherit;
}
.ocp-form button {
  padding: 0.5rem 1rem;
  border: 0;
  border-radius: 8px;
  background: #1d4ed8;
  color: #fff;
  font: inherit;
  cursor: pointer;
}
.ocp-form button:disabled { opacity: 0.6; cursor: default; }
.ocp :focus-visible { outline: 2px solid #1d4ed8; outline-offset: 2px; }
@media (max-width: 480px) {
  .ocp {
    grid-template: auto minmax(7rem, 30%) minmax(0, 1fr) / minmax(0, 1fr);
  }
  .ocp-list { border: 0; border-block-end: 1px solid #e4e7ec; }
  .ocp-chat { grid-row: 3; }
}
@media (prefers-color-scheme: dark) {
  .ocp { color: #eceef2; background: #17191f; }
  .ocp-list { background: #1d2027; border-color: #343945; }
  .ocp-list button:hover { background: #272b35; }
  .ocp-list button[aria-current="true"] { background: #26345c; }
  .ocp-last, .ocp-empty, .ocp-form label { color: #aab1bf; }
  .ocp-message { background: #2a2e38; }
  .ocp-form { border-color: #343945; }
  .ocp-state { background: #4a3500; color: #ffe9b8; }
}
`;

export const addStyle = () => {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  } catch {
    // Browsers of 2022 construct none.
    const style = document.createElement("style");
    style.textContent = STYLE;
    document.head.append(style);
  }
};

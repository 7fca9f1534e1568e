/**
 * The widget's looks, as a constructed style sheet: it needs no style-src
 * exception. `all: revert` keeps the page's own rules for buttons, lists and
 * pictures out; a page may set the --aib-* colours on its own root.
 */
const STYLE = `
.aib-root, .aib-root :not(svg, svg *) { all: revert; box-sizing: border-box; }
.aib-root [hidden] { display: none !important; }
.aib-root {
  --aib-c-accent: var(--aib-accent, #1d4ed8);
  --aib-c-on-accent: var(--aib-on-accent, #ffffff);
  --aib-c-surface: var(--aib-surface, #ffffff);
  --aib-c-text: var(--aib-text, #16181d);
  --aib-c-quiet: var(--aib-quiet, #565d6b);
  --aib-c-line: var(--aib-line, #e4e7ec);
  --aib-c-tint: var(--aib-tint, #f3f6ff);
  --aib-c-badge: var(--aib-badge, #c8102e);
  --aib-c-shadow: 0 0 0 1px rgb(16 24 40 / 8%), 0 16px 40px -8px rgb(16 24 40 / 28%);
  display: inline-block;
  vertical-align: middle;
  line-height: 1;
}
.aib-root button {
  appearance: none;
  border: 0;
  margin: 0;
  padding: 0;
  background: none;
  color: inherit;
  font: inherit;
  text-align: start;
  cursor: pointer;
  -webkit-tap-highlight-color: transparent;
}
.aib-root :focus-visible { outline: 2px solid var(--aib-c-accent); outline-offset: 2px; }
.aib-root .aib-panel:focus { outline: none; }

.aib-root .aib-bell {
  position: relative;
  display: inline-grid;
  place-items: center;
  width: 44px;
  height: 44px;
  border-radius: 50%;
  transition: background-color 0.15s;
}
.aib-root .aib-bell:focus-visible { outline-color: currentColor; }
.aib-root .aib-bell:hover,
.aib-root .aib-bell[aria-expanded="true"] {
  background: color-mix(in srgb, currentColor 12%, transparent);
}
.aib-root svg { display: block; width: 24px; height: 24px; }
.aib-root .aib-drawing {
  fill: none;
  stroke: currentColor;
  stroke-width: 1.75;
  stroke-linecap: round;
  stroke-linejoin: round;
}
.aib-root .aib-badge {
  position: absolute;
  inset-block-start: 3px;
  inset-inline-end: 2px;
  min-width: 18px;
  height: 18px;
  padding-inline: 5px;
  border-radius: 9px;
  background: var(--aib-c-badge);
  color: #ffffff;
  font: 700 11px/18px system-ui, sans-serif;
  text-align: center;
  white-space: nowrap;
}
.aib-root .aib-badge.aib-rise { animation: aib-rise 0.4s; }
.aib-root .aib-hush {
  position: absolute;
  width: 1px;
  height: 1px;
  margin: -1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}

.aib-root .aib-panel {
  position: fixed;
  inset: auto;
  top: var(--aib-top, 64px);
  left: var(--aib-left, 8px);
  z-index: 2147483000;
  display: flex;
  flex-direction: column;
  width: min(400px, 100vw - 16px);
  height: auto;
  max-height: min(620px, 100vh - var(--aib-top, 64px) - 12px);
  margin: 0;
  padding: 0;
  border: 0;
  border-radius: 16px;
  overflow: hidden;
  background: var(--aib-c-surface);
  color: var(--aib-c-text);
  box-shadow: var(--aib-c-shadow);
  font-family: inherit;
  font-size: max(15px, 0.9375rem);
  font-style: normal;
  font-weight: 400;
  line-height: 1.45;
  letter-spacing: normal;
  text-align: start;
  text-transform: none;
  white-space: normal;
  animation: aib-drop 0.16s ease-out;
}
.aib-root .aib-panel:not(.aib-shown) { display: none; }
.aib-root .aib-panel::backdrop { background: none; pointer-events: none; }
.aib-root .aib-head {
  display: flex;
  flex: none;
  align-items: center;
  gap: 4px;
  padding-block: 10px;
  padding-inline: 18px 8px;
  border-block-end: 1px solid var(--aib-c-line);
}
.aib-root .aib-heading { flex: 1 0 auto; margin: 0; font-size: 1.15em; font-weight: 650; }
.aib-root .aib-all {
  min-height: 36px;
  padding-inline: 10px;
  border-radius: 8px;
  color: var(--aib-c-accent);
  font-size: 0.9em;
  font-weight: 600;
  line-height: 1.2;
  text-align: end;
}
.aib-root .aib-all:hover, .aib-root .aib-more:hover { background: var(--aib-c-tint); }
.aib-root .aib-close {
  display: inline-grid;
  flex: none;
  place-items: center;
  width: 40px;
  height: 40px;
  border-radius: 50%;
  color: var(--aib-c-quiet);
}
.aib-root .aib-close:hover { background: var(--aib-c-tint); color: var(--aib-c-text); }
.aib-root .aib-close svg { width: 18px; height: 18px; }
.aib-root .aib-notice {
  flex: none;
  margin: 0;
  padding: 10px 18px;
  border-block-end: 1px solid var(--aib-c-line);
  background: var(--aib-c-line);
  font-size: 0.9em;
}
.aib-root .aib-body {
  flex: 1 1 auto;
  min-height: 0;
  overflow-y: auto;
  overscroll-behavior: contain;
}

.aib-root .aib-list { margin: 0; padding: 0; list-style: none; }
.aib-root .aib-message {
  position: relative;
  display: grid;
  grid-template-columns: minmax(0, 1fr) auto;
  margin: 0;
  border-block-end: 1px solid var(--aib-c-line);
  cursor: pointer;
}
.aib-root .aib-message:last-child { border-block-end: 0; }
.aib-root .aib-message:hover { background: color-mix(in srgb, var(--aib-c-tint) 60%, transparent); }
.aib-root .aib-message[data-aib-status="UNOPENED"] { background: var(--aib-c-tint); }
.aib-root .aib-open {
  display: grid;
  align-content: start;
  gap: 3px;
  min-width: 0;
  padding-block: 14px;
  padding-inline: 32px 18px;
}
.aib-root .aib-open:focus-visible { outline-offset: -3px; border-radius: 10px; }
.aib-root .aib-dot {
  position: absolute;
  inset-block-start: calc(14px + 0.725em - 5px);
  inset-inline-start: 13px;
  width: 10px;
  height: 10px;
  border-radius: 50%;
  background: var(--aib-c-accent);
}
.aib-root .aib-title { font-weight: 500; overflow-wrap: anywhere; }
.aib-root .aib-message[data-aib-status="UNOPENED"] .aib-title { font-weight: 700; }
.aib-root .aib-excerpt { color: var(--aib-c-quiet); font-size: 0.93em; overflow-wrap: anywhere; }
.aib-root .aib-title, .aib-root .aib-excerpt {
  display: -webkit-box;
  overflow: hidden;
  -webkit-box-orient: vertical;
  -webkit-line-clamp: 2;
  text-align: left;
}
/* Words of another direction still stand at the side of the dot. */
.aib-root[dir="rtl"] :is(.aib-title, .aib-excerpt) { text-align: right; }
.aib-root .aib-time { color: var(--aib-c-quiet); font-size: 0.85em; }
.aib-root .aib-image {
  display: block;
  width: 64px;
  height: 64px;
  margin-block: 16px;
  margin-inline: 0 16px;
  border-radius: 10px;
  object-fit: cover;
  background: var(--aib-c-line);
}
.aib-root .aib-expanded { background: none; }
.aib-root .aib-expanded .aib-open { grid-column: 1 / -1; padding-block-end: 6px; }
.aib-root .aib-expanded .aib-title { display: block; }
.aib-root .aib-expanded .aib-image {
  grid-column: 1 / -1;
  width: auto;
  max-width: calc(100% - 50px);
  height: auto;
  max-height: 260px;
  margin-block: 6px 0;
  margin-inline: 32px 18px;
  object-fit: contain;
}
.aib-root .aib-detail {
  grid-column: 1 / -1;
  padding-block: 6px 16px;
  padding-inline: 32px 18px;
  cursor: auto;
  overflow-wrap: anywhere;
}
.aib-root .aib-content > :first-child { margin-block-start: 0; }
.aib-root .aib-content > :last-child { margin-block-end: 0; }
.aib-root .aib-content :is(p, ul, ol) { margin-block: 0.6em; }
.aib-root .aib-content ul { list-style: disc; }
.aib-root .aib-content :is(ul, ol) { padding-inline-start: 1.4em; }
.aib-root .aib-content a[href] { color: var(--aib-c-accent); text-decoration: underline; }
.aib-root .aib-follow {
  display: inline-flex;
  align-items: center;
  min-height: 40px;
  margin-block-start: 12px;
  padding-inline: 16px;
  border-radius: 10px;
  background: var(--aib-c-accent);
  color: var(--aib-c-on-accent);
  font-weight: 600;
  text-decoration: none;
}
.aib-root .aib-follow:hover { background: color-mix(in srgb, var(--aib-c-accent) 88%, var(--aib-c-text)); }
.aib-root .aib-more {
  display: block;
  width: 100%;
  min-height: 48px;
  border-block-start: 1px solid var(--aib-c-line);
  color: var(--aib-c-accent);
  font-weight: 600;
  text-align: center;
}
.aib-root .aib-more:focus-visible { outline-offset: -3px; }

.aib-root .aib-state { display: grid; justify-items: center; gap: 6px; padding: 40px 28px 44px; text-align: center; }
.aib-root .aib-state svg { width: 44px; height: 44px; margin-block-end: 6px; color: var(--aib-c-quiet); }
.aib-root .aib-state-title { margin: 0; font-size: 1.05em; font-weight: 650; text-wrap: balance; }
.aib-root .aib-state-text { margin: 0; max-width: 30ch; color: var(--aib-c-quiet); text-wrap: balance; }
.aib-root .aib-retry {
  min-height: 44px;
  margin-block-start: 12px;
  padding-inline: 20px;
  border-radius: 10px;
  background: var(--aib-c-accent);
  color: var(--aib-c-on-accent);
  font-weight: 600;
}
.aib-root .aib-bone { display: grid; gap: 10px; padding-block: 18px; padding-inline: 32px 18px; }
.aib-root .aib-bone:nth-child(3) { opacity: 0.6; }
.aib-root .aib-bone span {
  height: 11px;
  width: 90%;
  border-radius: 6px;
  background: var(--aib-c-line);
  animation: aib-breathe 1.4s ease-in-out infinite;
}
.aib-root .aib-bone :first-child { width: 55%; }
.aib-root .aib-bone :last-child { width: 25%; }

@supports (color: light-dark(#000, #fff)) {
  .aib-root {
    --aib-c-accent: var(--aib-accent, light-dark(#1d4ed8, #9db8ff));
    --aib-c-on-accent: var(--aib-on-accent, light-dark(#ffffff, #101828));
    --aib-c-surface: var(--aib-surface, light-dark(#ffffff, #1b1e25));
    --aib-c-text: var(--aib-text, light-dark(#16181d, #f1f3f7));
    --aib-c-quiet: var(--aib-quiet, light-dark(#565d6b, #a9b1c0));
    --aib-c-line: var(--aib-line, light-dark(#e4e7ec, #343944));
    --aib-c-tint: var(--aib-tint, light-dark(#f3f6ff, #252b3a));
    --aib-c-shadow: 0 0 0 1px light-dark(rgb(16 24 40 / 8%), rgb(255 255 255 / 14%)),
      0 16px 40px -8px light-dark(rgb(16 24 40 / 28%), rgb(0 0 0 / 70%));
  }
}
@media (max-width: 479.98px) {
  .aib-root .aib-panel {
    inset: auto 0 0;
    width: 100%;
    max-width: none;
    max-height: 85vh;
    max-height: 85dvh;
    padding-block-end: env(safe-area-inset-bottom);
    border-radius: 18px 18px 0 0;
    animation-name: aib-climb;
  }
  .aib-root .aib-panel::backdrop { background: rgb(10 13 20 / 50%); }
}
@media (prefers-reduced-motion: reduce) {
  .aib-root, .aib-root * { animation: none !important; transition: none !important; }
}
@media (forced-colors: active) {
  .aib-root .aib-panel { border: 1px solid CanvasText; }
  .aib-root .aib-badge { border: 1px solid CanvasText; line-height: 16px; }
  .aib-root .aib-dot { background: Highlight; forced-color-adjust: none; }
  .aib-root :is(.aib-follow, .aib-retry) { border: 1px solid ButtonText; }
}
@keyframes aib-drop { from { opacity: 0; transform: translateY(-6px); } }
@keyframes aib-climb { from { transform: translateY(24px); opacity: 0; } }
@keyframes aib-rise { 40% { transform: scale(1.3); } }
@keyframes aib-breathe { 50% { opacity: 0.45; } }
`;

/** Add the widget's style sheet to the page. */
function dress() {
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
}

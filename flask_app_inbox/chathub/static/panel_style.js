/**
 * @param {ShadowRoot} root
 * @param {string} [nonce] of our script
 */
const addPanelStyle = (root, nonce = "") => {
  const STYLE = `
    :host { display: block; }
    [hidden] { display: none !important; }
    .chathub-tabs { display: flex; flex-wrap: wrap; gap: 0.25rem; }
    .chathub-tabs [role="tab"] {
      padding: 0.5rem 1rem;
      border: 0;
      border-block-end: 3px solid transparent;
      background: none;
      color: inherit;
      font: inherit;
      cursor: pointer;
    }
    .chathub-tabs [aria-selected="true"] {
      border-color: currentColor;
      font-weight: 600;
    }
    .chathub-place {
      position: relative;
      block-size: var(--chathub-height, 36rem);
      border: 1px solid color-mix(in srgb, currentColor 25%, transparent);
      border-radius: 0.5rem;
      overflow: hidden;
    }
    .chathub-place iframe {
      position: absolute;
      inset: 0;
      inline-size: 100%;
      block-size: 100%;
      border: 0;
    }
    .chathub-place .chathub-next { visibility: hidden; }
    .chathub-notice {
      display: grid;
      place-content: center;
      justify-items: center;
      block-size: 100%;
      text-align: center;
    }
    .chathub-notice:focus { outline: 0; }
    .chathub-notice a { color: inherit; }
    .chathub-notice button { font: inherit; }
  `;
  try {
    const sheet = new CSSStyleSheet(); // no policy forbids it
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
  } catch {
    const style = makeElement("style", { nonce }, STYLE);
    root.append(style);
  }
};

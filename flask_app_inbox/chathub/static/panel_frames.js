/**
 * @typedef {object} PanelFrame
 * @property {HTMLIFrameElement} element
 * @property {Access} access
 * @property {boolean} isWaiting whether its script runs
 * @property {boolean} isDead whether it says that its token does not work
 * @property {(news: string) => void} hear
 */

/** Frames: a document of its own for each token, in which the vendor's module runs. */
const panelFrames = (() => {
  const LOADS_WITHIN = 20000; // milliseconds
  const RUNS_WITHIN = 1000;

  /** @type {Set<PanelFrame>} */
  const frames = new Set();

  addEventListener("message", ({ origin, source, data }) => {
    if (origin !== location.origin || !data || !source) return;
    for (const frame of frames) {
      if (!frame.element.isConnected) frames.delete(frame);
      else if (frame.element.contentWindow === source) frame.hear(data.chathub);
    }
  });

  return {
    /**
     * Put a frame into a place.
     * @param {HTMLElement} place
     * @param {Record<string, string>} attributes
     * @param {Access} access
     * @param {() => void} hearFailure its script says that the token is dead
     * @param {() => void} hearDoubt something in it says so
     * @returns the frame, and a promise that it shows the vendor's panel
     */
    open: (place, attributes, access, hearFailure, hearDoubt) => {
      const element = makeElement("iframe", attributes);
      /** @type {() => void} */
      let loaded;
      /** @type {(error: PanelProblem) => void} */
      let failed;
      /** @type {Promise<void>} */
      const ready = new Promise((resolve, reject) => {
        loaded = resolve;
        failed = reject;
      });
      /** @type {PanelFrame} */
      const frame = {
        element,
        access,
        isWaiting: false,
        isDead: false,
        hear: (news) => {
          if (news === "waiting") {
            frame.isWaiting = true;
            const message = { chathubToken: frame.access.token };
            element.contentWindow?.postMessage(message, location.origin);
          } else if (news === "loaded") loaded();
          else if (news === "blocked") failed(panelProblem("script_blocked"));
          else if (news === "failed") hearFailure();
          else if (news === "doubted") hearDoubt();
        },
      };
      const refuse = () => failed(panelProblem("frame_blocked"));
      setTimeout(refuse, LOADS_WITHIN);
      element.onload = () =>
        setTimeout(() => frame.isWaiting || refuse(), RUNS_WITHIN);
      frames.add(frame);
      place.append(element);
      return { frame, ready };
    },
  };
})();

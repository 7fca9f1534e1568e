/**
 * A moment as people say it: "5 minutes ago"; after a week, its date.
 * @param {number} moment
 * @param {string} [language]
 */
const agoOf = (moment, language) => {
  let ago = Math.max(Date.now() - moment, 0) / 60000;
  const words = new Intl.RelativeTimeFormat(language, {
    numeric: ago < 1 ? "auto" : "always", // 24 hours ago may be before yesterday
  });
  if (ago < 1) return words.format(0, "second");
  for (const [unit, most] of /** @type {const} */ ([
    ["minute", 60],
    ["hour", 24],
    ["day", 7],
  ])) {
    if (ago < most) return words.format(-Math.floor(ago), unit);
    ago /= most;
  }
  return new Date(moment).toLocaleDateString(language, { dateStyle: "medium" });
};

/**
 * A moment as people say it: "5 minutes ago"; after a week, its date.
 * @param {number} moment
 * @param {string} [language]
 */
const agoOf = (moment, language) => {
  const ago = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const now = Date.now();
  const minutes = Math.round((Math.min(moment, now) - now) / 60000);
  if (!minutes) return ago.format(0, "second");
  if (minutes > -60) return ago.format(minutes, "minute");
  const hours = Math.round(minutes / 60);
  if (hours > -24) return ago.format(hours, "hour");
  const days = Math.round(hours / 24);
  if (days > -7) return ago.format(days, "day");
  const isThisYear =
    new Date(moment).getFullYear() === new Date(now).getFullYear();
  const year = isThisYear ? undefined : "numeric";
  return new Intl.DateTimeFormat(language, {
    day: "numeric",
    month: "short",
    year,
  }).format(moment);
};

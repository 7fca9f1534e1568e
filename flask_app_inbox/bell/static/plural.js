/**
 * A text with a number in it.
 * @param {Record<string, string>} forms
 * @param {any} n a number
 * @param {string} [language]
 */
const plural = (forms, n, language) =>
  (forms[new Intl.PluralRules(language).select(n)] || forms.other).replace(
    "{n}",
    n,
  );

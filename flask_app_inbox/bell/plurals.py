"""Texts with a number in them, in the form that the number takes in each language."""

from __future__ import annotations

from dataclasses import asdict, dataclass

#: The forms that a number of things can take in each language.
_TWO = ("one", "other")
_SLAVIC = ("one", "few", "many", "other")
_FORMS = {
    "en": _TWO,
    "uk": _SLAVIC,
    "ru": _SLAVIC,
    "de": _TWO,
    "es": _TWO,
    "it": _TWO,
    "pl": _SLAVIC,
}


@dataclass(frozen=True)
class Plural:
    """A text with a number ``{n}``, by the categories of ``Intl.PluralRules``.

    :param one: as in 1 message; in Ukrainian and Russian 21, too.
    :param few: as in Polish 2; None: the language has no such form.
    :param many: as in Polish 5.
    :param other: all numbers without a form of their own.
    """

    other: str
    one: str | None = None
    few: str | None = None
    many: str | None = None


def lacking_forms(language: str, text: Plural) -> set[str]:
    """Return the forms that a language needs and a text does not have.

    A text that is the same for all numbers needs no other form.
    """
    given = {form for form, value in asdict(text).items() if value}
    return set() if given == {"other"} else set(_FORMS[language]) - given


def with_number(text: Plural, n: int, language: str) -> str:
    """Return a plural's text for a number of things.

    :param language: one that there are texts in.
    """
    form = getattr(text, _category(language, n)) or text.other
    return str(form).replace("{n}", str(n))


def _category(language: str, n: int) -> str:
    """Return the category of a whole number, as ``Intl.PluralRules`` selects it."""
    if _FORMS[language] is _TWO:
        return "one" if n == 1 else "other"
    last, teens = n % 10, 10 < n % 100 < 20
    if n == 1 or (language != "pl" and last == 1 and not teens):
        return "one"
    return "few" if 1 < last < 5 and not teens else "many"

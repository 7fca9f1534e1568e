"""The texts of bell, panel and the page without JavaScript, for one language."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from functools import cache, lru_cache
from string import Formatter

from ..config.languages import DEFAULT_LANGUAGE
from .languages import TEXTS
from .plurals import Plural, lacking_forms, with_number
from .wording import Texts

#: Texts that only the page without JavaScript shows.
_OF_THE_PAGE = frozenset("follow page previous next open mark read marked home".split())


def check_texts(language: str, texts: Texts) -> None:
    """Refuse texts in which a form of a plural is missing.

    :raises ValueError: with the name of the text.
    """
    for field in fields(texts):
        text = getattr(texts, field.name)
        lacking = lacking_forms(language, text) if isinstance(text, Plural) else ()
        if lacking:
            forms = ", ".join(sorted(lacking))
            raise ValueError(f"{field.name} in {language!r} needs the forms {forms}.")


for _language, _texts in TEXTS.items():
    check_texts(_language, _texts)


def plain_texts(own: Texts, ours: Texts) -> Texts:
    """Return a site's texts as they are written: lazy strings are read now.

    :param ours: the texts that they stand for. Whatever has a number in these has one
        in the site's, and no placeholder has another name.
    :raises ValueError: with the name of a text that no page could show.
    """
    plain: dict[str, str | Plural] = {}
    for field in fields(Texts):
        name, own_text = field.name, getattr(own, field.name)
        our_text = getattr(ours, name)
        if isinstance(our_text, str):
            plain[name] = _plain(name, own_text, our_text)
        elif isinstance(own_text, Plural):
            forms = {form.name: getattr(own_text, form.name) for form in fields(Plural)}
            plain[name] = Plural(
                **{
                    form: _plain(name, text, our_text.other)
                    for form, text in forms.items()
                    if form == "other" or text is not None
                }
            )
        else:
            raise ValueError(
                f"{name} must be a Plural, not a {type(own_text).__name__}"
            )
    return Texts(**plain)  # type: ignore[arg-type] # each is what ours is


def _plain(name: str, own: object, ours: str) -> str:
    """Return a text as a string.

    :param ours: the text with all the placeholders that it may have.
    :raises ValueError: if no page could show it.
    """
    # Lazy strings are of many kinds; they have whatever strings have.
    if not hasattr(own, "casefold"):
        raise ValueError(f"{name} must be a text, not a {type(own).__name__}")
    text = str(own)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{name} holds half of a character") from None
    places = _places(ours)
    if places and not _has_only(places, text):
        listed = " and ".join(f"{{{place}}}" for place in sorted(places))
        raise ValueError(f"{name} must have no other braces than {listed}")
    return text


@cache  # only our own texts are asked about
def _places(text: str) -> set[str]:
    """Return the names of a text's placeholders."""
    return {name for _, name, *_ in Formatter().parse(text) if name is not None}


def _has_only(places: set[str], text: str) -> bool:
    try:
        return all(
            name is None or (name in places and not form and not conversion)
            for _, name, form, conversion in Formatter().parse(text)
        )
    except ValueError:  # a brace stands alone
        return False


def known_language(language: str) -> str:
    """Return the language if there are texts in it, else English."""
    return language if language in TEXTS else DEFAULT_LANGUAGE


def texts_in(language: str) -> Texts:
    """Return the texts in a language, in English where there are none."""
    return TEXTS[known_language(language)]


def bell_name(texts: Texts, unread: int | None, language: str) -> str:
    """Return the bell's accessible name: "Notifications, 3 unread".

    :param unread: None if nobody knows.
    """
    if unread is None:
        return texts.title
    count = (
        with_number(texts.unread, unread, known_language(language))
        if unread
        else texts.none
    )
    return f"{texts.title}, {count}"


@lru_cache(maxsize=64)
def texts_for_browser(texts: Texts) -> str:
    """Return as JSON what bell and panel say; keys are in camel case."""
    said: dict[str, object] = {}
    for field in fields(texts):
        if field.name in _OF_THE_PAGE:
            continue
        text = getattr(texts, field.name)
        first, *others = field.name.split("_")
        key = first + "".join(map(str.capitalize, others))
        if isinstance(text, Plural):
            said[key] = {form: value for form, value in asdict(text).items() if value}
        else:
            said[key] = text
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))

"""The texts of bell, panel and the page without JavaScript, for one language."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from functools import lru_cache

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

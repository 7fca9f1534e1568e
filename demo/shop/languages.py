"""The languages of the shop: its texts, plurals, prices and dates.

To add a language, write ``texts/CODE.json`` with every text of ``en.json``, and name
its plural forms in :data:`LANGUAGES`. A half-added language or text stops the start.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from pathlib import Path
from string import Formatter
from types import MappingProxyType
from typing import Any

from flask import Flask, current_app, has_request_context, request, session
from flask_login import current_user

_EXTENSION = "shop_texts"
_FOLDER = Path(__file__).parent / "texts"


def _two_forms(number: int) -> str:
    return "one" if number == 1 else "many"


def _slavic_forms(number: int) -> str:
    if number % 10 == 1 and number % 100 != 11:
        return "one"
    if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14):
        return "few"
    return "many"


#: Each language with the function that returns a number's CLDR plural category.
LANGUAGES: Mapping[str, Callable[[int], str]] = {
    "en": _two_forms,
    "uk": _slavic_forms,
    "de": _two_forms,
}
DEFAULT_LANGUAGE = "en"


def init_app(app: Flask) -> None:
    """Read the texts and offer them to the templates.

    :raises ValueError: if a language or a text is missing or incomplete.
    """
    app.extensions[_EXTENSION] = read_texts(_FOLDER)
    app.jinja_env.globals.update(
        t=translate,
        tn=translate_number,
        money=money,
        day=day,
        moment=moment,
        current_language=current_language,
        languages=tuple(LANGUAGES),
    )


def read_texts(folder: Path) -> dict[str, Mapping[str, str]]:
    """Read all languages' texts and compare them.

    :raises ValueError: with every difference between a language and English.
    """
    texts = {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in folder.glob("*.json")
    }
    problems = [
        f"{code} is a file in texts/ or an entry of LANGUAGES, but not both"
        for code in sorted(texts.keys() ^ LANGUAGES.keys())
    ]
    for code in texts.keys() & LANGUAGES.keys():
        problems += _differences(code, texts[code], texts[DEFAULT_LANGUAGE])
    if problems:
        raise ValueError("The shop's texts: " + "; ".join(problems) + ".")
    return {code: MappingProxyType(texts[code]) for code in LANGUAGES}


def _differences(
    code: str, texts: Mapping[str, str], english: Mapping[str, str]
) -> list[str]:
    problems = [
        f"{key} stands in only one of {code}.json and {DEFAULT_LANGUAGE}.json"
        for key in sorted(texts.keys() ^ english.keys())
    ]
    for key in sorted(texts.keys() & english.keys()):
        if not texts[key].strip():
            problems.append(f"{key} is empty in {code}.json")
        if _blanks(texts[key]) != _blanks(english[key]):
            problems.append(f"{key} has other {{blanks}} in {code}.json")
    return problems


def _blanks(text: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def current_language() -> str:
    """Return the language that the visitor chose, else the account's or browser's."""
    if not has_request_context():
        return DEFAULT_LANGUAGE
    for known in (session.get("language"), getattr(current_user, "language", None)):
        if known in LANGUAGES:
            return str(known)
    return request.accept_languages.best_match([*LANGUAGES]) or DEFAULT_LANGUAGE


def translate(key: str, /, language: str | None = None, **values: Any) -> str:
    """Return a text in the given or the visitor's language.

    :raises KeyError: for a key that the texts do not have.
    """
    return _texts(language)[key].format(**values)


def translate_number(key: str, number: int) -> str:
    """Return the form of a text that goes with a number, in it as ``{n}``."""
    form = LANGUAGES[current_language()](number)
    return translate(f"{key}.{form}", n=number)


def money(cents: int) -> str:
    """Return a price in euros as the visitor's language writes it."""
    return translate("money", euros=cents // 100, cents=f"{cents % 100:02}")


def day(seconds: int) -> str:
    """Return the date of a time since the epoch, "21 November 2026"."""
    date = datetime.fromtimestamp(seconds, timezone.utc)
    month = translate(f"month.{date.month}")
    return translate("date", day=date.day, month=month, year=date.year)


def moment(iso: str) -> str:
    """Return an ISO 8601 time as "21 November 2026, 08:05:00 UTC"."""
    time = datetime.fromisoformat(iso).astimezone(timezone.utc)
    return f"{day(int(time.timestamp()))}, {time:%H:%M:%S} UTC"


def _texts(language: str | None) -> Mapping[str, str]:
    texts: Mapping[str, str] = current_app.extensions[_EXTENSION][
        language or current_language()
    ]
    return texts

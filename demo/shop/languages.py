"""The languages of the shop: its texts, plurals, prices and dates."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from types import MappingProxyType
from typing import Any

from flask import Flask, current_app, has_request_context, request, session
from flask_login import current_user

LANGUAGES = ("en", "uk", "de")
DEFAULT_LANGUAGE = "en"

_EXTENSION = "shop_texts"


def init_app(app: Flask) -> None:
    """Read the texts and offer them to the templates."""
    folder = Path(__file__).parent / "texts"
    app.extensions[_EXTENSION] = {
        language: MappingProxyType(
            json.loads((folder / f"{language}.json").read_text(encoding="utf-8"))
        )
        for language in LANGUAGES
    }
    app.jinja_env.globals.update(
        t=translate,
        tn=translate_number,
        money=money,
        day=day,
        moment=moment,
        current_language=current_language,
        languages=LANGUAGES,
    )


def current_language() -> str:
    """Return the visitor's language: chosen, of the account, of the browser."""
    if not has_request_context():
        return DEFAULT_LANGUAGE
    for known in (session.get("language"), getattr(current_user, "language", None)):
        if known in LANGUAGES:
            return str(known)
    return request.accept_languages.best_match(LANGUAGES) or DEFAULT_LANGUAGE


def translate(key: str, /, language: str | None = None, **values: Any) -> str:
    """Return a text in the given or the visitor's language.

    :raises KeyError: for a key that the texts do not have.
    """
    return _texts(language)[key].format(**values)


def translate_number(key: str, number: int) -> str:
    """Return the form of a text that goes with a number, in it as ``{n}``."""
    form = _plural_form(current_language(), number)
    return translate(f"{key}.{form}", n=number)


def money(cents: int) -> str:
    """Return a price in euros as the visitor's language writes it."""
    amount = f"{cents / 100:.2f}"
    if current_language() == "en":
        return f"€{amount}"
    return f"{amount.replace('.', ',')}\N{NO-BREAK SPACE}€"


def day(seconds: int) -> str:
    """Return the date of a time since the epoch, "21 November 2026"."""
    date = datetime.fromtimestamp(seconds, timezone.utc)
    month = translate(f"month.{date.month}")
    return translate("date", day=date.day, month=month, year=date.year)


def moment(seconds: float) -> str:
    """Return a time since the epoch, "21 November 2026, 08:05:00 UTC"."""
    time = datetime.fromtimestamp(seconds, timezone.utc)
    return f"{day(int(seconds))}, {time:%H:%M:%S} UTC"


def _texts(language: str | None) -> Mapping[str, str]:
    texts: Mapping[str, str] = current_app.extensions[_EXTENSION][
        language or current_language()
    ]
    return texts


def _plural_form(language: str, number: int) -> str:
    """Return the CLDR plural category of a whole number."""
    if language != "uk":
        return "one" if number == 1 else "many"
    if number % 10 == 1 and number % 100 != 11:
        return "one"
    if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14):
        return "few"
    return "many"

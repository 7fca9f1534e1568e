"""The panel's own texts: every language has all of them, and the scripts know them."""

from __future__ import annotations

import re
from dataclasses import asdict, fields
from pathlib import Path

import pytest

from flask_app_inbox import chathub
from flask_app_inbox.chathub.texts import TEXTS, Texts, texts_in
from flask_app_inbox.config.languages import DEFAULT_LANGUAGE, two_letters

SCRIPTS = "".join(
    path.read_text("utf-8")
    for path in (Path(chathub.__file__).parent / "static").glob("*.js")
)
NAMES = {field.name for field in fields(Texts)}
#: Two letters that ISO 639-1 can never assign to a language: they hold a digit.
NO_LANGUAGE = "x1"


@pytest.mark.parametrize("language", TEXTS)
def test_every_language_has_all_the_texts(language: str) -> None:
    assert two_letters(language) == language
    texts = asdict(TEXTS[language])
    assert [name for name, text in texts.items() if not text.strip()] == []


def test_a_language_without_texts_gets_english() -> None:
    assert texts_in(NO_LANGUAGE) is TEXTS[DEFAULT_LANGUAGE]


def test_the_scripts_use_the_texts_that_there_are_and_no_others() -> None:
    used = set(re.findall(r"\btexts\)?\.(\w+)", SCRIPTS))
    # notify() shows the text that is named like the state of the panel.
    used |= set(re.findall(r"\bnotify\(\"(\w+)\"\)", SCRIPTS))
    assert used == NAMES

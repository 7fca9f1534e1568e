"""The texts: every language has all of them, and numbers take the form they need."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import asdict, replace
from pathlib import Path

import pytest

import flask_app_inbox
from flask_app_inbox.bell.languages import TEXTS
from flask_app_inbox.bell.plurals import Plural, with_number
from flask_app_inbox.bell.texts import (
    bell_name,
    check_texts,
    texts_for_browser,
    texts_in,
)
from flask_app_inbox.config.languages import DEFAULT_LANGUAGE, two_letters
from tests.fixtures.programs import find_program

#: Two letters that ISO 639-1 can never assign to a language: they hold a digit.
NO_LANGUAGE = "x1"
NUMBERS = (*range(26), 99, 100, 101, 104, 111, 112, 121, 1000, 1001)


def _words(text: str | dict[str, str | None]) -> list[str]:
    return [text] if isinstance(text, str) else [*filter(None, text.values())]


@pytest.mark.parametrize("language", TEXTS)
def test_every_language_has_all_the_texts(language: str) -> None:
    assert two_letters(language) == language
    texts = asdict(TEXTS[language])
    assert [
        name
        for name, text in texts.items()
        if not all(word.strip() for word in _words(text))
    ] == []


@pytest.mark.parametrize("language", TEXTS)
def test_no_language_loses_or_adds_a_placeholder(language: str) -> None:
    english, texts = asdict(TEXTS["en"]), asdict(TEXTS[language])
    for name, text in texts.items():
        for place in ("{n}", "{time}", "{pages}"):
            expected = place in _words(english[name])[0]
            assert {place in word for word in _words(text)} == {expected}, name


def test_a_language_without_texts_gets_english() -> None:
    assert texts_in(NO_LANGUAGE) is TEXTS[DEFAULT_LANGUAGE]


def test_a_plural_without_a_form_of_its_language_is_refused() -> None:
    texts = replace(TEXTS["pl"], unread=Plural("{n} nieprzeczytanego", one="{n}"))
    with pytest.raises(ValueError, match="unread in 'pl' needs the forms few, many"):
        check_texts("pl", texts)


def test_numbers_take_the_forms_that_browsers_give_them() -> None:
    forms = Plural("other", one="one", few="few", many="many")
    ours = {lang: [with_number(forms, n, lang) for n in NUMBERS] for lang in TEXTS}
    source = f"""console.log(JSON.stringify(Object.fromEntries(
        {json.dumps(list(TEXTS))}.map((language) => [language,
          {json.dumps(NUMBERS)}.map((n) =>
            new Intl.PluralRules(language).select(n))]))))"""
    node = find_program("node", "node")
    said = subprocess.run([node, "-e", source], capture_output=True, check=True)
    assert json.loads(said.stdout) == ours


@pytest.mark.parametrize(
    ("language", "unread", "name"),
    [
        ("en", 3, "Notifications, 3 unread"),
        ("en", 0, "Notifications, no unread"),
        ("en", None, "Notifications"),
        ("uk", 3, "Сповіщення, 3 непрочитані"),
        (NO_LANGUAGE, 1, "Notifications, 1 unread"),
    ],
)
def test_the_bells_name_tells_the_count(
    language: str, unread: int | None, name: str
) -> None:
    assert bell_name(texts_in(language), unread, language) == name


def test_the_browser_gets_one_language_and_no_text_of_the_other_page() -> None:
    said = json.loads(texts_for_browser(TEXTS["uk"]))
    assert said["markAll"] == "Прочитати всі"
    assert said["arrived"]["few"] == "{n} нові сповіщення"
    assert "previous" not in said


def test_no_text_travels_that_nobody_says() -> None:
    """The states of the panel are named by their texts, which may have a hint."""
    folder = Path(flask_app_inbox.__file__).parent / "bell/static"
    scripts = "".join(script.read_text("utf-8") for script in folder.glob("*.js"))
    for key in json.loads(texts_for_browser(TEXTS["en"])):
        assert re.search(rf"\b{key.removesuffix('Hint')}\b", scripts), key

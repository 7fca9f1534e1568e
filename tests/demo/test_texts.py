"""The three languages: whole, chosen by the visitor, and spoken by the bell."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from demo.shop import explanations, languages
from demo.shop.languages import LANGUAGES, read_texts, translate_number
from flask_app_inbox.sandbox import steps

from .conftest import Visitor

SHOP = Path(languages.__file__).parent

Change = Callable[[dict[str, str]], object]


def test_the_texts_are_complete_against_each_other() -> None:
    assert read_texts(SHOP / "texts").keys() == LANGUAGES.keys()


def test_every_text_that_the_shop_asks_for_exists() -> None:
    english = read_texts(SHOP / "texts")["en"]
    asked = set()
    for path in (*SHOP.glob("*.py"), *SHOP.glob("templates/**/*.html")):
        found = re.findall(
            r"""\b(?:t|translate)\(['"]([\w.]+)['"][,)]""", path.read_text()
        )
        asked.update(found)
    for _, _, success, failure in explanations._SENTENCES:
        asked |= {f"flow.says.{success}", f"flow.says.{failure}"}
    for kind in (steps.EVENT, steps.WORKFLOW, steps.MESSAGE, steps.WEBHOOK):
        asked |= {f"flow.says.{kind}", f"flow.says.{kind}_not"}
    assert asked - english.keys() == set()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda texts: texts.pop("nav.login"), "nav.login stands in only one"),
        (lambda texts: texts.update(new="Neu"), "new stands in only one"),
        (lambda texts: texts.update({"nav.login": " "}), "nav.login is empty"),
        (lambda texts: texts.update({"money": "{euros}"}), "money has other"),
    ],
)
def test_a_half_added_text_is_refused(
    tmp_path: Path, change: Change, problem: str
) -> None:
    for path in SHOP.glob("texts/*.json"):
        texts = json.loads(path.read_text("utf-8"))
        if path.stem == "de":
            change(texts)
        (tmp_path / path.name).write_text(json.dumps(texts), "utf-8")
    with pytest.raises(ValueError, match=problem):
        read_texts(tmp_path)


def test_a_half_added_language_is_refused(tmp_path: Path) -> None:
    for code in (*LANGUAGES, "fi"):
        (tmp_path / f"{code}.json").write_text("{}")
    with pytest.raises(ValueError, match="fi is a file in texts/ or an entry"):
        read_texts(tmp_path)


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "1 річ"), (3, "3 речі"), (5, "5 речей"), (12, "12 речей"), (21, "21 річ")],
)
def test_ukrainian_numbers_have_their_forms(
    shop: Flask, number: int, words: str
) -> None:
    with shop.test_request_context(headers={"Accept-Language": "uk"}):
        assert translate_number("basket.things", number) == words


@pytest.mark.parametrize(
    ("wanted", "price", "used"),
    [
        ("en", "€14.50", "en"),
        ("de", "14,50\N{NO-BREAK SPACE}€", "de"),
        ("tlh", "€14.50", "en"),
    ],
)
def test_a_visitor_gets_the_language_of_their_browser(
    visitor: Visitor, wanted: str, price: str, used: str
) -> None:
    page = visitor.text("/things/campfire", headers={"Accept-Language": wanted})
    assert price in page
    assert f'<html lang="{used}">' in page


def test_an_account_has_a_language_until_the_switch_is_used(visitor: Visitor) -> None:
    page = visitor.log_in("bohdan@example.com").text("/")
    assert '<html lang="uk">' in page
    assert 'data-language="uk"' in page
    back = {"Referer": "http://localhost/?shelf=tea"}
    response = visitor.post("/language", language="de", headers=back)
    assert response.location == "/?shelf=tea"
    assert '<html lang="de">' in visitor.text("/")
    visitor.post("/language", language="xx")
    assert '<html lang="de">' in visitor.text("/")

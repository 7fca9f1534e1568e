"""The three languages of the demo shop."""

from __future__ import annotations

import json
import re
from pathlib import Path
from string import Formatter

import pytest
from flask import Flask

from demo.shop.languages import LANGUAGES, translate, translate_number

from .conftest import Visitor

SHOP = Path(__file__).parents[2] / "demo" / "shop"


def _texts(language: str) -> dict[str, str]:
    path = SHOP / "texts" / f"{language}.json"
    texts: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return texts


def _blanks(text: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything_with_the_same_blanks(language: str) -> None:
    english, other = _texts("en"), _texts(language)
    assert other.keys() == english.keys()
    assert all(text.strip() for text in other.values())
    for key, text in english.items():
        assert _blanks(other[key]) == _blanks(text), key


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "1 річ"),
        (3, "3 речі"),
        (5, "5 речей"),
        (11, "11 речей"),
        (12, "12 речей"),
        (21, "21 річ"),
        (24, "24 речі"),
    ],
)
def test_ukrainian_numbers_have_their_forms(
    shop: Flask, number: int, words: str
) -> None:
    with shop.test_request_context(headers={"Accept-Language": "uk"}):
        assert translate_number("basket.things", number) == words


@pytest.mark.parametrize(
    ("wish", "price"),
    [("en", "€14.50"), ("de", "14,50\N{NO-BREAK SPACE}€"), ("fr", "€14.50")],
)
def test_the_browser_wishes_a_language(visitor: Visitor, wish: str, price: str) -> None:
    page = visitor.text("/things/campfire", headers={"Accept-Language": wish})
    assert price in page
    assert f'<html lang="{wish if wish in LANGUAGES else "en"}">' in page


def test_the_switch_is_remembered_and_leads_back(visitor: Visitor) -> None:
    fields = {"csrf_token": _token(visitor), "language": "de"}
    response = visitor.client.post(
        "/language", data=fields, headers={"Referer": "http://localhost/?shelf=tea"}
    )
    assert response.location == "/?shelf=tea"
    assert '<html lang="de">' in visitor.text("/")


@pytest.mark.parametrize(
    "referer", ["https://evil.example/page", "http://localhost//evil.example/", ""]
)
def test_the_switch_never_leads_elsewhere(visitor: Visitor, referer: str) -> None:
    fields = {"csrf_token": _token(visitor), "language": "de"}
    response = visitor.client.post(
        "/language", data=fields, headers={"Referer": referer}
    )
    assert not re.match(r"//|https?:", response.location)


def test_an_unknown_language_is_not_taken(visitor: Visitor) -> None:
    visitor.post("/language", language="xx")
    assert '<html lang="en">' in visitor.text("/")


def test_an_account_has_a_language_until_the_switch_is_used(visitor: Visitor) -> None:
    visitor.log_in("bohdan@example.com")
    assert '<html lang="uk">' in visitor.text("/")
    visitor.post("/language", language="de")
    assert '<html lang="de">' in visitor.text("/")


def test_the_bell_speaks_the_language_of_the_page(visitor: Visitor) -> None:
    page = visitor.log_in("bohdan@example.com").text("/")
    assert 'data-language="uk"' in page


def test_outside_a_request_texts_are_english(shop: Flask) -> None:
    with shop.app_context():
        assert translate("nav.login") == "Log in"


def _token(visitor: Visitor) -> str:
    found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', visitor.text("/"))
    assert found
    return found[1]

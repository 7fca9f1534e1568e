"""The page's language, where Flask-Babel knows it."""

from __future__ import annotations

import pytest
from flask import Flask, render_template_string
from flask_babel import Babel

from flask_app_inbox import AppInbox
from tests.conftest import MakeApp


def language_of(app: Flask) -> str:
    with app.test_request_context():
        html = render_template_string("{{ app_inbox() }}")
    return html.split('data-language="')[1].split('"')[0]


@pytest.mark.parametrize(
    ("locale", "language"), [("uk", "uk"), ("pt_BR", "pt"), ("zh_Hant_TW", "zh")]
)
def test_the_locale_of_the_page_is_its_language(
    make_app: MakeApp, locale: str, language: str
) -> None:
    app = make_app(prepare=lambda app: Babel(app, locale_selector=lambda: locale))
    assert language_of(app) == language


def test_babel_may_come_after_the_inbox(make_app: MakeApp) -> None:
    app = make_app()
    Babel(app, locale_selector=lambda: "de")
    assert language_of(app) == "de"


def test_a_setting_weighs_more_than_the_locale(make_app: MakeApp) -> None:
    app = make_app(
        LANGUAGE="pl", prepare=lambda app: Babel(app, locale_selector=lambda: "de")
    )
    assert language_of(app) == "pl"


def test_a_loader_weighs_more_than_the_locale(make_app: MakeApp) -> None:
    inbox = AppInbox()
    inbox.language_loader(lambda: "it")
    app = make_app(
        inbox=inbox, prepare=lambda app: Babel(app, locale_selector=lambda: "de")
    )
    assert language_of(app) == "it"


def test_a_locale_of_three_letters_is_no_language_to_the_vendor(
    make_app: MakeApp,
) -> None:
    app = make_app(prepare=lambda app: Babel(app, locale_selector=lambda: "fil"))
    assert language_of(app) == "en"

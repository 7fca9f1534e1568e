"""What pages hold for the site's own bell."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask, render_template_string, request
from flask_babel import Babel, lazy_gettext

from flask_app_inbox import AppInbox, Contact
from flask_app_inbox.bell.element import bell_files
from flask_app_inbox.bell.plurals import Plural
from flask_app_inbox.bell.wording import Texts
from flask_app_inbox.testing import VendorDouble
from tests.conftest import CONTACT, SECRETS, MakeApp, load_nobody

PAGE = "{{ app_inbox_anchor() }}|{{ app_inbox() }}"


@pytest.fixture
def own_bell(make_app: MakeApp) -> Callable[..., Flask]:
    def make(**options: Any) -> Flask:
        app = make_app(WIDGET="site", SCRIPT_ID=None, **options)
        app.add_url_rule("/", "page", lambda: render_template_string(PAGE))
        return app

    return make


def page_of(app: Flask) -> str:
    return app.test_client().get("/").get_data(as_text=True)


def test_a_page_holds_a_bell_and_its_script(own_bell: Callable[..., Flask]) -> None:
    bell, _, script = page_of(own_bell()).partition("|")
    assert bell.startswith('<link rel="stylesheet" href="/app-inbox/bell/bell.')
    assert '<a part="bell" href="/app-inbox/" aria-label="Notifications">' in bell
    assert script.count("<script") == 1
    assert 'data-unread-url="/app-inbox/unread"' in script
    assert 'data-read-url="/app-inbox/messages/read"' in script
    assert "statics.esputnik.com" not in script


@pytest.mark.parametrize(
    ("calls", "links"),
    [
        ("bell script", "bell"),
        ("bell bell script", "bell bell"),
        ("bell script bell", "bell bell"),
        ("script", "script"),
        ("script bell bell", "script"),
    ],
)
def test_the_style_sheet_stands_before_the_first_bell(
    own_bell: Callable[..., Flask], calls: str, links: str
) -> None:
    app = own_bell()
    page = calls.replace("bell", "{{ app_inbox_anchor() }}").replace(
        "script", "{{ app_inbox() }}"
    )
    app.add_url_rule("/page", "calls", lambda: render_template_string(page))
    html = app.test_client().get("/page").get_data(as_text=True)
    link = r'<link rel="stylesheet" href="/app-inbox/bell/bell\.\w+\.css">'
    found = re.findall(f"{link}<(template|app-inbox-bell)", html)
    first = {"template": "script", "app-inbox-bell": "bell"}
    assert [first[tag] for tag in found] == links.split()
    assert html.count("<link") == len(found)


def test_a_page_that_is_rendered_within_another_has_its_own_style_sheet(
    own_bell: Callable[..., Flask],
) -> None:
    app = own_bell()

    def header() -> str:
        return render_template_string("{{ app_inbox_anchor() }}")

    def render() -> str:
        page = "{{ app_inbox() }}{{ header()|safe }}"
        return render_template_string(page, header=header)

    app.add_url_rule("/page", "within", render)
    assert app.test_client().get("/page").text.count("<link") == 2


def test_a_query_of_the_sites_own_stays(own_bell: Callable[..., Flask]) -> None:
    app = own_bell()

    @app.url_defaults
    def say_language(endpoint: str, values: dict[str, Any]) -> None:
        values.setdefault("lang", "uk")

    page = page_of(app)
    assert 'data-messages-url="/app-inbox/messages?lang=uk&amp;page="' in page
    assert 'data-unread-url="/app-inbox/unread?lang=uk"' in page


def test_nothing_personal_is_in_the_page(own_bell: Callable[..., Flask]) -> None:
    page = page_of(own_bell())
    assert [secret for secret in SECRETS if secret in page] == []


def test_visitors_get_nothing(own_bell: Callable[..., Flask]) -> None:
    assert page_of(own_bell(loader=load_nobody)) == "|"


def test_a_switched_off_extension_gives_nothing(own_bell: Callable[..., Flask]) -> None:
    assert page_of(own_bell(ENABLED=False)) == "|"


def test_a_loader_that_fails_costs_the_bell_and_not_the_page(
    own_bell: Callable[..., Flask], caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise RuntimeError("no session")

    with caplog.at_level(logging.ERROR):
        assert page_of(own_bell(loader=fail)) == "|"
    assert "The contact_loader raised RuntimeError" in caplog.text


@pytest.mark.parametrize("fails", [False, True])
def test_bell_and_script_of_a_page_look_once_whose_it_is(
    own_bell: Callable[..., Flask], caplog: pytest.LogCaptureFixture, fails: bool
) -> None:
    asked: list[str] = []

    def load() -> Contact:
        asked.append(request.path)
        if fails:
            raise RuntimeError("no session")
        return CONTACT

    client = own_bell(loader=load).test_client()
    client.get("/")
    assert asked == ["/"]
    assert caplog.text.count("The contact_loader raised") == fails
    client.get("/")
    assert len(asked) == 2


@pytest.mark.parametrize("name", bell_files())
def test_its_files_are_kept_for_a_year(
    own_bell: Callable[..., Flask], name: str
) -> None:
    stem, _, kind = name.partition(".")
    fingerprint = bell_files()[name].fingerprint
    client = own_bell(loader=load_nobody).test_client()
    response = client.get(f"/app-inbox/bell/{stem}.{fingerprint}.{kind}")
    assert response.data == bell_files()[name].content
    assert "immutable" in response.headers["Cache-Control"]
    assert "Set-Cookie" not in response.headers
    kinds = {"js": "text/javascript", "css": "text/css"}
    assert response.mimetype == kinds[kind]
    stale = client.get(f"/app-inbox/bell/{stem}.0.{kind}")
    assert stale.headers["Cache-Control"] == "no-cache"


def test_there_are_no_other_files(own_bell: Callable[..., Flask]) -> None:
    client = own_bell().test_client()
    assert client.get("/app-inbox/bell/other.0.js").status_code == 404


def test_sites_with_the_vendors_bell_have_none(make_app: MakeApp) -> None:
    client = make_app().test_client()
    assert client.get("/app-inbox/bell/bell.0.js").status_code == 404


def test_the_site_can_say_it_in_its_own_words(own_bell: Callable[..., Flask]) -> None:
    inbox = AppInbox()

    @inbox.texts_loader
    def texts(language: str, texts: Texts) -> Texts:
        return replace(texts, title=f"News ({language})")

    page = page_of(own_bell(inbox=inbox, LANGUAGE="de-AT"))
    assert 'aria-label="News (de)"' in page
    assert "News (de)" in page.partition("|")[2]


def test_words_that_are_none_cost_the_bell_and_not_the_page(
    own_bell: Callable[..., Flask], caplog: pytest.LogCaptureFixture
) -> None:
    inbox = AppInbox()
    inbox.texts_loader(lambda language, texts: {"title": "News"})
    with caplog.at_level(logging.ERROR):
        assert page_of(own_bell(inbox=inbox)) == "|"
    assert "must return Texts, not a dict" in caplog.text


def _broken(_: object) -> str:
    raise LookupError("no catalogue")


def test_words_may_be_lazy(
    own_bell: Callable[..., Flask], app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.has_messages([str(number) for number in range(30)])
    inbox = AppInbox()

    @inbox.texts_loader
    def texts(_: str, texts: Texts) -> Texts:
        lazy: Any = lazy_gettext
        return replace(
            texts,
            title=lazy("News"),
            page=lazy("No. {n} of {pages}"),
            unread=Plural(lazy("{n} to read"), one=lazy("one")),
        )

    app = own_bell(inbox=inbox)
    Babel(app)
    client = app.test_client()
    assert "No. 1 of 2" in client.get("/app-inbox/").text
    bell, _, script = client.get("/").text.partition("|")
    assert 'aria-label="News, 30 to read"' in bell
    assert "News" in script


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"title": None}, "title must be a text, not a NoneType"),
        ({"title": b"News"}, "title must be a text, not a bytes"),
        ({"close": Plural("Close")}, "close must be a text, not a Plural"),
        ({"title": "\ud83d"}, "title holds half of a character"),
        ({"unread": "News"}, "unread must be a Plural, not a str"),
        ({"arrived": None}, "arrived must be a Plural, not a NoneType"),
        ({"unread": Plural("{n}", one=1)}, "unread must be a text, not a int"),  # type: ignore[arg-type]
        ({"unread": Plural("{count}")}, "unread must have no other braces than {n}"),
        ({"as_of": "{"}, "as_of must have no other braces than {time}"),
        ({"page": "Page {x}"}, "no other braces than {n} and {pages}"),
        ({"page": "{}"}, "no other braces than {n} and {pages}"),
        ({"page": "{n:>99}"}, "no other braces than {n} and {pages}"),
        ({"page": "{n.real}"}, "no other braces than {n} and {pages}"),
        ({"title": lazy_gettext("News")}, "The texts_loader raised LookupError"),
    ],
)
def test_a_word_that_no_page_can_show_costs_the_words_alone(
    own_bell: Callable[..., Flask],
    app_inbox_vendor: VendorDouble,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    changes: dict[str, Any],
    problem: str,
) -> None:
    monkeypatch.setattr("flask_babel.speaklater.LazyString.__str__", _broken)
    app_inbox_vendor.has_messages([str(number) for number in range(30)])
    inbox = AppInbox()
    inbox.texts_loader(lambda _, texts: replace(texts, **changes))
    client = own_bell(inbox=inbox).test_client()
    assert "Page 1 of 2" in client.get("/app-inbox/").text
    assert client.get("/").text == "|"
    assert caplog.text.count(problem) == 2


def test_braces_are_text_where_nothing_is_filled_in(
    own_bell: Callable[..., Flask],
) -> None:
    inbox = AppInbox()
    inbox.texts_loader(lambda _, texts: replace(texts, title="{News}"))
    assert 'aria-label="{News}"' in page_of(own_bell(inbox=inbox))

"""``GET /app-inbox/embed``: what the template calls render, as JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, abort, session
from werkzeug.test import TestResponse

from flask_app_inbox.inbox.embed import EMBED_SCRIPT
from flask_app_inbox.web.assets import read_script
from flask_app_inbox.web.user_tag import USER_HEADER
from tests.conftest import CONTACT, SECRETS, MakeApp, load_nobody, state_of
from tests.inbox.test_page import Elements, render
from tests.inbox.test_token import check_headers, check_problem

PATH = "/app-inbox/embed"
CALLS = "{{ app_inbox_anchor() }}{{ app_inbox() }}"


def ask(app: Flask, path: str = PATH, **options: Any) -> TestResponse:
    return app.test_client().get(path, **options)


def flat(*elements: dict[str, Any]) -> list[tuple[str, dict[str, str]]]:
    """Return elements and what they hold, in a page's order."""
    found = []
    for element in elements:
        found.append((element["tag"], element["attributes"]))
        found += flat(*element["children"])
    return found


def embedded(response: TestResponse) -> list[tuple[str, dict[str, str]]]:
    """Return everything that a page gets."""
    assert response.status_code == 200
    assert response.content_type == "application/json"
    check_headers(response)
    body = response.json or {}
    assert set(body) == {"anchor", "hints", "script"}
    parts = [body["anchor"], *body["hints"], body["script"]]
    return flat(*(part for part in parts if part))


def rendered(app: Flask, template: str = CALLS) -> list[tuple[str, dict[str, str]]]:
    """Return what the template calls render."""
    found = Elements(render(app, template)).found
    return [
        (tag, {name: value or "" for name, value in attributes.items()})
        for tag, attributes in found
    ]


def fail() -> None:
    raise LookupError("no database")


def give_up() -> None:
    abort(404)


SITES: dict[str, dict[str, Any]] = {
    "a contact": {},
    "nobody": {"loader": load_nobody},
    "tracking": {"loader": load_nobody, "ANONYMOUS": "tracking"},
    "features": {"FEATURES": {"TRACKING": False, "RECOMS": True}},
    "the other form": {"INIT_FORM": "options", "LANGUAGE": "uk"},
    "consent": {"CONSENT": True},
    "the vendor's snippet": {"SCRIPT_ID": None},
    "a box": {"ANCHOR": "header.top#bell", "POSITION": "afterend"},
    "an anchor to be escaped": {"ANCHOR": """[title='"><script>&amp;']"""},
    "a loader that raises": {"loader": fail, "SCRIPT_ID": None},
    "another prefix": {"config": {"APPLICATION_ROOT": "/shop"}},
    "off": {"ENABLED": False, "API_KEY": None},
    "off, with the snippet": {"ENABLED": False, "SCRIPT_ID": None},
}


@pytest.mark.parametrize("site", SITES.values(), ids=SITES)
def test_a_page_without_a_template_gets_what_a_template_gets(
    make_app: MakeApp, site: dict[str, Any]
) -> None:
    app = make_app(**site)
    assert embedded(ask(app)) == rendered(app)


@pytest.mark.parametrize("widget", ["vendor", "site"])
@pytest.mark.parametrize("loader", [fail, give_up])
def test_what_is_lost_is_not_told_as_what_is_not_there(
    make_app: MakeApp, loader: Callable[[], None], widget: str
) -> None:
    app = make_app(loader=loader, WIDGET=widget)
    check_problem(ask(app), 500, "loader_failed")
    state_of(app).loaders.contact = load_nobody
    assert (ask(app).json or {})["script"] is None


def test_words_that_are_lost_are_told_too(make_app: MakeApp) -> None:
    app = make_app(WIDGET="site")
    state_of(app).loaders.texts = lambda *_: fail()
    check_problem(ask(app), 500, "loader_failed")


def test_the_parts_have_names(make_app: MakeApp) -> None:
    body = ask(make_app()).json or {}
    assert body["anchor"] == {
        "tag": "div",
        "attributes": {"id": "app-inbox"},
        "children": [],
    }
    assert [hint["attributes"]["rel"] for hint in body["hints"]] == ["preload"]
    assert body["script"]["attributes"]["data-token-url"] == "/app-inbox/token"


def test_an_anchor_that_the_site_writes_itself_is_no_mistake(
    make_app: MakeApp, caplog: pytest.LogCaptureFixture
) -> None:
    body = ask(make_app(ANCHOR="header > nav")).json or {}
    assert body["anchor"] is None
    assert body["script"]["attributes"]["data-anchor"] == "header > nav"
    assert caplog.records == []


def test_the_nonce_of_a_page_stays_in_that_page(make_app: MakeApp) -> None:
    app = make_app()
    app.jinja_env.globals["csp_nonce"] = lambda: "c2VjcmV0"
    assert "c2VjcmV0" in str(rendered(app))
    assert "c2VjcmV0" not in ask(app).text


def test_it_holds_no_personal_data_and_no_token(
    make_app: MakeApp, no_secret_logged: list[str]
) -> None:
    text = ask(make_app()).text
    assert not any(secret in text for secret in SECRETS)


@pytest.mark.parametrize("enabled", [True, False])
def test_a_page_of_another_site_gets_nothing(make_app: MakeApp, enabled: bool) -> None:
    app = make_app(ENABLED=enabled)
    response = ask(app, headers={"Sec-Fetch-Site": "cross-site"})
    check_problem(response, 403, "cross_origin")


@pytest.mark.parametrize("loader", [lambda: CONTACT, load_nobody])
def test_a_page_that_was_made_for_another_user_is_told(
    make_app: MakeApp, loader: Callable[[], Any]
) -> None:
    response = ask(make_app(loader=loader), headers={USER_HEADER: "of-somebody-else"})
    check_problem(response, 409, "user_changed")


def test_a_page_that_was_made_for_this_user_gets_an_answer(make_app: MakeApp) -> None:
    app = make_app()
    tag = (ask(app).json or {})["script"]["attributes"]["data-user"]
    assert ask(app, headers={USER_HEADER: tag}).status_code == 200


def test_a_session_that_is_read_is_not_sent_again(make_app: MakeApp) -> None:
    app = make_app(loader=lambda: CONTACT if session.get("in") else None)
    client = app.test_client()
    with client.session_transaction() as login:
        login["in"] = True
    response = client.get(PATH)
    assert (response.json or {})["script"]
    assert "Set-Cookie" not in response.headers


# The script


def test_the_elements_script_has_an_address_that_a_page_can_name(
    make_app: MakeApp,
) -> None:
    response = ask(make_app(URL_PREFIX="/bell"), "/bell/embed.js")
    assert response.data == read_script(*EMBED_SCRIPT).content
    assert response.content_type == "text/javascript; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-cache"
    assert "Vary" not in response.headers


def test_a_browser_that_has_the_script_is_not_sent_it_again(make_app: MakeApp) -> None:
    app = make_app()
    etag = ask(app, "/app-inbox/embed.js").headers["ETag"]
    again = ask(app, "/app-inbox/embed.js", headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    assert ask(app, "/app-inbox/embed.js", headers={"If-None-Match": '"x"'}).data

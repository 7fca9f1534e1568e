"""``GET /chathub/embed``: what {{ chathub() }} renders, as JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from flask_app_inbox.web.user_tag import USER_HEADER
from tests.chathub.test_rendering import attributes, make_plain_app, render

BOTH = {"sales": 101, "support": 102}


def ask(app: Flask, query: str = "", **headers: str) -> TestResponse:
    return app.test_client().get(f"/chathub/embed{query}", headers=headers)


def embedded(response: TestResponse) -> dict[str, Any]:
    """Return the elements that a page gets."""
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert "Cookie" in response.headers["Vary"]
    assert "Set-Cookie" not in response.headers
    body: dict[str, Any] = json.loads(response.data)
    return body


def code_of(response: TestResponse) -> tuple[int, str]:
    """Return the status of a problem, and its code."""
    assert response.content_type == "application/problem+json"
    return response.status_code, json.loads(response.data)["code"]


@pytest.mark.parametrize(
    ("query", "call"),
    [("", "{{ chathub() }}"), ("?organization=support", "{{ chathub('support') }}")],
)
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"CHATHUB_LANGUAGE": "de", "APPLICATION_ROOT": "/shop"},
        {"CHATHUB_FALLBACK": {"text": "Call \"us\" & '5000'", "link": "tel:+380"}},
    ],
)
def test_a_page_without_a_template_gets_what_a_template_gets(
    query: str, call: str, settings: dict[str, Any]
) -> None:
    app = make_plain_app(BOTH, **settings)
    body = embedded(ask(app, query))
    page = render(app, call)
    assert body["panel"]["tag"] == "chathub-panel"
    given = body["panel"]["attributes"]
    assert {name.removeprefix("data-"): given[name] for name in given} == attributes(
        page
    )
    script = body["script"]["attributes"]
    assert set(script) == {"async", "src"}
    assert f'src="{script["src"]}"' in page


@pytest.mark.parametrize(
    ("operators", "query"),
    [(None, ""), ({}, ""), ({"sales": 101}, "?organization=support")],
)
def test_who_is_no_operator_gets_nothing(operators: Any, query: str) -> None:
    nothing = {"panel": None, "script": None}
    assert embedded(ask(make_plain_app(operators), query)) == nothing


def test_switched_off_it_says_that_there_is_nothing() -> None:
    app = make_plain_app({"sales": 101}, CHATHUB_ENABLED=False)
    assert embedded(ask(app)) == {"panel": None, "script": None}
    assert app.test_client().get("/chathub/embed.js").status_code == 200


def test_it_holds_no_operators_id() -> None:
    assert "101" not in ask(make_plain_app({"sales": 101})).text


@pytest.mark.parametrize("enabled", [True, False])
def test_a_page_of_another_site_gets_nothing(enabled: bool) -> None:
    app = make_plain_app(BOTH, CHATHUB_ENABLED=enabled)
    response = ask(app, Sec_Fetch_Site="cross-site")
    assert code_of(response) == (403, "cross_origin")


def test_a_page_that_was_made_for_another_operator_is_told() -> None:
    app = make_plain_app(BOTH)
    response = ask(app, **{USER_HEADER: "of-somebody-else"})
    assert code_of(response) == (409, "user_changed")
    organizations = embedded(ask(app))["panel"]["attributes"]["data-organizations"]
    for _, user_tag in json.loads(organizations):
        assert embedded(ask(app, **{USER_HEADER: user_tag}))["panel"]


def test_the_script_has_an_address_that_a_page_can_name() -> None:
    app = make_plain_app(BOTH, CHATHUB_URL_PREFIX="/staff/chat")
    client = app.test_client()
    script = embedded(client.get("/staff/chat/embed"))["script"]["attributes"]["src"]
    response = client.get("/staff/chat/embed.js")
    assert response.data == client.get(script).data
    assert response.headers["Cache-Control"] == "no-cache"
    assert "Vary" not in response.headers


def test_a_loader_that_fails_is_not_told_as_nobody() -> None:
    app = make_plain_app(BOTH)
    state = app.extensions["chathub"]
    state.loaders.operators = lambda: {"sales": "no number"}
    assert code_of(ask(app)) == (500, "loader_failed")
    state.loaders.operators = dict
    assert embedded(ask(app)) == {"panel": None, "script": None}

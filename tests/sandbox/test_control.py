"""The control API that programs and the console drive the sandbox with."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests

from flask_app_inbox.sandbox import SandboxServer
from flask_app_inbox.sandbox.journal import LIMIT

Call = Callable[..., requests.Response]
Send = Callable[..., dict[str, Any]]


def test_a_contact_is_created_and_listed(control: Call) -> None:
    body = {
        "email": "ann@example.com",
        "phone": "380942583691",
        "externalCustomerId": "42",
        "firstName": "Ann",
        "lastName": "Smith",
    }
    answer = control("POST", "contacts", json=body)
    assert answer.status_code == 201
    contact = answer.json()
    assert isinstance(contact.pop("id"), int)
    assert contact == body
    assert [c["email"] for c in control("GET", "contacts").json()] == [body["email"]]


def test_the_same_contact_again_is_updated(control: Call) -> None:
    first = control("POST", "contacts", json={"email": "ann@example.com"})
    body = {"email": "ann@example.com", "firstName": "Ann"}
    second = control("POST", "contacts", json=body)
    assert second.status_code == 201
    assert second.json() == first.json() | {"firstName": "Ann"}
    assert len(control("GET", "contacts").json()) == 1


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({}, "email"),
        ({"firstName": "Ann"}, "email"),
        ({"email": 1}, "string"),
        ({"email": True}, "boolean"),
        ({"email": {}}, "object"),
        ({"email": "a@example.com", "mail": ""}, '"mail"'),
        ([], "a list"),
    ],
)
def test_a_wrong_contact_is_refused_with_the_reason(
    control: Call, body: object, word: str
) -> None:
    answer = control("POST", "contacts", json=body)
    assert answer.status_code == 400
    assert word in answer.json()["error"]


@pytest.mark.parametrize("key", ["email", "phone", "externalCustomerId"])
def test_a_message_finds_its_recipient_by_any_identifier(
    control: Call, key: str
) -> None:
    control("POST", "contacts", json={key: "42"})
    answer = control("POST", "messages", json={key: "42", "title": "Hello"})
    assert answer.status_code == 201
    listed = control("GET", "messages", params={key: "42"}).json()
    assert listed == [answer.json()]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_recipient_is_404(control: Call, method: str) -> None:
    who = {"email": "nobody@example.com"}
    body = {**who, "title": "Hello"}
    answer = control(method, "messages", params=who, json=body)
    assert answer.status_code == 404
    assert "contact" in answer.json()["error"]


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"title": ""}, '"title"'),
        ({"title": None}, '"title"'),
        ({"title": 5}, '"title"'),
        ({"email": ""}, "email"),
        ({"image": {}}, '"image"'),
        ({"customData": [1]}, '"customData"'),
        ({"expiresIn": 0}, '"expiresIn"'),
        ({"expiresIn": -1}, '"expiresIn"'),
        ({"expiresIn": "1"}, '"expiresIn"'),
        ({"expiresIn": True}, '"expiresIn"'),
        ({"expiresIn": 1e300}, '"expiresIn"'),
        ({"expires": 1}, '"expires"'),
    ],
)
def test_a_wrong_message_is_refused_with_the_reason(
    control: Call, ann: dict[str, Any], fields: dict[str, Any], word: str
) -> None:
    body = {"email": ann["email"], "title": "Hello"} | fields
    answer = control("POST", "messages", json=body)
    assert answer.status_code == 400
    assert word in answer.json()["error"]
    params = {"email": ann["email"]}
    assert control("GET", "messages", params=params).json() == []


def test_custom_data_may_be_a_string(send: Send) -> None:
    assert send("Hello", customData="a=1")["customData"] == "a=1"


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN"])
def test_custom_data_hold_no_number_that_json_cannot_say(
    control: Call, ann: dict[str, Any], number: str
) -> None:
    body = json.dumps({"email": ann["email"], "title": "Hello", "customData": {"a": 0}})
    answer = control(
        *("POST", "messages"),
        data=body.replace("0}", f"{number}}}"),
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 400
    assert "JSON" in answer.json()["error"]


def test_the_token_mode_is_told_and_changed(
    control: Call, issue: Callable[..., str], ann: dict[str, Any]
) -> None:
    assert control("GET", "tokens").json() == {"mode": "rotating", "alive": 0}
    issue()
    answer = control("PUT", "tokens", json={"mode": "exclusive"})
    assert answer.json() == {"mode": "exclusive", "alive": 1}


@pytest.mark.parametrize(
    "body", [{}, {"mode": "eternal"}, {"mode": None}, {"mode": "rotating", "x": 1}]
)
def test_an_unknown_token_mode_is_refused(control: Call, body: object) -> None:
    answer = control("PUT", "tokens", json=body)
    assert answer.status_code == 400
    assert control("GET", "tokens").json()["mode"] == "rotating"


def test_the_site_starts_with_the_documented_configuration(control: Call) -> None:
    assert control("GET", "site").json() == {
        "selector": "#app-inbox",
        "position": "beforeend",
    }


def test_the_site_is_configured(control: Call) -> None:
    site = {"selector": "header nav", "position": "afterbegin", "icon": "<svg></svg>"}
    assert control("PUT", "site", json=site).json() == site
    refused = control("PUT", "site", json={"selector": "((("})
    assert refused.status_code == 400
    assert "not a CSS selector" in refused.json()["error"]
    assert control("GET", "site").json() == site
    with_form = site | {"initForm": "options"}
    assert control("PUT", "site", json=with_form).json() == with_form
    assert control("PUT", "site", json={"selector": "#b"}).json() == {
        "selector": "#b",
        "position": "beforeend",
    }


@pytest.mark.parametrize(
    "body",
    [
        {"position": "inside"},
        {"position": 1},
        {"selector": []},
        {"icon": "<img src=x>"},
        {"icon": 1},
        {"initForm": "objects"},
        {"initForm": True},
        {"colour": "red"},
    ],
)
def test_a_wrong_site_is_refused(control: Call, body: object) -> None:
    assert control("PUT", "site", json=body).status_code == 400
    assert control("GET", "site").json()["selector"] == "#app-inbox"


def test_the_log_tells_what_came_in_without_secrets(
    control: Call, vendor: Call, anyone: Call
) -> None:
    last = max((e["id"] for e in control("GET", "requests").json()), default=0)
    vendor("POST", "/api/v1/auth/contact/token?key=secret", json={"email": "a@b.c"})
    anyone("GET", "/appinbox/v1/messages/count", headers={"ES-TOKEN": "secret"})
    anyone("GET", "/%D0%B9" + "y" * 500)
    entries = control("GET", "requests", params={"since": str(last)}).json()
    assert [(e["method"], e["path"], e["status"]) for e in entries] == [
        ("POST", "/api/v1/auth/contact/token", 200),
        ("GET", "/appinbox/v1/messages/count", 401),
        ("GET", "/й" + "y" * 198, 404),
    ]
    assert entries[0]["at"].endswith("+00:00")
    assert 0 <= entries[0]["ms"] < 10_000
    assert entries[0].keys() == {"id", "at", "method", "path", "status", "ms"}
    newer = control("GET", "requests", params={"since": entries[1]["id"]}).json()
    assert newer == entries[2:]


def test_the_sandboxs_own_calls_are_not_logged(control: Call, anyone: Call) -> None:
    control("GET", "site")
    anyone("GET", "/static/missing.css")
    anyone("GET", "/favicon.ico")
    assert control("GET", "requests").json() == []


def test_the_log_keeps_the_last_requests_only(
    control: Call, sandbox: SandboxServer
) -> None:
    client = sandbox.app.test_client()
    for _ in range(LIMIT + 5):
        client.get("/v1/version")
    entries = control("GET", "requests").json()
    assert len(entries) == LIMIT
    assert entries[-1]["id"] - entries[0]["id"] == LIMIT - 1


@pytest.mark.parametrize("since", ["x", "-1", "1.0", "", "\u0661", "9" * 30])
def test_a_log_position_that_is_no_id_is_refused(control: Call, since: str) -> None:
    assert control("GET", "requests", params={"since": since}).status_code == 400


def test_a_reset_forgets_everything(
    control: Call, send: Send, issue: Callable[..., str], vendor: Call
) -> None:
    send("Hello")
    issue()
    vendor("POST", "/v1/site/domains", json={"domain": "shop.example"})
    control("PUT", "tokens", json={"mode": "exclusive"})
    control("PUT", "site", json={"selector": "#b"})
    control("POST", "faults", json={"route": "version", "kind": "html"})
    answer = control("POST", "reset")
    assert answer.status_code == 200
    assert control("GET", "contacts").json() == []
    assert control("GET", "tokens").json() == {"mode": "rotating", "alive": 0}
    assert control("GET", "site").json()["selector"] == "#app-inbox"
    assert control("GET", "faults").json()["faults"] == []
    assert control("GET", "requests").json() == []
    again = vendor("POST", "/v1/site/domains", json={"domain": "shop.example"})
    assert again.status_code == 201
    assert issue() == ""
    ann = control("POST", "contacts", json={"email": "ann@example.com"}).json()
    assert ann["id"] == 1


def test_a_reset_may_carry_an_empty_object_alone(control: Call) -> None:
    assert control("POST", "reset", json={}).status_code == 200
    assert control("POST", "reset", json={"all": True}).status_code == 400


def test_the_server_object_resets_too(
    sandbox: SandboxServer, control: Call, ann: dict[str, Any]
) -> None:
    sandbox.reset()
    assert control("GET", "contacts").json() == []


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "nothing", 404), ("PUT", "contacts", 405)]
)
def test_unknown_calls_are_refused_in_json(
    control: Call, method: str, path: str, status: int
) -> None:
    answer = control(method, path)
    assert answer.status_code == status
    assert answer.json()["error"]
    assert ("Allow" in answer.headers) == (status == 405)


def test_nothing_of_the_control_api_is_cached(control: Call) -> None:
    assert control("GET", "site").headers["Cache-Control"] == "no-store"

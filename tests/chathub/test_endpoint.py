"""The token endpoint: who gets which token, and what everybody else is told."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest
from flask import Flask, Response, request
from flask.testing import FlaskClient
from flask_wtf import CSRFProtect

from flask_app_inbox import ChatHub
from flask_app_inbox.sandbox import SandboxServer
from tests.fixtures.control import Control

ISSUE = "/api/operator/get-token"


@pytest.fixture
def app(make_staff_app: Callable[..., Flask]) -> Flask:
    return make_staff_app()


def log_in(app: Flask, user: str) -> FlaskClient:
    client = app.test_client()
    client.get(f"/login?user={user}")
    return client


def ask(client: FlaskClient, body: Any = None, **headers: str) -> Any:
    return post(client, json=body, headers=headers)


def post(client: FlaskClient, **request: Any) -> Any:
    return client.post("/chathub/token", **request)


def tag_of(client: FlaskClient) -> str:
    """Return the tag that the page carries for the user's first organization."""
    found = re.search(r"[0-9a-f]{32}", client.get("/").text.partition("data-org")[2])
    assert found
    return found[0]


def test_an_operator_gets_a_token_and_when_it_expires(
    app: Flask, sandbox: SandboxServer
) -> None:
    answer = ask(log_in(app, "olha"))
    assert answer.status_code == 200
    assert set(answer.json) == {"token", "expiresAt"}
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Cookie" in answer.headers["Vary"]
    assert "Access-Control-Allow-Origin" not in answer.headers
    expires = datetime.fromisoformat(answer.json["expiresAt"].replace("Z", "+00:00"))
    left = (expires - datetime.now(timezone.utc)).total_seconds()
    assert 8 * 3600 - 60 < left <= 8 * 3600
    with app.app_context():
        assert ChatHub().validate(answer.json["token"]).operator == 101


def test_a_page_from_before_the_sites_key_changed_goes_on(
    make_staff_app: Callable[..., Flask],
) -> None:
    tag = tag_of(log_in(make_staff_app(SECRET_KEY="the old key"), "olha"))
    former = {"SECRET_KEY_FALLBACKS": ["the old key"]}
    for config, status in (({}, 409), (former, 200)):
        client = log_in(make_staff_app(SECRET_KEY="the new key", **config), "olha")
        assert tag_of(client) != tag
        headers = {"X-App-Inbox-User": tag}
        assert ask(client, **headers).status_code == status
        assert client.get("/chathub/embed", headers=headers).status_code == status
        users = client.get("/chathub/user").text
        assert (tag in users) is (status == 200)
        other = log_in(make_staff_app(SECRET_KEY="the new key", **config), "taras")
        assert ask(other, **headers).status_code == 409


@pytest.mark.parametrize(("alias", "operator"), [("sales", 101), ("support", 102)])
def test_the_alias_chooses_among_the_users_own_operators(
    app: Flask, alias: str, operator: int
) -> None:
    token = ask(log_in(app, "olha"), {"organization": alias}).json["token"]
    with app.app_context():
        assert ChatHub().validate(token).operator == operator


def test_nobody_logged_in_is_told_so(app: Flask, control: Control) -> None:
    answer = post(app.test_client())
    assert (answer.status_code, answer.json["code"]) == (401, "login_required")
    assert answer.content_type == "application/problem+json"
    assert control.paths() == []


ATTEMPTS: list[dict[str, Any]] = [
    {},
    {"json": {"organization": "sales"}},
    {"json": {"organization": "support"}},
    {"json": {"organization": "101"}},
    {"json": {"organization": "24"}},
    {"json": {"organization": ""}},
    {"json": {"organization": "__class__"}},
    {"json": {"organization": "sales", "failed": True}},
    {"query_string": {"organization": "sales", "org": "sales", "operator": "101"}},
    {"data": {"organization": "sales"}},
    {"headers": {"X-App-Inbox-User": "0" * 32}},
    {"headers": {"X-Forwarded-User": "olha", "Authorization": "Bearer sandbox-key"}},
    {"headers": {"X-Authorization-Key": "sandbox-key"}},
]


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=str)
@pytest.mark.parametrize("user", ["ann", None])
def test_no_request_of_a_customer_gets_a_token(
    app: Flask, control: Control, attempt: dict[str, Any], user: str | None
) -> None:
    client = log_in(app, user) if user else app.test_client()
    answer = post(client, **attempt)
    assert answer.status_code in (400, 401, 403)
    assert "token" not in answer.json
    for path in ("user", "panel"):
        reply = client.get(f"/chathub/{path}", **attempt)
        assert reply.status_code in (400, 401, 403)
    assert control.paths() == []


@pytest.mark.parametrize("alias", ["sales", "101", "Support", "support ", "24"])
def test_an_operator_gets_no_token_of_another_organization(
    app: Flask, control: Control, alias: str
) -> None:
    answer = ask(log_in(app, "taras"), {"organization": alias})
    assert (answer.status_code, answer.json["code"]) == (403, "not_an_operator")
    assert control.paths() == []


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"[]",
        b'"sales"',
        b"5",
        b"null",
        b'{"organization": 5}',
        b'{"organization": ["sales"]}',
        b'{"organization": "sales", "operator": 102}',
        b'{"failed": "yes"}',
        b"[" * 1500,
        b"{" + b" " * 3000 + b"}",
        b"\xff\xfe",
    ],
)
def test_a_body_that_nobody_documented_is_refused(
    app: Flask, control: Control, data: bytes
) -> None:
    answer = post(log_in(app, "olha"), data=data)
    assert (answer.status_code, answer.json["code"]) == (400, "bad_request")
    assert control.paths() == []


class Endless(io.RawIOBase):
    """A body in chunks that never ends, and how much of it was taken."""

    def __init__(self) -> None:
        self.taken = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        assert 0 <= size <= 2001, "more was asked for than anybody may send"
        self.taken += size
        return b" " * size


def post_endless(client: FlaskClient, **request: Any) -> tuple[int, str, int]:
    """Return the status, the code, and how many bytes of the body were taken."""
    body = Endless()
    whole = {"wsgi.input_terminated": True, "wsgi.input": body}
    answer = post(client, environ_overrides=whole, **request)
    return answer.status_code, answer.json["code"], body.taken


def test_an_endless_body_is_read_no_further_than_it_may_be(app: Flask) -> None:
    assert post_endless(log_in(app, "olha")) == (400, "bad_request", 2001)


@pytest.mark.parametrize(
    ("user", "headers", "status", "code"),
    [
        (None, {}, 401, "login_required"),
        ("customer", {}, 403, "not_an_operator"),
        ("olha", {"Sec-Fetch-Site": "cross-site"}, 403, "cross_origin"),
    ],
)
def test_nothing_is_read_of_who_may_not_ask(
    app: Flask, user: str | None, headers: dict[str, str], status: int, code: str
) -> None:
    client = log_in(app, user) if user else app.test_client()
    assert post_endless(client, headers=headers) == (status, code, 0)


def test_a_body_that_the_site_has_read_before_counts_too(app: Flask) -> None:
    @app.before_request
    def read() -> None:
        request.get_data()

    answer = ask(log_in(app, "olha"), {"organization": "support"})
    with app.app_context():
        assert ChatHub().validate(answer.json["token"]).operator == 102
    assert ask(log_in(app, "olha"), ["x" * 3000]).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_pages_of_other_sites_get_no_token(
    app: Flask, control: Control, headers: dict[str, str]
) -> None:
    answer = ask(log_in(app, "olha"), **headers)
    assert (answer.status_code, answer.json["code"]) == (403, "cross_origin")
    assert control.paths() == []


def test_a_page_made_for_another_operator_is_told_so(
    app: Flask, control: Control
) -> None:
    tag = tag_of(log_in(app, "olha"))
    other = log_in(app, "taras")
    answer = ask(other, **{"X-App-Inbox-User": tag})
    assert (answer.status_code, answer.json["code"]) == (409, "user_changed")
    assert control.paths() == []


def test_a_page_of_the_same_operator_is_served(app: Flask) -> None:
    client = log_in(app, "olha")
    answer = ask(client, **{"X-App-Inbox-User": tag_of(client)})
    assert answer.status_code == 200


def test_the_user_is_checked_without_the_vendor(app: Flask, control: Control) -> None:
    client = log_in(app, "olha")
    headers = {"X-App-Inbox-User": tag_of(client)}
    good = client.get("/chathub/user?organization=sales", headers=headers)
    assert (good.status_code, good.data) == (204, b"")
    assert good.headers["Cache-Control"] == "no-store"
    client.get("/logout")
    gone: Any = client.get("/chathub/user?organization=sales", headers=headers)
    assert (gone.status_code, gone.json["code"]) == (401, "login_required")
    assert control.paths() == []


def test_a_page_is_told_all_operators_that_its_user_is(
    app: Flask, control: Control
) -> None:
    client = log_in(app, "olha")
    answer: Any = client.get("/chathub/user")
    page = client.get("/").text
    organizations = re.search(r"data-organizations='(.*?)'", page)
    assert organizations
    assert answer.json == {"users": [tag for _, tag in json.loads(organizations[1])]}
    assert answer.headers["Cache-Control"] == "no-store"
    taras: Any = log_in(app, "taras").get("/chathub/user")
    assert len(taras.json["users"]) == 1
    assert taras.json["users"][0] in answer.json["users"]
    other = client.get("/chathub/user", headers={"Sec-Fetch-Site": "cross-site"})
    assert other.status_code == 403
    assert control.paths() == []


def test_asking_too_often_is_refused(make_staff_app: Callable[..., Flask]) -> None:
    client = log_in(make_staff_app(CHATHUB_RATE_LIMIT="2/minute"), "olha")
    assert [ask(client).status_code for _ in range(3)] == [200, 200, 429]
    assert ask(client, {"organization": "support"}).status_code == 200


def test_a_limit_that_is_switched_off_refuses_nobody(
    make_staff_app: Callable[..., Flask],
) -> None:
    client = log_in(make_staff_app(CHATHUB_RATE_LIMIT=False), "olha")
    assert {ask(client).status_code for _ in range(40)} == {200}


FAULTS = [
    ({"kind": "status", "status": 401}, 502, "vendor_rejected"),
    ({"kind": "status", "status": 403}, 502, "vendor_rejected"),
    ({"kind": "status", "status": 400}, 502, "vendor_invalid"),
    ({"kind": "status", "status": 404}, 502, "vendor_invalid"),
    ({"kind": "status", "status": 204}, 502, "vendor_invalid"),
    ({"kind": "status", "status": 429}, 429, "rate_limited"),
    ({"kind": "status", "status": 500}, 503, "vendor_unavailable"),
    ({"kind": "status", "status": 503}, 503, "vendor_unavailable"),
    ({"kind": "reset"}, 503, "vendor_unavailable"),
    ({"kind": "hang"}, 504, "vendor_timeout"),
    ({"kind": "drip", "seconds": 0.5}, 504, "vendor_timeout"),
    ({"kind": "delay", "seconds": 5}, 504, "vendor_timeout"),
    ({"kind": "truncate"}, 502, "vendor_invalid"),
    ({"kind": "garbage"}, 502, "vendor_invalid"),
    ({"kind": "types"}, 502, "vendor_invalid"),
    ({"kind": "types", "value": ""}, 502, "vendor_invalid"),
    ({"kind": "types", "value": {"token": None}}, 502, "vendor_invalid"),
    ({"kind": "types", "value": 'a"b'}, 502, "vendor_invalid"),
    ({"kind": "types", "value": "a\nb"}, 502, "vendor_invalid"),
    ({"kind": "types", "value": "x" * 9000}, 502, "vendor_invalid"),
    ({"kind": "html"}, 502, "vendor_invalid"),
    ({"kind": "huge"}, 502, "vendor_invalid"),
    ({"kind": "redirect"}, 502, "vendor_invalid"),
]


@pytest.mark.parametrize(("fault", "status", "code"), FAULTS, ids=str)
def test_a_vendor_in_trouble_is_told_apart_and_nothing_leaks(
    make_staff_app: Callable[..., Flask],
    control: Control,
    caplog: pytest.LogCaptureFixture,
    fault: dict[str, Any],
    status: int,
    code: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    # A busy machine must not run out of time where time is not what is tried.
    timeout = 0.7 if code == "vendor_timeout" else 30
    client = log_in(make_staff_app(CHATHUB_TIMEOUT=timeout), "olha")
    control.call("POST", "faults", route="operator-token", times=None, **fault)
    answer = ask(client)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "sandbox-key" not in caplog.text + answer.text
    control.call("DELETE", "faults")
    if code not in ("vendor_timeout", "vendor_unavailable"):
        assert ask(client).status_code == 200  # the failure was not kept


@pytest.mark.alone
def test_a_hanging_vendor_is_given_up_in_time(
    make_staff_app: Callable[..., Flask], control: Control
) -> None:
    client = log_in(make_staff_app(CHATHUB_TIMEOUT=0.5), "olha")
    control.call("POST", "faults", route="operator-token", kind="hang", times=None)
    before = datetime.now()
    assert ask(client).status_code == 504
    assert (datetime.now() - before).total_seconds() < 0.9


def test_a_token_goes_into_no_log(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    token = ask(log_in(app, "olha")).json["token"]
    assert token not in caplog.text


@pytest.mark.parametrize("csrf_first", [True, False])
def test_form_tokens_are_not_asked_for(
    sandbox: SandboxServer, csrf_first: bool
) -> None:
    app = Flask("site")
    app.config.update(
        SECRET_KEY="a key", CHATHUB_KEY="sandbox-key", CHATHUB_API_URL=sandbox.url
    )
    if csrf_first:
        CSRFProtect(app)
    chathub = ChatHub(app)
    if not csrf_first:
        CSRFProtect(app)
    chathub.operator_loader(lambda: {"sales": 101})
    assert app.test_client().post("/chathub/token").status_code == 200


def test_the_frame_is_for_operators_and_holds_no_token(app: Flask) -> None:
    client = log_in(app, "olha")
    token = ask(client).json["token"]
    answer = client.get("/chathub/panel")
    assert answer.status_code == 200
    assert token not in answer.text
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("own_class", [False, True])
def test_the_frame_may_be_framed_whatever_the_site_sets_for_all(
    app: Flask, own_class: bool
) -> None:
    if own_class:
        app.response_class = type("Response", (Response,), {})

    @app.after_request
    def forbid(response: Response) -> Response:
        response.headers["X-Frame-Options"] = "DENY"
        return response

    client = log_in(app, "olha")
    assert client.get("/").headers.getlist("X-Frame-Options") == ["DENY"]
    panel = client.get("/chathub/panel")
    assert panel.headers.getlist("X-Frame-Options") == ["SAMEORIGIN"]


def test_the_scripts_are_kept_for_a_year_by_their_fingerprint(app: Flask) -> None:
    client = log_in(app, "olha")
    pages = client.get("/").text + client.get("/chathub/panel").text
    paths = re.findall(r'src="(/chathub/[a-z]+\.[0-9a-f]+\.js)"', pages)
    assert len(paths) == 2
    for path in paths:
        answer = client.get(path)
        assert answer.mimetype == "text/javascript"
        assert "max-age=31536000" in answer.headers["Cache-Control"]
        old = client.get(re.sub(r"\.[0-9a-f]+\.", ".0000.", path))
        assert old.headers["Cache-Control"] == "no-cache"


def test_a_token_that_the_page_calls_dead_is_replaced_if_it_is(
    app: Flask, control: Control
) -> None:
    client = log_in(app, "olha")
    first = ask(client).json["token"]
    assert ask(client, {"failed": True}).json["token"] == first
    assert control.paths().count(ISSUE) == 1
    control.call("DELETE", "chathub/tokens")
    second = ask(client, {"organization": "sales", "failed": True}).json["token"]
    assert second != first
    assert ask(client).json["token"] == second
    assert control.paths().count(ISSUE) == 2


def test_an_operator_who_was_deactivated_gets_no_new_token(
    app: Flask, control: Control
) -> None:
    control.call("PUT", "chathub/operators/101", status=1)
    answer = ask(log_in(app, "olha"))
    assert (answer.status_code, answer.json["code"]) == (502, "vendor_rejected")

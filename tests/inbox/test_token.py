"""The token endpoint: every status of it, and what never changes them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests
import responses
from flask import Flask, abort, redirect
from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from flask_app_inbox import AppInbox, Contact
from flask_app_inbox.client.deadline import Deadline
from flask_app_inbox.inbox.token import blueprint
from tests.conftest import (
    API_KEY,
    API_URL,
    CONTACT,
    SECRETS,
    TOKEN,
    TOKEN_URL,
    MakeApp,
    load_contact,
    load_nobody,
    state_of,
)

pytestmark = pytest.mark.usefixtures("no_secret_logged")

PATH = "/app-inbox/token"


def ask(app: Flask, path: str = PATH, **options: Any) -> TestResponse:
    return app.test_client().post(path, **options)


def check_headers(response: TestResponse) -> None:
    assert response.headers["Cache-Control"] == "no-store"
    assert "Cookie" in response.headers["Vary"]
    assert "Access-Control" not in str(response.headers)


def check_problem(response: TestResponse, status: int, code: str) -> None:
    """Assert that an answer is this problem, and nothing besides."""
    check_headers(response)
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    body = json.loads(response.data)
    title, retryable = body.pop("title"), body.pop("retryable")
    assert body == {"type": "about:blank", "status": status, "code": code}
    assert title
    assert retryable or status not in (429, 504)
    assert not any(secret in response.text for secret in SECRETS)
    assert (status in (429, 503)) == ("Retry-After" in response.headers)


# 200


@pytest.mark.parametrize("token", [TOKEN, ""])
def test_a_token_is_issued_and_passed_on(
    make_app: MakeApp, vendor: responses.RequestsMock, token: str
) -> None:
    vendor.post(TOKEN_URL, json={"token": token})
    response = ask(make_app())
    assert (response.status_code, response.json) == (200, {"token": token})
    assert response.content_type == "application/json"
    check_headers(response)


def test_every_request_issues_anew(
    make_app: MakeApp, vendor: responses.RequestsMock
) -> None:
    for number in range(3):
        vendor.post(TOKEN_URL, json={"token": f"t{number}"})
    app = make_app()
    tokens = [ask(app).json for _ in range(3)]
    assert tokens == [{"token": "t0"}, {"token": "t1"}, {"token": "t2"}]


@pytest.mark.parametrize(
    "options",
    [
        {"json": {"email": "victim@example.com"}},
        {"data": {"email": "victim@example.com"}},
        {"data": b"{", "content_type": "application/json"},
        {"data": b"\xff" * 100_000},
        {"query_string": {"email": "victim@example.com"}},
        {"headers": {"X-Contact-Email": "victim@example.com", "ES-TOKEN": "x"}},
        {"headers": {"X-HTTP-Method-Override": "DELETE"}},
    ],
)
def test_what_nobody_asked_for_is_ignored(
    make_app: MakeApp, vendor: responses.RequestsMock, options: dict[str, Any]
) -> None:
    ours = {
        "externalCustomerId": "crm-secret-8842",
        "email": "ann.secret@example.com",
        "phone": "380501234567",
    }
    matches = [responses.matchers.json_params_matcher(ours)]
    vendor.post(TOKEN_URL, json={"token": TOKEN}, match=matches)
    assert ask(make_app(), **options).json == {"token": TOKEN}


def test_an_unknown_contact_is_created_first_where_that_is_set(
    make_app: MakeApp, vendor: responses.RequestsMock
) -> None:
    vendor.post(TOKEN_URL, json={"token": ""})
    vendor.post("https://vendor.test/api/v1/contact", json={"id": 1})
    vendor.post(TOKEN_URL, json={"token": TOKEN})
    assert ask(make_app(CREATE_CONTACTS=True)).json == {"token": TOKEN}


# What the request itself is refused for


def test_nobody_logged_in_is_told_so_in_json(make_app: MakeApp) -> None:
    check_problem(ask(make_app(loader=load_nobody)), 401, "login_required")


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_a_page_of_another_site_is_refused_before_anybody_is_asked(
    make_app: MakeApp, headers: dict[str, str]
) -> None:
    def fail() -> None:
        raise AssertionError("the loader ran")

    response = ask(make_app(loader=fail), headers=headers)
    check_problem(response, 403, "cross_origin")


def test_a_page_of_another_user_is_refused(make_app: MakeApp) -> None:
    response = ask(make_app(), headers={"X-App-Inbox-User": "0" * 32})
    check_problem(response, 409, "user_changed")


def test_a_page_of_this_user_gets_its_token(
    make_app: MakeApp, vendor: responses.RequestsMock
) -> None:
    vendor.post(TOKEN_URL, json={"token": TOKEN})
    app = make_app()
    tag = tag_in(make_page(app))
    assert ask(app, headers={"X-App-Inbox-User": tag}).json == {"token": TOKEN}


def make_page(app: Flask) -> str:
    with app.test_request_context():
        return str(app.jinja_env.from_string("{{ app_inbox() }}").render())


def test_a_contact_who_asks_too_often_waits(
    make_app: MakeApp, vendor: responses.RequestsMock
) -> None:
    vendor.post(TOKEN_URL, json={"token": TOKEN})
    app = make_app(RATE_LIMIT="2/hour")
    assert [ask(app).status_code for _ in range(2)] == [200, 200]
    response = ask(app)
    check_problem(response, 429, "rate_limited")
    assert 1 <= int(response.headers["Retry-After"]) <= 2 * 3600


def test_one_contact_does_not_use_up_the_limit_of_another(
    make_app: MakeApp, vendor: responses.RequestsMock
) -> None:
    vendor.post(TOKEN_URL, json={"token": TOKEN})
    emails = iter(["a@b.c", "a@b.c", "x@y.z"])
    app = make_app(loader=lambda: Contact(email=next(emails)), RATE_LIMIT="1/hour")
    assert [ask(app).status_code for _ in range(3)] == [200, 429, 200]


def test_a_limit_that_is_switched_off_refuses_nobody(
    vendor: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor.post(TOKEN_URL, json={"token": TOKEN})
    monkeypatch.setenv("FLASK_APP_INBOX_RATE_LIMIT", "false")
    app = Flask("shop")
    app.config.update(
        SECRET_KEY="shop", APP_INBOX_API_KEY=API_KEY, APP_INBOX_API_URL=API_URL
    )
    app.config.from_prefixed_env()
    AppInbox(app).contact_loader(load_contact)
    assert {ask(app).status_code for _ in range(40)} == {200}


# What the loader is to blame for


def test_a_loader_that_returns_something_else_is_a_problem_and_logged(
    make_app: MakeApp, caplog: pytest.LogCaptureFixture
) -> None:
    response = ask(make_app(loader=lambda: "ann.secret@example.com"))
    check_problem(response, 500, "loader_failed")
    assert "must return a Contact or None, not a str" in caplog.text


def test_a_loader_that_raises_is_a_problem_and_logged(
    make_app: MakeApp, caplog: pytest.LogCaptureFixture
) -> None:
    def load() -> None:
        raise LookupError("the row of ann.secret is gone")

    response = ask(make_app(loader=load))
    check_problem(response, 500, "loader_failed")
    (record,) = caplog.records
    assert "The contact_loader raised LookupError." in record.getMessage()
    assert "ann.secret" not in record.getMessage()


def test_a_loader_that_aborts_is_a_problem_too(
    make_app: MakeApp, caplog: pytest.LogCaptureFixture
) -> None:
    response = ask(make_app(loader=lambda: abort(404, "ann.secret@example.com")))
    check_problem(response, 500, "loader_failed")
    assert "The contact_loader aborts with 404." in caplog.text
    assert "ann.secret" not in caplog.text


def test_an_async_loader_is_awaited(
    make_app: MakeApp, vendor: responses.RequestsMock
) -> None:
    async def load() -> Contact:
        return CONTACT

    vendor.post(TOKEN_URL, json={"token": TOKEN})
    assert ask(make_app(loader=load)).json == {"token": TOKEN}


# What the vendor is to blame for

FAILURES: list[tuple[dict[str, Any], int, str]] = [
    ({"status": 401, "body": TOKEN}, 502, "vendor_rejected"),
    ({"status": 403}, 502, "vendor_rejected"),
    ({"status": 400, "body": "no such contact"}, 502, "vendor_invalid"),
    ({"status": 404, "body": "<html>"}, 502, "vendor_invalid"),
    ({"status": 204}, 502, "vendor_invalid"),
    ({"status": 201, "json": {"token": TOKEN}}, 502, "vendor_invalid"),
    (
        {"status": 302, "headers": {"Location": "https://evil.example/"}},
        502,
        "vendor_invalid",
    ),
    ({"status": 304}, 502, "vendor_invalid"),
    ({"body": ""}, 502, "vendor_invalid"),
    ({"body": "<html>"}, 502, "vendor_invalid"),
    ({"body": '{"token": "'}, 502, "vendor_invalid"),
    ({"body": "[" * 60_000}, 502, "vendor_invalid"),
    ({"json": []}, 502, "vendor_invalid"),
    ({"json": None}, 502, "vendor_invalid"),
    ({"json": {}}, 502, "vendor_invalid"),
    ({"json": {"token": None}}, 502, "vendor_invalid"),
    ({"json": {"token": 5}}, 502, "vendor_invalid"),
    ({"json": {"token": [TOKEN]}}, 502, "vendor_invalid"),
    ({"json": {"token": "t" * 8193}}, 502, "vendor_invalid"),
    ({"json": {"token": "t" * 70_000}}, 502, "vendor_invalid"),
    ({"status": 429}, 429, "rate_limited"),
    ({"status": 429, "headers": {"Retry-After": "77"}}, 429, "rate_limited"),
    ({"status": 500, "body": TOKEN}, 503, "vendor_unavailable"),
    ({"status": 502}, 503, "vendor_unavailable"),
    ({"status": 503}, 503, "vendor_unavailable"),
    ({"status": 504}, 503, "vendor_unavailable"),
    ({"body": requests.ConnectionError(TOKEN)}, 503, "vendor_unavailable"),
    ({"body": requests.exceptions.SSLError(TOKEN)}, 503, "vendor_unavailable"),
    ({"body": requests.ReadTimeout(TOKEN)}, 504, "vendor_timeout"),
    ({"body": requests.ConnectTimeout(TOKEN)}, 504, "vendor_timeout"),
]


@pytest.mark.parametrize(("answer", "status", "code"), FAILURES)
def test_each_failure_of_the_vendor_has_its_status(
    make_app: MakeApp,
    vendor: responses.RequestsMock,
    answer: dict[str, Any],
    status: int,
    code: str,
) -> None:
    vendor.post(TOKEN_URL, **answer)
    check_problem(ask(make_app()), status, code)


@pytest.mark.parametrize(
    ("retry_after", "passed_on"),
    [("77", "77"), ("0.5", "5"), ("soon", "5"), ("-3", "5"), ("²", "5"), (None, "5")],
)
def test_when_the_vendor_says_how_long_to_wait_it_is_passed_on(
    make_app: MakeApp,
    vendor: responses.RequestsMock,
    retry_after: str | None,
    passed_on: str,
) -> None:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    vendor.post(TOKEN_URL, status=429, headers=headers)
    assert ask(make_app()).headers["Retry-After"] == passed_on


def test_time_that_the_loader_used_up_is_not_held_against_the_vendor(
    make_app: MakeApp,
    vendor: responses.RequestsMock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = make_app()
    with monkeypatch.context() as patch:
        patch.setattr(Deadline, "remaining", lambda deadline: 0.0)
        for _ in range(20):
            check_problem(ask(app), 504, "vendor_timeout")
    vendor.post(TOKEN_URL, json={"token": TOKEN})
    assert ask(app).json == {"token": TOKEN}


def test_a_vendor_that_stays_silent_is_soon_not_asked(
    make_app: MakeApp, vendor: responses.RequestsMock
) -> None:
    answer = vendor.post(TOKEN_URL, body=requests.ReadTimeout())
    app = make_app()
    answers = [ask(app).status_code for _ in range(10)]
    assert answers == [504] * 5 + [503] * 5
    assert answer.call_count == 5


def test_a_failure_is_logged_once_and_not_for_each_request(
    make_app: MakeApp,
    vendor: responses.RequestsMock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    vendor.post(TOKEN_URL, status=401)
    app = make_app()
    for _ in range(3):
        ask(app)
    (record,) = [r for r in caplog.records if r.name.startswith("flask_app_inbox")]
    assert "See `flask app-inbox check`" in record.getMessage()


# Whether the user of a page is still there

USER_PATH = "/app-inbox/user"


def test_a_page_whose_user_is_still_there_is_told_so_without_the_vendor(
    make_app: MakeApp, vendor: responses.RequestsMock
) -> None:
    app = make_app()
    headers = {"X-App-Inbox-User": tag_in(make_page(app))}
    response = app.test_client().get(USER_PATH, headers=headers)
    assert (response.status_code, response.data) == (204, b"")
    check_headers(response)
    assert len(vendor.calls) == 0


@pytest.mark.parametrize(
    ("loader", "headers", "status", "code"),
    [
        (load_nobody, {}, 401, "login_required"),
        (load_contact, {"Sec-Fetch-Site": "cross-site"}, 403, "cross_origin"),
        (load_contact, {"X-App-Inbox-User": "other"}, 409, "user_changed"),
        (lambda: 5, {}, 500, "loader_failed"),
    ],
)
def test_a_page_whose_user_is_gone_is_told_why(
    make_app: MakeApp,
    loader: Callable[[], Any],
    headers: dict[str, str],
    status: int,
    code: str,
) -> None:
    client = make_app(loader=loader).test_client()
    check_problem(client.get(USER_PATH, headers=headers), status, code)


# Whatever the site does, these stay


def cause_login_required(make: Callable[..., Flask]) -> TestResponse:
    return ask(make(loader=load_nobody))


def cause_cross_origin(make: Callable[..., Flask]) -> TestResponse:
    return ask(make(), headers={"Sec-Fetch-Site": "cross-site"})


def cause_user_changed(make: Callable[..., Flask]) -> TestResponse:
    return ask(make(), headers={"X-App-Inbox-User": "other"})


def cause_rate_limited(make: Callable[..., Flask]) -> TestResponse:
    app = make(RATE_LIMIT="1/hour")
    state_of(app).rate_limiter.check(tag_in(make_page(app)))
    return ask(app)


def tag_in(page: str) -> str:
    return page.split('data-user="')[1].split('"')[0]


def cause_loader_failed(make: Callable[..., Flask]) -> TestResponse:
    return ask(make(loader=lambda: 5))


def cause_vendor(**answer: Any) -> Callable[[Callable[..., Flask]], TestResponse]:
    def cause(make: Callable[..., Flask]) -> TestResponse:
        with responses.RequestsMock() as mock:
            mock.post(TOKEN_URL, **answer)
            return ask(make())

    return cause


CAUSES = [
    (cause_login_required, 401, "login_required"),
    (cause_cross_origin, 403, "cross_origin"),
    (cause_user_changed, 409, "user_changed"),
    (cause_rate_limited, 429, "rate_limited"),
    (cause_loader_failed, 500, "loader_failed"),
    (cause_vendor(status=401), 502, "vendor_rejected"),
    (cause_vendor(body="?"), 502, "vendor_invalid"),
    (cause_vendor(status=500), 503, "vendor_unavailable"),
    (cause_vendor(body=requests.ReadTimeout()), 504, "vendor_timeout"),
]


def log_in(error: object) -> Any:
    return redirect("/login")


def handle_statuses(app: Flask) -> None:
    for status in (401, 403, 409, 429, 500, 502, 503, 504):
        app.register_error_handler(status, log_in)


def handle_http_exceptions(app: Flask) -> None:
    app.register_error_handler(HTTPException, log_in)


def handle_everything(app: Flask) -> None:
    app.register_error_handler(Exception, log_in)


@pytest.mark.parametrize(("cause", "status", "code"), CAUSES)
@pytest.mark.parametrize(
    "prepare", [handle_statuses, handle_http_exceptions, handle_everything]
)
def test_error_pages_of_the_site_never_replace_the_problem(
    make_app: MakeApp,
    prepare: Callable[[Flask], None],
    cause: Callable[[Callable[..., Flask]], TestResponse],
    status: int,
    code: str,
) -> None:
    response = cause(lambda **more: make_app(prepare=prepare, **more))
    check_problem(response, status, code)


@pytest.mark.parametrize(("cause", "status", "code"), CAUSES)
@pytest.mark.parametrize(
    "config",
    [
        {"TESTING": True, "PROPAGATE_EXCEPTIONS": True},
        {"DEBUG": True},
        {"TRAP_HTTP_EXCEPTIONS": True},
    ],
)
def test_the_apps_mode_does_not_change_the_problem(
    make_app: MakeApp,
    config: dict[str, bool],
    cause: Callable[[Callable[..., Flask]], TestResponse],
    status: int,
    code: str,
) -> None:
    response = cause(lambda **more: make_app(config=config, **more))
    check_problem(response, status, code)


class OddFlask(Flask):
    """A site with delimiters and a JSON of its own."""

    jinja_options = {  # noqa: RUF012 - as Flask declares it
        "variable_start_string": "[[",
        "variable_end_string": "]]",
        "enable_async": True,
    }

    class json_provider_class(DefaultJSONProvider):  # noqa: N801 - Flask's name for it
        sort_keys = False
        compact = False


def test_a_subclass_of_flask_with_manners_of_its_own_gets_its_token(
    make_app: MakeApp, vendor: responses.RequestsMock
) -> None:
    vendor.post(TOKEN_URL, json={"token": TOKEN})
    assert ask(make_app(flask_class=OddFlask)).json == {"token": TOKEN}


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
def test_tokens_are_given_to_post_alone(make_app: MakeApp, method: str) -> None:
    response = make_app().test_client().open(PATH, method=method)
    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == {"OPTIONS", "POST"}


def test_a_preflight_of_another_site_is_given_no_leave(make_app: MakeApp) -> None:
    headers = {
        "Origin": "https://evil.example",
        "Access-Control-Request-Method": "POST",
    }
    response = make_app().test_client().options(PATH, headers=headers)
    assert response.data == b""
    check_headers(response)


@pytest.mark.parametrize(
    ("options", "prefix"),
    [
        ({}, "/app-inbox"),
        ({"URL_PREFIX": "/my/inbox"}, "/my/inbox"),
        ({"config": {"APPLICATION_ROOT": "/shop"}}, "/app-inbox"),
    ],
)
def test_the_endpoint_is_where_the_prefix_says(
    make_app: MakeApp, options: dict[str, Any], prefix: str
) -> None:
    app = make_app(loader=load_nobody, **options)
    check_problem(ask(app, f"{prefix}/token"), 401, "login_required")


def test_other_pages_of_the_site_are_left_as_they_are(make_app: MakeApp) -> None:
    app = make_app()
    app.add_url_rule("/page", view_func=lambda: "a page")
    headers = app.test_client().get("/page").headers
    assert "Cache-Control" not in headers
    assert "Vary" not in headers


def test_two_apps_of_one_process_keep_to_themselves(
    make_app: MakeApp, vendor: responses.RequestsMock
) -> None:
    vendor.post(TOKEN_URL, json={"token": TOKEN})
    vendor.post("https://other.test/v1/auth/contact/token", json={"token": "other"})
    one, off = make_app(), make_app(ENABLED=False)
    two = make_app(API_URL="https://other.test", URL_PREFIX="/bell")
    assert ask(one).json == {"token": TOKEN}
    assert ask(two, "/bell/token").json == {"token": "other"}
    assert [ask(two).status_code, ask(off).status_code] == [404, 404]


def test_the_blueprint_is_registered_under_its_own_name(make_app: MakeApp) -> None:
    assert make_app(loader=load_contact).blueprints["app_inbox"] is blueprint

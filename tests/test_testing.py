"""The fixtures that sites test with."""

from __future__ import annotations

import errno
import os
import re
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask, render_template_string
from flask.testing import FlaskClient

from flask_app_inbox import AppInbox, Contact, Message, VendorRejected
from flask_app_inbox.testing import SentRequest, VendorDouble

MANUAL = (Path(__file__).parents[1] / "flask_app_inbox/inbox/README.md").read_text(
    "utf-8"
)

[EXAMPLE] = re.findall(r"```python\n(# test_inbox\.py\n.*?)```", MANUAL, re.DOTALL)

ANN = Contact(email="ann@example.com", first_name="Ann")


@pytest.fixture
def app() -> Flask:
    app = Flask("shop")
    app.config.update(SECRET_KEY="a key", APP_INBOX_API_KEY="key")
    AppInbox(app).contact_loader(lambda: ANN)
    return app


def test_every_request_gets_a_token_of_its_own(
    app: Flask, app_inbox_vendor: VendorDouble
) -> None:
    client = app.test_client()
    assert client.post("/app-inbox/token").json == {"token": "token-1"}
    assert client.post("/app-inbox/token").json == {"token": "token-2"}
    app_inbox_vendor.gives("mine")
    assert client.post("/app-inbox/token").json == {"token": "mine"}
    app_inbox_vendor.gives_new_tokens()
    assert client.post("/app-inbox/token").json == {"token": "token-3"}


@pytest.mark.parametrize(
    ("choose", "status", "code"),
    [
        (VendorDouble.rejects, 502, "vendor_rejected"),
        (VendorDouble.limits_rate, 429, "rate_limited"),
        (VendorDouble.is_down, 503, "vendor_unavailable"),
        (VendorDouble.is_unreachable, 503, "vendor_unavailable"),
        (VendorDouble.times_out, 504, "vendor_timeout"),
        (VendorDouble.answers_nonsense, 502, "vendor_invalid"),
    ],
)
def test_each_failure_can_be_chosen(
    app: Flask,
    app_inbox_vendor: VendorDouble,
    choose: Callable[[VendorDouble], None],
    status: int,
    code: str,
) -> None:
    choose(app_inbox_vendor)
    answer = app.test_client().post("/app-inbox/token")
    assert (answer.status_code, (answer.json or {})["code"]) == (status, code)


def test_a_time_to_wait_is_passed_on(
    app: Flask, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.limits_rate(retry_after=40)
    assert app.test_client().post("/app-inbox/token").headers["Retry-After"] == "40"


def test_an_inbox_can_be_filled_read_and_marked(app_inbox_vendor: VendorDouble) -> None:
    app = Flask("shop")
    app.config.update(APP_INBOX_API_KEY="key")
    inbox = AppInbox(app)
    with app.app_context():
        assert inbox.messages(ANN).messages == ()
        app_inbox_vendor.has_messages(
            ["Hi", {"id": 7, "title": "Old", "html": "<b>x</b>", "read": True}]
        )
        first, second = inbox.messages(ANN).messages
        assert (first.id, first.title, first.read) == ("message-1", "Hi", False)
        assert (second.id, second.html, second.read) == ("7", "<b>x</b>", True)
        assert first.created_at is not None
        assert second.created_at is not None
        assert first.created_at > second.created_at
        inbox.mark_read(ANN, [first.id])
        assert inbox.unread_count(ANN) == 0
    marked = next(one for one in app_inbox_vendor.requests if "status" in one.path)
    assert marked == SentRequest(
        "/v1/messages/status", {"status": "OPENED", "ids": ["message-1"]}
    )


def test_a_message_has_no_other_fields_than_messages_have(
    app_inbox_vendor: VendorDouble,
) -> None:
    with pytest.raises(TypeError, match="no content"):
        app_inbox_vendor.has_messages([{"content": "x"}])


SENT = datetime(2026, 5, 17, 9, 30, tzinfo=timezone.utc)


def test_a_message_may_say_when_it_was_sent(app_inbox_vendor: VendorDouble) -> None:
    app = Flask("shop")
    app.config.update(APP_INBOX_API_KEY="key")
    inbox = AppInbox(app)
    there = timezone(timedelta(hours=3))
    times = (SENT, SENT.astimezone(there), SENT.replace(tzinfo=None), None)
    app_inbox_vendor.has_messages([{"created_at": at} for at in times])
    with app.app_context():
        found = inbox.messages(ANN).messages
        assert [one.created_at for one in found] == [SENT, SENT, SENT, None]


def test_messages_may_be_given_as_they_are_read(app_inbox_vendor: VendorDouble) -> None:
    app = Flask("shop")
    app.config.update(APP_INBOX_API_KEY="key")
    inbox = AppInbox(app)
    messages = (
        Message(
            *("m1", SENT, "Hi", "<b>x</b>", "https://cdn.example/a.png", "/orders/1"),
            category="orders",
            custom_data={"order": 1},
            read=True,
        ),
        Message("m2"),
    )
    app_inbox_vendor.has_messages(messages)
    with app.app_context():
        assert inbox.messages(ANN).messages == messages


@pytest.mark.parametrize(
    ("messages", "problem"),
    [
        ("Hi", r"has_messages\(\['Hi'\]\)"),
        (b"Hi", "Give a list"),
        ({"title": "Hi"}, "Give a list"),
        (Message("m1"), "Give a list"),
        ([["Hi"]], "A list is no message"),
        ([None], "A NoneType is no message"),
        ([{"created_at": "today"}], "a datetime or None, not a str"),
    ],
)
def test_what_is_no_list_of_messages_is_told(
    app_inbox_vendor: VendorDouble, messages: Any, problem: str
) -> None:
    with pytest.raises(TypeError, match=problem):
        app_inbox_vendor.has_messages(messages)


@pytest.fixture
def bell() -> FlaskClient:
    app = Flask("shop")
    app.config.update(
        SECRET_KEY="a key", APP_INBOX_API_KEY="key", APP_INBOX_WIDGET="site"
    )
    AppInbox(app).contact_loader(lambda: ANN)
    app.add_url_rule(
        "/", "page", lambda: render_template_string("{{ app_inbox_anchor() }}")
    )
    return app.test_client()


def test_messages_that_come_in_a_test_are_counted_at_once(
    bell: FlaskClient, app_inbox_vendor: VendorDouble
) -> None:
    for count in (1, 3, 0):
        app_inbox_vendor.has_messages(["Hi"] * count)
        assert 'data-unread=""' in bell.get("/").text
        assert bell.get("/app-inbox/unread").json == {"unread": count}
        assert f'data-unread="{count}"' in bell.get("/").text


@pytest.mark.parametrize(
    "fail",
    [
        VendorDouble.rejects,
        VendorDouble.limits_rate,
        VendorDouble.is_down,
        VendorDouble.is_unreachable,
        VendorDouble.times_out,
    ],
)
def test_a_vendor_that_comes_back_in_a_test_is_asked_at_once(
    bell: FlaskClient, app_inbox_vendor: VendorDouble, fail: Callable[..., None]
) -> None:
    fail(app_inbox_vendor)
    assert bell.get("/app-inbox/unread").status_code >= 400
    app_inbox_vendor.has_messages(["Hi"])
    assert bell.get("/app-inbox/unread").json == {"unread": 1}


def test_a_vendor_that_goes_down_in_a_test_leaves_the_last_count(
    bell: FlaskClient, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.has_messages(["Hi"])
    assert bell.get("/app-inbox/unread").json == {"unread": 1}
    app_inbox_vendor.is_down()
    told = bell.get("/app-inbox/unread").json or {}
    assert (told["unread"], "asOf" in told) == (1, True)
    app_inbox_vendor.gives_new_tokens()
    assert bell.get("/app-inbox/unread").json == {"unread": 1}


def test_a_stranger_is_known_once_they_were_created(
    app_inbox_vendor: VendorDouble,
) -> None:
    app = Flask("shop")
    app.config.update(APP_INBOX_API_KEY="key", APP_INBOX_CREATE_CONTACTS=True)
    inbox = AppInbox(app)
    app_inbox_vendor.knows_nobody()
    with app.app_context():
        assert inbox.issue_token(ANN) == "token-1"
    token, contact, again = app_inbox_vendor.requests
    assert token == SentRequest("/v1/auth/contact/token", {"email": "ann@example.com"})
    assert contact.path == "/v1/contact"
    assert contact.body["firstName"] == "Ann"
    assert again == token


def test_while_the_vendor_is_down_nobody_is_created(
    app_inbox_vendor: VendorDouble,
) -> None:
    app = Flask("shop")
    app.config.update(APP_INBOX_API_KEY="key")
    inbox = AppInbox(app)
    app_inbox_vendor.rejects(403)
    with app.app_context(), pytest.raises(VendorRejected):
        inbox.sync_contact(ANN)


def test_the_vendor_may_be_at_any_address(app_inbox_vendor: VendorDouble) -> None:
    app = Flask("shop")
    app.config.update(
        APP_INBOX_API_KEY="key",
        APP_INBOX_API_URL="https://Gateway.example:8443/vendors/es",
        APP_INBOX_TOKEN_PATH="/v3/tokens",
    )
    inbox = AppInbox(app)
    with app.app_context():
        assert inbox.issue_token(ANN) == "token-1"
        inbox.sync_contact(ANN)
        (result,) = inbox.sync_contacts([ANN])
        assert inbox.import_status(result.session_id or "").state == "FINISHED"
        assert inbox.delete_contact(Contact(external_customer_id=7))
    calls = [(one.method, one.path) for one in app_inbox_vendor.requests]
    assert calls == [
        ("POST", "/v3/tokens"),
        ("POST", "/v1/contact"),
        ("POST", "/v1/contacts"),
        ("GET", "/v1/importstatus/import-1"),
        ("DELETE", "/v1/contact"),
    ]


def test_nothing_else_leaves_the_process(app_inbox_vendor: VendorDouble) -> None:
    with pytest.raises(requests.ConnectionError):
        requests.get("https://example.com/", timeout=1)
    with pytest.raises(OSError, match="nothing leaves for the internet"):
        urllib.request.urlopen("http://1.1.1.1:9/", timeout=1)
    with socket.socket() as probe:
        probe.settimeout(1)
        assert probe.connect_ex(("1.1.1.1", 9)) == errno.ECONNREFUSED
    with socket.create_server(("127.0.0.1", 0)) as database:
        socket.create_connection(database.getsockname()).close()


def warnings_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


@pytest.mark.parametrize("enabled", [True, False])
def test_an_app_that_is_switched_off_is_named_once_it_is_asked(
    app_inbox_vendor: VendorDouble, caplog: pytest.LogCaptureFixture, enabled: bool
) -> None:
    app = Flask("shop")
    app.config.update(APP_INBOX_API_KEY="key", APP_INBOX_ENABLED=enabled)
    AppInbox(app).contact_loader(lambda: ANN)
    caplog.clear()
    answer = app.test_client().post("/app-inbox/token")
    assert answer.status_code == (200 if enabled else 404)
    told = "".join(warnings_of(caplog))
    assert ("APP_INBOX_ENABLED is False in the app 'shop'" in told) != enabled


def test_an_app_without_the_extension_is_none_of_our_business(
    app_inbox_vendor: VendorDouble, caplog: pytest.LogCaptureFixture
) -> None:
    Flask("shop").test_client().get("/")
    assert warnings_of(caplog) == []


ONE_APP_FOR_ALL = """
from flask import Flask
from flask_app_inbox import AppInbox, Contact

app = Flask("shop")
app.config.update(APP_INBOX_API_KEY="key")
AppInbox(app).contact_loader(lambda: Contact("ann@example.com"))

def ask():
    return app.test_client().post("/app-inbox/token").status_code

def test_breaker(app_inbox_vendor):
    app_inbox_vendor.times_out()
    assert [ask() for _ in range(6)] == [504] * 5 + [503]

def test_limit(app_inbox_vendor):
    assert [ask() for _ in range(31)] == [200] * 30 + [429]

def test_log(app_inbox_vendor, caplog):
    app_inbox_vendor.times_out()
    assert ask() == 504
    assert "App Inbox cannot answer" in caplog.text
"""


SWITCHED_OFF = """
import pytest
from flask import Flask
from flask_app_inbox import AppInbox, Contact

@pytest.fixture
def app():
    app = Flask("shop")
    app.config.update(APP_INBOX_ENABLED=False)
    app.inbox = AppInbox(app)
    return app

@pytest.fixture
def context(app):
    with app.app_context():
        yield

def test_endpoint(app, app_inbox_vendor):
    assert app.test_client().post("/app-inbox/token").json == {"token": "token-1"}

def test_call(app, context, app_inbox_vendor):
    app.inbox.sync_contact(Contact("ann@example.com"))
    [request] = app_inbox_vendor.requests

def test_that_passes(app, app_inbox_vendor):
    assert app.test_client().get("/").status_code == 404
"""

#: The tests of the manual, those that share an app, and those of one switched off.
MODULES = {"example": EXAMPLE, "shared": ONE_APP_FOR_ALL, "off": SWITCHED_OFF}


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What pytest prints of all these, set up as the manual says."""
    folder = tmp_path_factory.mktemp("site")
    [plugins] = re.findall(r"^pytest_plugins = .*$", MANUAL, re.MULTILINE)
    (folder / "conftest.py").write_text(plugins, "utf-8")
    for name, module in MODULES.items():
        (folder / f"test_{name}.py").write_text(module, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "."],
        cwd=folder,
        env={name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.stdout + done.stderr


def results(printed: str, name: str) -> list[str]:
    """Return how each test of a module ended."""
    return re.findall(rf"^test_{name}\.py::\w+ ([A-Z]+)", printed, re.MULTILINE)


def test_the_manuals_example_runs(printed: str) -> None:
    tests = len(re.findall(r"^def test_", EXAMPLE, re.MULTILINE))
    assert tests >= 3
    assert results(printed, "example") == ["PASSED"] * tests, printed


def test_an_app_of_all_tests_carries_nothing_from_one_to_the_next(printed: str) -> None:
    assert results(printed, "shared") == ["PASSED"] * 3, printed


def test_a_test_that_fails_because_of_that_shows_it(printed: str) -> None:
    assert results(printed, "off") == ["FAILED", "FAILED", "PASSED"], printed
    assert printed.count("APP_INBOX_ENABLED is False in the app 'shop'. So its") == 2

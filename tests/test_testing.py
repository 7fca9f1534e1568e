"""The fixtures that sites test with."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from flask import Flask

from flask_app_inbox import AppInbox, Contact
from flask_app_inbox.testing import SentRequest, VendorDouble

MANUAL = (Path(__file__).parents[1] / "flask_app_inbox/inbox/README.md").read_text(
    "utf-8"
)

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
    assert client.post("/app-inbox/token").json == {"token": "token 1"}
    assert client.post("/app-inbox/token").json == {"token": "token 2"}
    app_inbox_vendor.gives("mine")
    assert client.post("/app-inbox/token").json == {"token": "mine"}
    app_inbox_vendor.gives_new_tokens()
    assert client.post("/app-inbox/token").json == {"token": "token 3"}


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


def test_a_stranger_is_known_once_they_were_created(
    app_inbox_vendor: VendorDouble,
) -> None:
    app = Flask("shop")
    app.config.update(APP_INBOX_API_KEY="key", APP_INBOX_CREATE_CONTACTS=True)
    inbox = AppInbox(app)
    app_inbox_vendor.knows_nobody()
    with app.app_context():
        assert inbox.issue_token(ANN) == "token 1"
    token, contact, again = app_inbox_vendor.requests
    assert token == SentRequest("/v1/auth/contact/token", {"email": "ann@example.com"})
    assert contact.path == "/v1/contact"
    assert contact.body["firstName"] == "Ann"
    assert again == token


def test_while_the_vendor_is_down_nobody_is_created(
    app: Flask, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.rejects(403)
    answer = requests.post("https://yespo.io/api/v1/contact", json={}, timeout=1)
    assert answer.status_code == 403


def test_nothing_else_leaves_the_process(app_inbox_vendor: VendorDouble) -> None:
    with pytest.raises(requests.ConnectionError):
        requests.get("https://example.com/", timeout=1)


def test_the_manuals_example_runs(tmp_path: Path) -> None:
    [example] = re.findall(r"```python\n(# test_inbox\.py\n.*?)```", MANUAL, re.DOTALL)
    [plugins] = re.findall(r"^pytest_plugins = .*$", MANUAL, re.MULTILINE)
    tests = len(re.findall(r"^def test_", example, re.MULTILINE))
    assert tests >= 3
    (tmp_path / "conftest.py").write_text(plugins, "utf-8")
    (tmp_path / "test_inbox.py").write_text(example, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."],
        cwd=tmp_path,
        env={name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert f"{tests} passed" in done.stdout, done.stdout + done.stderr

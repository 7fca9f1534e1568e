"""Signals and Server-Timing: what operators can count, and what they cannot see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from blinker import NamedSignal
from flask import Flask

from flask_app_inbox import AppInbox, Contact, VendorError, signals
from flask_app_inbox.inbox.login import user_tag
from flask_app_inbox.inbox.state import EXTENSION
from flask_app_inbox.testing import VendorDouble

ANN = Contact(email="ann@example.com")

Heard = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def heard() -> Iterator[Heard]:
    """Every signal that is sent, with its data."""
    told: Heard = []
    kinds = {
        "issued": signals.token_issued,
        "failed": signals.token_failed,
        "unknown": signals.contact_unknown,
    }

    def listen(name: str, signal: NamedSignal) -> Callable[..., None]:
        def receive(sender: object, **data: Any) -> None:
            assert isinstance(sender, Flask)
            told.append((name, data))

        signal.connect(receive)
        return receive

    receivers = [listen(name, signal) for name, signal in kinds.items()]
    yield told
    for signal, receiver in zip(kinds.values(), receivers, strict=True):
        signal.disconnect(receiver)


@pytest.fixture
def inbox() -> AppInbox:
    inbox = AppInbox()
    inbox.contact_loader(lambda: ANN)
    return inbox


@pytest.fixture
def app(inbox: AppInbox) -> Flask:
    app = Flask("shop")
    app.config.update(
        SECRET_KEY="a key", APP_INBOX_API_KEY="key", APP_INBOX_RATE_LIMIT="2/minute"
    )
    inbox.init_app(app)
    return app


def test_an_issued_token_is_told_without_the_person(
    app: Flask, heard: Heard, app_inbox_vendor: VendorDouble
) -> None:
    app.test_client().post("/app-inbox/token")
    [(name, data)] = heard
    tag = user_tag(app, app.extensions[EXTENSION].settings, ANN)
    assert name == "issued"
    assert data["user"] == tag
    assert 0 <= data["duration"] < 3
    assert "ann@example.com" not in repr(data)


def test_an_unknown_contact_is_told(
    app: Flask, heard: Heard, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.knows_nobody()
    app.test_client().post("/app-inbox/token")
    assert [name for name, _ in heard] == ["unknown"]


def test_a_failure_is_told_with_its_code(
    app: Flask, heard: Heard, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.times_out()
    assert app.test_client().post("/app-inbox/token").status_code == 504
    [(name, data)] = heard
    assert (name, data["code"], data["retryable"]) == ("failed", "vendor_timeout", True)
    assert data["duration"] is not None


def test_a_failure_outside_a_request_is_told_too(
    app: Flask, inbox: AppInbox, heard: Heard, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.rejects()
    with app.app_context(), pytest.raises(VendorError):
        inbox.issue_token(ANN)
    assert heard[0][1]["code"] == "vendor_rejected"


def test_the_sites_own_limit_and_loader_are_failures(
    app: Flask, inbox: AppInbox, heard: Heard, app_inbox_vendor: VendorDouble
) -> None:
    client = app.test_client()
    for _ in range(3):
        client.post("/app-inbox/token")
    mistake: Any = lambda: "ann"  # noqa: E731 - a typed one is no mistake
    inbox.contact_loader(mistake)
    client.post("/app-inbox/token")
    codes = [data["code"] for name, data in heard if name == "failed"]
    assert codes == ["rate_limited", "loader_failed"]


def test_a_visitor_is_no_failure(
    app: Flask, inbox: AppInbox, heard: Heard, app_inbox_vendor: VendorDouble
) -> None:
    inbox.contact_loader(lambda: None)
    assert app.test_client().post("/app-inbox/token").status_code == 401
    assert heard == []


def test_a_receiver_may_be_async(app: Flask, app_inbox_vendor: VendorDouble) -> None:
    told: list[str] = []

    async def receive(_: Flask, *, user: str, **__: object) -> None:
        told.append(user)

    with signals.token_issued.connected_to(receive, sender=app):
        app.test_client().post("/app-inbox/token")
    assert len(told) == 1


def test_the_browser_is_told_how_long_the_vendor_took(
    app: Flask, app_inbox_vendor: VendorDouble
) -> None:
    client = app.test_client()
    timing = client.post("/app-inbox/token").headers["Server-Timing"]
    name, _, duration = timing.partition(";dur=")
    assert name == "vendor"
    assert float(duration) >= 0
    app_inbox_vendor.answers_nonsense()
    assert "vendor;dur=" in client.post("/app-inbox/token").headers["Server-Timing"]


def test_where_the_vendor_was_not_asked_no_time_is_told(
    app: Flask, inbox: AppInbox
) -> None:
    inbox.contact_loader(lambda: None)
    assert "Server-Timing" not in app.test_client().post("/app-inbox/token").headers

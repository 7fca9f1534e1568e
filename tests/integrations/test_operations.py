"""Signals in the hands of Prometheus and Sentry, as README shows them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
from flask import Flask
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from flask_app_inbox import AppInbox, Contact
from flask_app_inbox.signals import contact_unknown, token_failed, token_issued
from flask_app_inbox.testing import VendorDouble


@pytest.fixture
def app() -> Flask:
    app = Flask("shop")
    app.config.update(SECRET_KEY="a key", APP_INBOX_API_KEY="hidden-key")
    AppInbox(app).contact_loader(lambda: Contact(email="ann@example.com"))
    return app


def test_prometheus_counts_tokens_and_failures(
    app: Flask, app_inbox_vendor: VendorDouble
) -> None:
    registry = CollectorRegistry()
    tokens = Counter("app_inbox_tokens", "Answers.", ["code"], registry=registry)
    vendor = Histogram("app_inbox_vendor_seconds", "Vendor.", registry=registry)

    def count(
        _: Flask, code: str = "ok", duration: float | None = None, **__: object
    ) -> None:
        tokens.labels(code).inc()
        if duration is not None:
            vendor.observe(duration)

    def count_unknown(sender: Flask, **data: Any) -> None:
        count(sender, code="contact_unknown", **data)

    client = app.test_client()
    with (
        token_issued.connected_to(count, app),
        token_failed.connected_to(count, app),
        contact_unknown.connected_to(count_unknown, app),
    ):
        client.post("/app-inbox/token")
        app_inbox_vendor.knows_nobody()
        client.post("/app-inbox/token")
        app_inbox_vendor.rejects()
        client.post("/app-inbox/token")
    told = generate_latest(registry).decode()
    for code in ("ok", "contact_unknown", "vendor_rejected"):
        assert f'app_inbox_tokens_total{{code="{code}"}} 1.0' in told
    assert "app_inbox_vendor_seconds_count 3.0" in told
    assert "ann" not in told


@pytest.fixture
def events() -> Iterator[list[dict[str, Any]]]:
    """What Sentry would have sent."""
    sent: list[dict[str, Any]] = []

    def keep(event: Any, _: Any) -> None:
        sent.append(event)

    sentry_sdk.init(
        dsn="https://public@sentry.invalid/1",
        before_send=keep,
        default_integrations=False,
        auto_enabling_integrations=False,
    )
    yield sent
    sentry_sdk.init()


def test_sentry_hears_of_what_an_owner_must_mend(
    app: Flask, app_inbox_vendor: VendorDouble, events: list[dict[str, Any]]
) -> None:
    def report(_: Flask, code: str, retryable: bool, **__: object) -> None:
        if not retryable:
            sentry_sdk.capture_message(f"App Inbox: {code}", level="error")

    client = app.test_client()
    with token_failed.connected_to(report, app):
        app_inbox_vendor.times_out()
        client.post("/app-inbox/token")
        app_inbox_vendor.rejects()
        client.post("/app-inbox/token")
    assert [event["message"] for event in events] == ["App Inbox: vendor_rejected"]
    assert "hidden-key" not in repr(events)
    assert "ann@example.com" not in repr(events)

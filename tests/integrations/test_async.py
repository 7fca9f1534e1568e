"""Async views, async loaders and receivers, and all at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, g, render_template_string

from flask_app_inbox import AppInbox, Contact, signals
from flask_app_inbox.testing import VendorDouble
from tests.integrations.conftest import LAYOUT, ask, shown


class AsOlderAsgiref(Flask):
    """Wraps async functions as asgiref did up to 3.11.1.

    What was made while a loop ran in the same thread ran in that loop, whoever called
    it. It waited for ever where the loop waited for the caller; here it says so.
    """

    def async_to_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return super().async_to_sync(func)

        def wait_for_ever(*_: Any, **__: Any) -> None:
            raise AssertionError("the loop would wait for itself")

        return wait_for_ever


async def look_up() -> str:
    await asyncio.sleep(0)
    return "ann@example.com"


@pytest.fixture(params=[Flask, AsOlderAsgiref])
def app(request: pytest.FixtureRequest) -> Flask:
    app: Flask = request.param("shop")
    app.config.update(SECRET_KEY="a key", APP_INBOX_API_KEY="key")
    inbox = AppInbox(app)

    @inbox.contact_loader
    async def contact() -> Contact:
        # The context of this request is there, whatever thread this runs in.
        return Contact(email=await look_up(), first_name=g.name)

    @inbox.language_loader
    async def language() -> str:
        await asyncio.sleep(0)
        return "uk"

    @app.before_request
    def set_name() -> None:
        g.name = "Ann"

    @app.get("/sync")
    def sync() -> str:
        return render_template_string(LAYOUT)

    @app.get("/async")
    async def page() -> str:
        await asyncio.sleep(0)
        return render_template_string(LAYOUT)

    @app.get("/token")
    async def token() -> str:
        return inbox.issue_token(Contact(email=await look_up()))

    return app


@pytest.mark.parametrize("path", ["/sync", "/async"])
def test_an_async_loader_serves_any_view(
    app: Flask, app_inbox_vendor: VendorDouble, path: str
) -> None:
    client = app.test_client()
    page = shown(client.get(path))
    assert page.attribute("data-language") == "uk"
    assert ask(client, page).json == {"token": "token-1"}


@pytest.mark.parametrize("name", ["token_issued", "contact_unknown", "token_failed"])
def test_async_receivers_hear_of_what_happens_in_async_views(
    app: Flask, app_inbox_vendor: VendorDouble, name: str
) -> None:
    if name == "contact_unknown":
        app_inbox_vendor.knows_nobody()
    elif name == "token_failed":
        app_inbox_vendor.rejects()
    heard: list[str] = []

    async def write(_: Flask, user: str, **__: object) -> None:
        heard.append(await look_up())

    with getattr(signals, name).connected_to(write, sender=app):
        app.test_client().get("/token")
    assert heard == ["ann@example.com"]


def test_a_nonce_may_be_fetched_by_an_async_function() -> None:
    async def nonce() -> str:
        await asyncio.sleep(0)
        return "YWJj"

    app = Flask("shop")
    app.config.update(SECRET_KEY="a key", APP_INBOX_API_KEY="key")
    AppInbox(app, csp_nonce=nonce).contact_loader(  # type: ignore[arg-type]  # documented as a plain one
        lambda: Contact(email="ann@example.com")
    )
    app.add_url_rule("/", "index", lambda: render_template_string(LAYOUT))
    assert shown(app.test_client().get("/")).attribute("nonce") == "YWJj"


def test_an_error_of_an_async_loader_costs_the_bell_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = Flask("shop")
    app.config.update(APP_INBOX_API_KEY="key", TESTING=True)

    async def broken() -> Contact:
        raise LookupError("no database")

    AppInbox(app).contact_loader(broken)

    @app.get("/")
    async def page() -> str:
        return render_template_string(LAYOUT)

    page_without_bell = app.test_client().get("/")
    assert page_without_bell.status_code == 200
    assert "data-token-url" not in page_without_bell.text
    assert "The contact_loader raised LookupError." in caplog.text

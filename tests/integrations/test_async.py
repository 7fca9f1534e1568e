"""Async views, async loaders, and both at once."""

from __future__ import annotations

import asyncio

import pytest
from flask import Flask, g, render_template_string

from flask_app_inbox import AppInbox, Contact
from flask_app_inbox.testing import VendorDouble
from tests.integrations.conftest import LAYOUT, ask, shown


async def look_up() -> str:
    await asyncio.sleep(0)
    return "ann@example.com"


@pytest.fixture
def app() -> Flask:
    app = Flask("shop")
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

    return app


@pytest.mark.parametrize("path", ["/sync", "/async"])
def test_an_async_loader_serves_any_view(
    app: Flask, app_inbox_vendor: VendorDouble, path: str
) -> None:
    client = app.test_client()
    page = shown(client.get(path))
    assert page.attribute("data-language") == "uk"
    assert ask(client, page).json == {"token": "token 1"}


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

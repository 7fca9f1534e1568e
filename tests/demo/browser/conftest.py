"""The demo shop on a real port, for a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from flask import Flask
from playwright.sync_api import Page

from demo.shop.registration import register
from flask_app_inbox.sandbox import SandboxServer
from tests.browser.complaints import Complaints
from tests.browser.fixtures import browser, context, new_context, page, serve
from tests.demo.conftest import MakeShop, field

__all__ = ["browser", "context", "new_context", "page", "serve"]


@pytest.fixture
def complaints(serve: Callable[[Flask], str]) -> Iterator[Complaints]:
    """Fail a test whose pages complain about anything that it did not expect.

    The server is there first, and so outlives the pages: one that still loads
    something while its server ends would complain.
    """
    complaints = Complaints()
    yield complaints
    assert complaints.unexpected == []


@pytest.fixture
def address(shop: Flask, serve: Callable[[Flask], str]) -> str:
    """Return where the shop is."""
    return serve(shop)


@pytest.fixture
def oauth_address(
    make_shop: MakeShop, sandbox: SandboxServer, serve: Callable[[Flask], str]
) -> str:
    """Return where a shop is that was registered with the sandbox by its address."""
    shops: list[Flask] = []

    def site(*arguments: Any) -> Any:
        return shops[0](*arguments)

    address = serve(cast(Flask, site))
    registered = register(sandbox.url, address)
    shops.append(make_shop(SHOP_SANDBOX_URL=sandbox.url, **registered))
    return address


def enter(page: Page, address: str, email: str = "olena@example.com") -> None:
    """Log in without the login page's help, and open the home page."""
    browser = page.context.request
    token = field(browser.get(f"{address}/login").text(), "csrf_token")
    form: dict[str, str | float | bool] = {
        "csrf_token": token,
        "email": email,
        "password": "demo",
    }
    answer = browser.post(f"{address}/login", form=form, max_redirects=0)
    assert answer.status == 302
    page.goto(f"{address}/")

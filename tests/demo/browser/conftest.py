"""The demo shop on a real port, for a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page

from demo.registration import register
from demo.sandbox import SandboxClient
from demo.seeds import Keeper
from flask_app_inbox.sandbox import SandboxServer
from tests.demo.conftest import MakeShop, field
from tests.fixtures.chromium import browser, driver

__all__ = ["browser", "driver"]


#: Who looks at no picture opens this page: the home page takes twice as long.
PLAIN_PATH = "/basket"


@pytest.fixture
def still_page(new_context: Callable[..., BrowserContext]) -> Page:
    """A page without movement."""
    return new_context(reduced_motion="reduce").new_page()


@pytest.fixture
def address(
    make_shop: MakeShop,
    sandbox: SandboxServer,
    serve: Callable[[Flask], str],
    settings: dict[str, Any],
) -> str:
    """Return where the shop is, for which the sandbox is filled."""
    shop = make_shop(SHOP_SANDBOX_URL=sandbox.url, **settings)
    address = serve(shop)
    Keeper(shop, SandboxClient(sandbox.url, lambda _: None), address).look()
    return address


@pytest.fixture
def oauth_address(
    make_shop: MakeShop, sandbox: SandboxServer, serve: Callable[..., str]
) -> str:
    """Return where a shop is that was registered with the sandbox by its address."""
    shops: list[Flask] = []

    def site(*arguments: Any) -> Any:
        return shops[0](*arguments)

    address = serve(site)
    registered = register(sandbox.url, address)
    shops.append(make_shop(SHOP_SANDBOX_URL=sandbox.url, **registered))
    Keeper(shops[0], SandboxClient(sandbox.url, lambda _: None), address).look()
    return address


def enter(
    page: Page,
    address: str,
    email: str = "olena@example.com",
    *,
    path: str = PLAIN_PATH,
) -> None:
    """Log in without the login page's help, and open a page."""
    browser = page.context.request
    token = field(browser.get(f"{address}/login").text(), "csrf_token")
    form: dict[str, str | float | bool] = {
        "csrf_token": token,
        "email": email,
        "password": "demo",
    }
    answer = browser.post(f"{address}/login", form=form, max_redirects=0)
    assert answer.status == 302
    page.goto(address + path)


def leave(page: Page, address: str) -> None:
    """Log out as another tab of the browser does."""
    browser = page.context.request
    token = field(browser.get(f"{address}/account").text(), "csrf_token")
    form: dict[str, str | float | bool] = {"csrf_token": token}
    answer = browser.post(f"{address}/logout", form=form, max_redirects=0)
    assert answer.status == 302

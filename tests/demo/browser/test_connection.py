"""The owner connects the shop in a browser, and the bell rings without a key."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from werkzeug.serving import make_server

from demo.shop.registration import register
from tests.browser.bell import bell
from tests.demo.conftest import MakeShop, SandboxView
from tests.fixtures.complaints import FAILED_LOAD, Complaints


@pytest.fixture
def oauth_address(make_shop: MakeShop, sandbox: SandboxView) -> Iterator[str]:
    """Return where a shop is that was registered with the sandbox by its address."""
    server = make_server("127.0.0.1", 0, lambda *_: [], threaded=True)
    address = f"http://127.0.0.1:{server.server_port}"
    registered = register(sandbox.url, address)
    server.app = make_shop(SHOP_SANDBOX_URL=sandbox.url, **registered)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield address
    server.shutdown()
    thread.join(timeout=10)
    server.server_close()


def _enter(page: Page, address: str, email: str) -> None:
    page.goto(f"{address}/login")
    page.get_by_role("button", name=email).click()
    page.locator("form[data-login]").get_by_role("button").click()
    page.wait_for_url(f"{address}/")


def test_the_owner_connects_and_the_bell_rings_by_oauth(
    oauth_address: str, page: Page
) -> None:
    _enter(page, oauth_address, "olena@example.com")
    expect(page.get_by_role("link", name="Olena")).to_be_visible()
    expect(bell(page)).to_have_count(0)
    page.get_by_role("button", name="Log out").first.click()

    _enter(page, oauth_address, "owner@example.com")
    page.get_by_role("button", name="How it works").click()
    page.get_by_role("link", name="Connect", exact=True).click()
    expect(page.get_by_role("heading", name="Not connected yet")).to_be_visible()
    page.locator("main").get_by_role("link", name="Connect", exact=True).click()
    page.get_by_label("Account").fill("Zavarka Ltd")
    page.locator("button[value=allow]").click()
    page.wait_for_url(f"{oauth_address}/connect")
    expect(page.get_by_role("heading", name="Connected", exact=True)).to_be_visible()
    expect(page.get_by_text("Zavarka Ltd")).to_be_visible()
    for words in (
        "The owner wants to connect.",
        "The vendor asks the owner",
        "The browser brings the code.",
        "trades a code or its refresh token",
        "tries its access token",
    ):
        said = page.locator(".flow-calls li").filter(has_text=words)
        expect(said.first).to_be_visible()
    page.get_by_role("button", name="Log out").first.click()

    _enter(page, oauth_address, "olena@example.com")
    bell(page, 4).wait_for()


def test_the_owners_menu_fits_every_screen(
    oauth_address: str, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context(viewport={"width": 320, "height": 700}).new_page()
    _enter(page, oauth_address, "owner@example.com")
    page.goto(f"{oauth_address}/connect")
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="Українська").click()
    expect(page.locator("html")).to_have_attribute("lang", "uk")
    for width in (320, 800, 939, 940, 1280):
        page.set_viewport_size({"width": width, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_refusal_connects_nothing(
    oauth_address: str, page: Page, complaints: Complaints
) -> None:
    complaints.expected.append(rf"{FAILED_LOAD}.*400")
    _enter(page, oauth_address, "owner@example.com")
    page.goto(f"{oauth_address}/connect")
    page.locator("main").get_by_role("link", name="Connect", exact=True).click()
    page.locator("button[value=deny]").click()
    expect(page.get_by_role("alert")).to_contain_text("did not allow")
    page.get_by_role("link", name="Back to the connection").click()
    expect(page.get_by_role("heading", name="Not connected yet")).to_be_visible()

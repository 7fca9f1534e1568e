"""Everybody can use shop, bell and console: axe-core, keyboard alone, 320 pixels."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from flask_app_inbox.sandbox import SandboxServer
from tests.browser.bell import bell, open_panel
from tests.browser.test_navigation import source_of

PAGES = ["/", "/things/teapot", "/basket", "/account", "/ask"]
RUN = (
    "axe.run().then(({ violations }) => violations.map((v) => [v.id, v.nodes[0].html]))"
)


def barriers(page: Page) -> list[list[str]]:
    """Return what axe-core finds in a page as it stands."""
    page.evaluate(source_of("axe-core/axe.min.js"))
    found: list[list[str]] = page.evaluate(RUN)
    return found


@pytest.fixture(params=["light", "dark"])
def tinted_page(
    request: pytest.FixtureRequest, new_context: Callable[..., BrowserContext]
) -> Page:
    """A page in each colour scheme, without movement."""
    context = new_context(color_scheme=request.param, reduced_motion="reduce")
    return context.new_page()


def test_no_page_of_the_shop_has_a_barrier(
    tinted_page: Page, address: str, enter: Callable[[Page], None]
) -> None:
    tinted_page.goto(f"{address}/login")
    found = {"/login": barriers(tinted_page)}
    enter(tinted_page)
    for path in PAGES:
        tinted_page.goto(address + path)
        bell(tinted_page, 4).wait_for()
        found[path] = barriers(tinted_page)
    assert {path: list_ for path, list_ in found.items() if list_} == {}


def test_the_open_panel_has_no_barrier(
    tinted_page: Page, enter: Callable[[Page], None]
) -> None:
    enter(tinted_page)
    expect(open_panel(tinted_page).locator(".aib-message")).to_have_count(4)
    assert barriers(tinted_page) == []


def test_the_open_drawer_has_no_barrier(
    tinted_page: Page, enter: Callable[[Page], None]
) -> None:
    enter(tinted_page)
    bell(tinted_page, 4).wait_for()
    tinted_page.get_by_role("button", name="How it works").click()
    expect(tinted_page.get_by_text("POST /app-inbox/token").first).to_be_visible()
    assert barriers(tinted_page) == []


def test_the_sandboxs_console_has_no_barrier(
    tinted_page: Page, sandbox: SandboxServer
) -> None:
    tinted_page.goto(sandbox.url)
    expect(tinted_page.get_by_text("Live log")).to_be_visible()
    assert barriers(tinted_page) == []


def test_a_message_is_read_with_the_keyboard_alone(
    new_context: Callable[..., BrowserContext], enter: Callable[[Page], None]
) -> None:
    page = new_context(viewport={"width": 320, "height": 640}).new_page()
    enter(page)
    bell(page, 4).wait_for()
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('aib-bell')"):
            break
    page.keyboard.press("Enter")
    panel = page.get_by_role("dialog", name="Notifications")
    expect(panel).to_be_visible()
    expect(panel.locator(".aib-message")).to_have_count(4)
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('aib-open')"):
            break
    page.keyboard.press("Enter")
    bell(page, 3).wait_for()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(bell(page)).to_be_focused()

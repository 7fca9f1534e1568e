"""Everybody can use shop, bell and console: axe-core, and the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from flask_app_inbox.sandbox import SandboxServer
from tests.fixtures.axe import barriers_in_light_and_dark
from tests.fixtures.bell import bell, open_panel

from .conftest import enter

PAGES = ["/", "/things/teapot", "/basket", "/account", "/ask"]
#: Whether the focus is there, in a shadow tree, too.
IS_FOCUSED = """selector => {
  let { activeElement: active } = document;
  active = active.shadowRoot?.activeElement || active;
  return active.matches(selector);
}"""


def test_no_page_panel_or_drawer_of_the_shop_has_a_barrier(
    still_page: Page, address: str
) -> None:
    page = still_page
    page.goto(f"{address}/login")
    found = {"/login": barriers_in_light_and_dark(page)}
    enter(page, address)
    for path in PAGES:
        page.goto(address + path)
        bell(page, 4).wait_for()
        found[path] = barriers_in_light_and_dark(page)
    panel = open_panel(page)
    expect(panel.get_by_role("listitem")).to_have_count(4)
    found["panel"] = barriers_in_light_and_dark(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="How it works").click()
    page.locator(".flow-anchor summary").click()
    expect(page.get_by_text("GET /app-inbox/messages").first).to_be_visible()
    found["drawer"] = barriers_in_light_and_dark(page)
    assert {place: list_ for place, list_ in found.items() if list_} == {}


def test_the_sandboxs_console_has_no_barrier(
    still_page: Page, sandbox: SandboxServer
) -> None:
    still_page.goto(sandbox.url)
    expect(still_page.get_by_text("Live log")).to_be_visible()
    assert barriers_in_light_and_dark(still_page) == []


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate(IS_FOCUSED, selector):
            return
    pytest.fail(f"the keyboard does not reach {selector}")


def test_a_message_is_read_with_the_keyboard_alone(
    new_context: Callable[..., BrowserContext], address: str
) -> None:
    page = new_context(viewport={"width": 320, "height": 640}).new_page()
    enter(page, address)
    bell(page, 4).wait_for()
    tab_to(page, "[part=bell]")
    page.keyboard.press("Enter")
    panel = page.get_by_role("dialog", name="Notifications")
    expect(panel.get_by_role("listitem")).to_have_count(4)
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(bell(page, 4)).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "[part=title]")
    link = page.evaluate("document.activeElement.shadowRoot.activeElement.href")
    page.keyboard.press("Enter")
    page.wait_for_url(link)
    bell(page, 3).wait_for()

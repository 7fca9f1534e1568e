"""Everybody can use shop, bell and console: axe-core, and the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from flask_app_inbox.sandbox import SandboxServer
from tests.fixtures.bell import bell, open_panel
from tests.fixtures.libraries import source_of

from .conftest import enter

PAGES = ["/", "/things/teapot", "/basket", "/account", "/ask"]
#: Whether the focus is there, in a shadow tree, too.
IS_FOCUSED = """selector => {
  let { activeElement: active } = document;
  active = active.shadowRoot?.activeElement || active;
  return active.matches(selector);
}"""
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


def test_no_page_panel_or_drawer_of_the_shop_has_a_barrier(
    tinted_page: Page, address: str
) -> None:
    tinted_page.goto(f"{address}/login")
    found = {"/login": barriers(tinted_page)}
    enter(tinted_page, address)
    for path in PAGES:
        tinted_page.goto(address + path)
        bell(tinted_page, 4).wait_for()
        found[path] = barriers(tinted_page)
    panel = open_panel(tinted_page)
    expect(panel.get_by_role("listitem")).to_have_count(4)
    found["panel"] = barriers(tinted_page)
    tinted_page.keyboard.press("Escape")
    tinted_page.get_by_role("button", name="How it works").click()
    tinted_page.locator(".flow-anchor summary").click()
    expect(tinted_page.get_by_text("POST /app-inbox/token").first).to_be_visible()
    found["drawer"] = barriers(tinted_page)
    assert {place: list_ for place, list_ in found.items() if list_} == {}


def test_the_sandboxs_console_has_no_barrier(
    tinted_page: Page, sandbox: SandboxServer
) -> None:
    tinted_page.goto(sandbox.url)
    expect(tinted_page.get_by_text("Live log")).to_be_visible()
    assert barriers(tinted_page) == []


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

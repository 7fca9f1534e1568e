"""The bell of a real site: its endpoints, and the sandbox as the vendor."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.bell.conftest import bell, open_panel, panel
from tests.fixtures.control import Control

ANN = "ann@example.com"


@pytest.fixture
def address(real_shop: str, control: Control) -> str:
    control.add(ANN, "First", "Second")
    return real_shop


def test_messages_are_shown_and_read(
    context: BrowserContext, page: Page, address: str
) -> None:
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    expect(bell(page, 2)).to_be_visible()
    open_panel(page)
    expect(panel(page).get_by_role("listitem")).to_have_count(2)
    panel(page).get_by_role("button", name="Second").click()
    expect(bell(page, 1)).to_be_visible()
    panel(page).get_by_role("button", name="Mark all as read").click()
    expect(bell(page, 0)).to_be_visible()
    page.reload()
    expect(bell(page, 0)).to_be_visible()
    assert [url for url in asked if not url.startswith(address)] == []


def test_the_next_page_has_the_count_in_its_html(
    new_context: Callable[..., BrowserContext], page: Page, address: str
) -> None:
    page.goto(address)
    expect(bell(page, 2)).to_be_visible()
    without = new_context(java_script_enabled=False).new_page()
    without.goto(address)
    link = without.get_by_role("link", name="Notifications, 2 unread")
    expect(link).to_have_text("2")
    link.click()
    expect(without.get_by_text("Second")).to_be_visible()


def test_the_page_without_javascript_fits_a_phone(
    new_context: Callable[..., BrowserContext], address: str, control: Control
) -> None:
    content = f"<pre>{'x' * 200}</pre><h3>{'y' * 100}</h3>"
    control.send(ANN, "T" * 100, content=content)
    size = {"width": 320, "height": 640}
    page = new_context(java_script_enabled=False, viewport=size).new_page()
    page.goto(f"{address}/app-inbox/")
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_role("status")).to_have_text("Marked as read.")
    page.wait_for_load_state()  # its style sheet comes after its text
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width == size["width"]
    page.get_by_role("link", name="Back to the site").click()
    expect(page).to_have_url(f"{address}/")

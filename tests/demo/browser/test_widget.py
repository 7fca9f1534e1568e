"""The same inbox, drawn by the vendor's script and by the shop."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.fixtures.bell import WIDGET, bell

from .conftest import enter
from .test_layout import FONTS, LOOK


def choose(page: Page, name: str) -> None:
    """Choose in the drawer who draws the bell."""
    page.get_by_role("button", name=name).click()
    page.locator(".note", has_text="bell").wait_for()


def test_the_shops_own_bell_fits_the_header_and_shows_the_same_inbox(
    page: Page, address: str
) -> None:
    enter(page, address)
    bell(page, 4).wait_for()
    page.get_by_role("button", name="How it works").click()
    choose(page, "The shop itself")
    own = page.get_by_role("button", name="Notifications, 4 unread", exact=True)
    expect(own).to_be_visible()
    expect(page.locator(WIDGET)).to_have_count(0)
    for width in (320, 480, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(LOOK, FONTS) == [], width
    own.click()
    panel = page.get_by_role("dialog", name="Notifications")
    expect(panel.get_by_role("listitem")).not_to_have_count(0)
    panel.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_role("button", name="Notifications, no unread")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="How it works").click()
    choose(page, "s script")
    bell(page, 0).wait_for()

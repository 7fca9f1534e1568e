"""The same inbox, drawn by the vendor's script and by the shop."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.fixtures.bell import WIDGET, bell, open_panel

from .conftest import enter
from .test_layout import FONTS, LOOK


def choose(page: Page, name: str) -> None:
    """Choose in the drawer who draws the bell."""
    page.get_by_role("button", name=name).click()
    page.locator(".note", has_text="bell").wait_for()


def test_shop_and_vendor_show_the_same_inbox_in_the_same_place(
    page: Page, address: str
) -> None:
    enter(page, address)
    bell(page, 4).wait_for()
    own_place = bell(page).bounding_box()
    expect(page.locator(WIDGET)).to_have_count(0)
    page.get_by_role("button", name="How it works").click()
    choose(page, "s script")
    expect(page.locator(WIDGET)).to_have_count(1)
    bell(page, 4).wait_for()
    page.get_by_role("button", name="Close", exact=True).click()
    assert bell(page).bounding_box() == own_place
    for width in (320, 480, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(LOOK, FONTS) == [], width
    panel = open_panel(page)
    expect(panel.get_by_role("listitem")).to_have_count(4)
    panel.get_by_role("button", name="Mark all as read").click()
    bell(page, 0).wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="How it works").click()
    choose(page, "The shop itself")
    expect(page.locator(WIDGET)).to_have_count(0)
    bell(page, 0).wait_for()

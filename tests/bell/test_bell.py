"""The bell and its panel in a real browser, under the strictest policy."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.bell.conftest import bell, open_panel
from tests.bell.inbox import Inbox


def test_the_panel_shows_the_messages(page: Page, shop: str, inbox: Inbox) -> None:
    inbox.arrive(
        "Order <b>shipped</b>", html="<p>It is <b>on its way</b> &amp; soon.</p>"
    )
    inbox.arrive("Sale", read=True)
    page.goto(shop)
    expect(bell(page, 1)).to_be_visible()
    panel = open_panel(page)
    expect(panel.get_by_role("listitem")).to_have_count(2)
    expect(panel.get_by_text("It is on its way & soon.")).to_be_visible()

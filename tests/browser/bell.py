"""The sandbox's bell and panel, as people find them."""

from __future__ import annotations

from playwright.sync_api import Locator, Page


def bell(page: Page, unread: int | None = None) -> Locator:
    """Return the bell; with a number, only when it tells so many unread."""
    if unread is None:
        return page.locator("button.aib-bell")
    words = f"{unread} unread" if unread else "no unread"
    return page.get_by_role("button", name=f"Notifications, {words}", exact=True)


def open_panel(page: Page) -> Locator:
    """Open the panel by a click on the bell and return it."""
    bell(page).click()
    panel = page.get_by_role("dialog", name="Notifications")
    panel.wait_for()
    return panel


def message(page: Page, title: str) -> Locator:
    """Return the button that opens one message of the panel."""
    return page.get_by_role("dialog").get_by_role("button", name=title)

"""The demo shop on a real port, for a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.browser.complaints import Complaints
from tests.browser.fixtures import browser, context, new_context, page, serve

__all__ = ["browser", "context", "new_context", "page", "serve"]


@pytest.fixture
def complaints(serve: Callable[[Flask], str]) -> Iterator[Complaints]:
    """Fail a test whose pages complain about anything that it did not expect.

    The server is there first, and so outlives the pages: one that still loads
    something while its server ends would complain.
    """
    complaints = Complaints()
    yield complaints
    assert complaints.unexpected == []


@pytest.fixture
def address(shop: Flask, serve: Callable[[Flask], str]) -> str:
    """Return where the shop is."""
    return serve(shop)


@pytest.fixture
def enter(address: str) -> Callable[[Page], None]:
    """Return a function that logs a page in as Olena, with the offered account."""

    def enter(page: Page) -> None:
        page.goto(f"{address}/login")
        page.get_by_role("button", name="olena@example.com").click()
        page.locator("form[data-login]").get_by_role("button").click()
        page.wait_for_url(f"{address}/")

    return enter

"""The demo shop on a real port, for a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.fixtures.chromium import browser

__all__ = ["browser"]


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

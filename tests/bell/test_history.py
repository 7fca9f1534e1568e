"""Pages from the back/forward cache keep nothing, and ask who is here."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.bell.conftest import (
    IS_DEFINED,
    LEAST_PAUSE,
    NOTE_PAGES,
    WITHOUT_LATER,
    bell,
    open_panel,
    panel,
)
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.control import Control
from tests.fixtures.history import browser
from tests.fixtures.waiting import wait_in

__all__ = ["browser"]

ANN = "ann@example.com"
#: Keeps what the bell shows in the moment in which its page comes back.
KEEP_RESTORED = """() => addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  const { shadowRoot } = document.querySelector("app-inbox-bell");
  window.restored = shadowRoot.innerHTML; })"""


@pytest.fixture
def address(page: Page, real_shop: str, control: Control) -> str:
    """A site; Ann's page of it is open, and so is its panel."""
    control.add(ANN, "Secret of Ann")
    control.add("bob@example.com")
    page.clock.install()
    page.goto(real_shop)
    open_panel(page)
    expect(panel(page).get_by_text("Secret of Ann")).to_be_visible()
    page.evaluate(KEEP_RESTORED)
    return real_shop


def come_back(page: Page) -> str:
    """Go back to the page that the cache has; returns what its bell showed at first."""
    page.go_back(wait_until="commit")
    wait_in(page, lambda: page.evaluate("window.restored"))
    return str(page.evaluate("window.restored"))


def test_a_page_that_comes_back_shows_the_count_of_now(
    page: Page, address: str, control: Control
) -> None:
    page.goto(f"{address}/two")
    expect(bell(page, 1)).to_be_visible()
    restored = come_back(page)
    assert "Secret" not in restored
    assert 'aria-label="Notifications"' in restored
    expect(panel(page)).to_be_hidden()
    page.clock.run_for(LEAST_PAUSE)
    expect(bell(page, 1)).to_be_visible()


def test_a_page_that_comes_back_says_so_after_the_one_that_goes(
    page: Page, address: str
) -> None:
    other = page.context.new_page()
    other.goto(address)
    expect(bell(other, 1)).to_be_visible()
    other.evaluate(NOTE_PAGES)
    page.goto(f"{address}/two")
    expect(bell(page, 1)).to_be_visible()
    wait_in(other, lambda: len(other.evaluate("pages")) == 2)
    come_back(page)
    wait_in(other, lambda: len(other.evaluate("pages")) == 4)
    assert other.evaluate("pages") == ["goes", "comes"] * 2


def test_a_page_that_was_left_at_once_comes_back_without_its_count(
    page: Page, address: str
) -> None:
    page.add_init_script(WITHOUT_LATER)
    page.goto(f"{address}/two")
    expect(page.get_by_role("link", name="Notifications, 1 unread")).to_be_visible()
    assert not page.evaluate(IS_DEFINED)
    page.evaluate(KEEP_RESTORED)
    page.goto(address)
    assert 'aria-label="Notifications"' in come_back(page)


def test_a_page_of_somebody_else_comes_back_without_a_bell(
    page: Page, address: str, complaints: Complaints
) -> None:
    complaints.expected.append(FAILED_LOAD)
    page.goto(f"{address}/login?email=bob@example.com")
    restored = come_back(page)
    assert "Secret" not in restored
    page.clock.run_for(LEAST_PAUSE)
    expect(page.locator("app-inbox-bell a")).to_have_count(0)

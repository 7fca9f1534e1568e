"""Pages from the browser's back/forward cache."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.bell import bell, expect_nothing_of, open_panel
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.control import Control
from tests.fixtures.history import browser, come_back

__all__ = ["browser"]

ANN = "ann@example.com"
BOB = "bob@example.com"

#: Keeps what a page shows in the moment in which it comes back.
KEEP_RESTORED = """addEventListener("pageshow", ({ persisted }) => {
  if (persisted) window.restored = document.body.innerHTML; })"""


@pytest.fixture(autouse=True)
def refused_requests(complaints: Complaints) -> None:
    complaints.expected = [FAILED_LOAD]


@pytest.fixture
def site(page: Page, control: Control, make_site: Callable[..., str]) -> str:
    """A site; Ann's page of it is open, and so is its panel."""
    control.add(ANN, "Secret of Ann")
    control.add(BOB)
    site = make_site()
    page.goto(f"{site}/login?email={ANN}")
    open_panel(page)
    expect(page.get_by_text("Secret of Ann")).to_be_visible()
    page.evaluate(KEEP_RESTORED)
    return site


def test_a_page_that_comes_back_shows_its_bell_again(
    site: str, page: Page, control: Control
) -> None:
    for _ in range(2):
        page.goto(f"{site}/two")
        assert "Secret of Ann" not in come_back(page)
        expect(bell(page, unread=1)).to_have_count(1)
        page.evaluate("window.restored = undefined")
    control.send(ANN, "Second")
    expect(bell(page, unread=2)).to_be_visible()


def test_it_waits_for_a_look_that_succeeds(site: str, page: Page) -> None:
    # The driver intercepts nothing in a page that has just come back.
    page.evaluate(
        """() => {
          const { fetch } = window;
          window.failed = 0;
          window.fetch = (url, request) => {
            if (window.failed === 2) return fetch(url, request);
            window.failed++;
            return Promise.reject(new TypeError("no network"));
          };
        }"""
    )
    page.goto(f"{site}/two")
    come_back(page)
    expect(bell(page, unread=1)).to_have_count(1)
    assert page.evaluate("window.failed") == 2


@pytest.mark.parametrize("after", ["/logout?to=/two", f"/login?email={BOB}&to=/two"])
def test_a_page_that_comes_back_to_others_shows_nothing(
    after: str, site: str, page: Page
) -> None:
    page.goto(site + after)
    assert "Secret of Ann" not in come_back(page)
    expect_nothing_of(page, "Secret of Ann")
    with page.expect_response("**/app-inbox/user") as answer:
        page.evaluate("document.dispatchEvent(new Event('app-inbox:check'))")
    assert answer.value.status in (401, 409)
    expect_nothing_of(page, "Secret of Ann")

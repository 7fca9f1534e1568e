"""Tabs of one browser tell each other who is here, and ask as one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.fixtures.bell import bell, expect_nothing_of, open_panel
from tests.fixtures.browser import LAYOUT, RECORD_CODES
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.control import Control
from tests.fixtures.history import browser

__all__ = ["browser"]  # only the whole one slows down tabs that nobody sees

ANN = "ann@example.com"
BOB = "bob@example.com"
TABS = 4


@pytest.fixture(autouse=True)
def refused_requests(complaints: Complaints) -> None:
    complaints.expected = [FAILED_LOAD]


@pytest.fixture
def site(control: Control, make_site: Callable[..., str]) -> str:
    """A site that keeps links of its own in the anchor."""
    control.add(ANN, "Secret of Ann")
    control.add(BOB)
    own = "<nav id='app-inbox'><a href='/two'>Two</a></nav>"
    layout = LAYOUT.replace("{{ app_inbox_anchor() }}", own)
    return make_site(layout=layout, RATE_LIMIT="1000/minute")


@pytest.fixture
def tabs(context: BrowserContext, site: str) -> list[Page]:
    """Tabs of Ann, each with its bell; the last is shown, the others are slow."""
    tabs = [context.new_page() for _ in range(TABS)]
    for tab in tabs:
        tab.goto(f"{site}/login?email={ANN}")
        expect(bell(tab, unread=1)).to_be_visible()
    return tabs


@pytest.fixture
def looks(context: BrowserContext, tabs: list[Page]) -> list[str]:
    """The looks of all tabs, once they are there."""
    looks: list[str] = []

    def hear(url: str) -> None:
        if url.endswith("/app-inbox/user"):
            looks.append(url)

    context.on("request", lambda request: hear(request.url))
    return looks


def test_a_change_in_one_tab_changes_the_others(
    site: str, tabs: list[Page], looks: list[str]
) -> None:
    *others, shown = tabs
    others[0].evaluate(RECORD_CODES)
    open_panel(others[0])
    expect(others[0].get_by_text("Secret of Ann")).to_be_visible()
    for path in ("/logout", f"/login?email={ANN}", f"/login?email={BOB}"):
        looks.clear()
        shown.goto(site + path)
        for tab in others:
            if path.endswith(ANN):
                expect(bell(tab, unread=1)).to_be_visible()
            else:
                expect_nothing_of(tab, "Secret of Ann")
            expect(tab.get_by_role("link", name="Two")).to_be_visible()
        assert len(looks) <= 2  # one, but for two that began at the same time
    codes = others[0].evaluate("window.codes")
    assert codes == ["login_required", "user_changed"]


def test_tabs_of_one_user_leave_each_other_alone(
    site: str, tabs: list[Page], looks: list[str], control: Control
) -> None:
    *others, shown = tabs
    for path in ("/two", "/", "/two", "/", "/two"):
        shown.goto(site + path)
        expect(bell(shown, unread=1)).to_be_visible()
    shown.close()
    control.send(ANN, "Second")
    for tab in others:
        expect(bell(tab, unread=2)).to_be_visible()
    # One for each page that went away, at most, and not one for each tab.
    assert len(looks) <= 6

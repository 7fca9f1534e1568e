"""Nothing of the panel outlives its operator, and swapped pages keep it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.chathub.browser.chat import (
    ISSUE,
    chat,
    frames,
    heard,
    record_events,
    reply,
    write,
)
from tests.chathub.site import PAGE
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.control import Control
from tests.fixtures.libraries import SWAPPING


@pytest.fixture(autouse=True)
def refused_requests(complaints: Complaints) -> None:
    complaints.expected = [FAILED_LOAD]


def chats_are_shown(page: Page, organization: str = "sales") -> None:
    heading = chat(page, organization).get_by_role("heading", name="Chats")
    expect(heading).to_be_visible()


def test_a_logout_in_one_tab_removes_the_panel_in_all(
    context: BrowserContext, make_staff_site: Callable[..., str]
) -> None:
    site = make_staff_site()
    tabs = [context.new_page() for _ in range(3)]
    for tab in tabs:
        record_events(tab)
        tab.goto(site + "/login?user=olha")
        chats_are_shown(tab)
    tabs[0].goto(site + "/logout")
    for tab in tabs[1:]:
        expect(frames(tab)).to_have_count(0)
        expect(tab.get_by_role("tab")).to_have_count(0)
        assert heard(tab, "removed")[0]["code"] == "login_required"


def test_another_operator_in_one_tab_removes_the_panel_in_all(
    context: BrowserContext, make_staff_site: Callable[..., str]
) -> None:
    site = make_staff_site(
        STAFF_OF={"olha": {"support": 101}, "taras": {"support": 102}}
    )
    left, right = context.new_page(), context.new_page()
    for tab in (left, right):
        record_events(tab)
        tab.goto(site + "/login?user=olha")
        chats_are_shown(tab, "support")
    right.goto(site + "/login?user=taras")
    chats_are_shown(right, "support")
    expect(frames(left)).to_have_count(0)
    assert heard(left, "removed") == [
        {"organization": "support", "code": "user_changed"}
    ]


def test_an_operator_who_lost_one_organization_keeps_the_other(
    page: Page, make_staff_site: Callable[..., str]
) -> None:
    staff = {"olha": {"sales": 101, "support": 102}}
    page.goto(make_staff_site(STAFF_OF=staff) + "/login?user=olha")
    chats_are_shown(page)
    del staff["olha"]["sales"]
    page.evaluate("document.dispatchEvent(new CustomEvent('chathub:check'))")
    expect(page.get_by_role("tab")).to_have_count(1)
    chats_are_shown(page, "support")
    expect(frames(page)).to_have_count(1)


def test_a_logout_elsewhere_is_noticed_when_the_page_is_looked_at(
    page: Page, context: BrowserContext, make_staff_site: Callable[..., str]
) -> None:
    page.goto(make_staff_site() + "/login?user=olha")
    chats_are_shown(page)
    context.clear_cookies()
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(frames(page)).to_have_count(0)


def test_a_tab_that_only_goes_on_leaves_the_others_alone(
    context: BrowserContext, make_staff_site: Callable[..., str], control: Control
) -> None:
    write(control, "Ann", "Hello?")
    site = make_staff_site()
    left, right = context.new_page(), context.new_page()
    for tab in (left, right):
        tab.goto(site + "/login?user=olha")
        chats_are_shown(tab)
    right.goto(site + "/two")
    chats_are_shown(right)
    right.close()
    reply(chat(left), "Ann", "Hello!")
    assert control.paths().count(ISSUE) == 1


def test_a_page_from_the_browsers_history_shows_its_panel_again(
    page: Page, make_staff_site: Callable[..., str]
) -> None:
    site = make_staff_site()
    page.goto(site + "/login?user=olha")
    chats_are_shown(page)
    page.goto(site + "/plain")
    page.go_back(wait_until="commit")
    chats_are_shown(page)
    expect(frames(page)).to_have_count(1)


def test_a_page_from_the_history_shows_nothing_of_a_former_operator(
    page: Page, make_staff_site: Callable[..., str], control: Control
) -> None:
    write(control, "Ann", "A secret")
    site = make_staff_site()
    page.goto(site + "/login?user=olha")
    expect(chat(page).get_by_text("A secret")).to_be_visible()
    page.goto(site + "/logout")
    page.go_back(wait_until="commit")
    expect(frames(page)).to_have_count(0)


# What the browser does with its back/forward cache, without the cache: the driver
# switches it off.
def test_a_page_that_is_put_away_keeps_nothing_and_comes_back_working(
    page: Page, make_staff_site: Callable[..., str], context: BrowserContext
) -> None:
    page.goto(make_staff_site() + "/login?user=olha")
    chats_are_shown(page)
    away = "new PageTransitionEvent('pagehide', {persisted: true})"
    back = "new PageTransitionEvent('pageshow', {persisted: true})"
    page.evaluate(f"dispatchEvent({away})")
    assert page.locator("chathub-panel").inner_html() == ""
    page.evaluate(f"dispatchEvent({back})")
    chats_are_shown(page)
    page.evaluate(f"dispatchEvent({away})")
    context.clear_cookies()
    page.evaluate(f"dispatchEvent({back})")
    expect(page.locator("chathub-panel")).to_be_empty()


SWAP = """async (path) => {
  const text = await (await fetch(path)).text();
  const next = new DOMParser().parseFromString(text, "text/html");
  const body = document.adoptNode(next.body);
  for (const script of body.querySelectorAll("script")) {
    const again = document.createElement("script");
    for (const { name, value } of script.attributes) again.setAttribute(name, value);
    script.replaceWith(again);
  }
  document.body.replaceWith(body);
}"""


def test_a_swapped_body_keeps_one_working_panel(
    page: Page, make_staff_site: Callable[..., str], control: Control
) -> None:
    write(control, "Ann", "Hello?")
    page.goto(make_staff_site() + "/login?user=olha")
    chats_are_shown(page)
    for path in ("/two", "/", "/two"):
        page.evaluate(SWAP, path)
        chats_are_shown(page)
        expect(frames(page)).to_have_count(1)
    reply(chat(page), "Ann", "Hello!")
    page.evaluate(SWAP, "/plain")
    expect(frames(page)).to_have_count(0)
    page.evaluate(SWAP, "/")
    chats_are_shown(page)
    assert control.paths().count(ISSUE) == 1


def test_an_element_that_is_moved_goes_on_working(
    page: Page, make_staff_site: Callable[..., str], control: Control
) -> None:
    write(control, "Ann", "Hello?")
    page.goto(make_staff_site() + "/login?user=olha")
    chats_are_shown(page)
    page.evaluate("document.body.append(document.querySelector('chathub-panel'))")
    chats_are_shown(page)
    reply(chat(page), "Ann", "Hello!")
    expect(frames(page)).to_have_count(1)


@pytest.fixture(params=["turbo", "htmx"])
def swapping_site(
    request: pytest.FixtureRequest,
    context: BrowserContext,
    make_staff_site: Callable[..., str],
) -> str:
    """A site whose links swap the body instead of loading a page."""
    return make_staff_site(PAGE=SWAPPING[request.param].dress(context, PAGE))


def test_turbo_and_htmx_keep_one_working_panel(
    swapping_site: str, page: Page, control: Control
) -> None:
    write(control, "Ann", "Hello?")
    page.goto(f"{swapping_site}/login?user=olha")
    chats_are_shown(page)
    page.evaluate("window.sameDocument = true")
    for name in ("Two", "Home", "Two"):
        page.get_by_role("link", name=name).click()
        page.wait_for_url("**/two" if name == "Two" else f"{swapping_site}/")
        chats_are_shown(page)
        expect(frames(page)).to_have_count(1)
    page.go_back(wait_until="commit")
    page.wait_for_url(f"{swapping_site}/")
    chats_are_shown(page)
    reply(chat(page), "Ann", "Hello!")
    assert page.evaluate("window.sameDocument")
    page.get_by_role("link", name="Log out").click()
    expect(frames(page)).to_have_count(0)

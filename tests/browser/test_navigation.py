"""Bell and panel survive navigation, and never outlive their user."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.fixtures.bell import bell, open_panel
from tests.fixtures.browser import LAYOUT
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.control import Control
from tests.fixtures.libraries import Swap

ANN = "ann@example.com"
BOB = "bob@example.com"


@pytest.fixture(autouse=True)
def refused_requests(complaints: Complaints) -> None:
    complaints.expected = [FAILED_LOAD]


@pytest.fixture(params=["turbo", "turbo, script in head", "htmx"])
def swapping_site(
    request: pytest.FixtureRequest, swap: Swap, make_site: Callable[..., str]
) -> str:
    """A site whose links swap the body instead of loading a page."""
    library, _, place = request.param.partition(", ")
    layout = swap(library, LAYOUT, f"email={BOB}")
    if place:
        layout = layout.replace("{{ app_inbox() }}", "").replace(
            "</head>", "{{ app_inbox() }}</head>"
        )
    return make_site(layout=layout)


def test_a_swapped_page_keeps_its_bell_and_gets_no_second_init(
    swapping_site: str, page: Page, control: Control
) -> None:
    control.add(ANN, "First")
    page.goto(f"{swapping_site}/login?email={ANN}")
    expect(bell(page, unread=1)).to_be_visible()
    page.evaluate("window.sameDocument = true")
    for name in ("Two", "Home", "Two"):
        page.get_by_role("link", name=name).click()
        page.wait_for_url("**/two" if name == "Two" else f"{swapping_site}/")
        expect(bell(page, unread=1)).to_be_visible()
    assert page.evaluate("window.sameDocument")
    control.send(ANN, "Second")
    expect(bell(page, unread=2)).to_be_visible()
    expect(open_panel(page)).to_contain_text("Second")


def test_going_back_in_a_swapped_history_keeps_the_bell(
    swapping_site: str, page: Page, control: Control
) -> None:
    control.add(ANN, "First")
    page.goto(f"{swapping_site}/login?email={ANN}")
    expect(bell(page, unread=1)).to_be_visible()
    page.get_by_role("link", name="Two").click()
    page.wait_for_url("**/two")
    page.go_back()
    page.wait_for_url(f"{swapping_site}/")
    expect(bell(page, unread=1)).to_be_visible()
    expect(bell(page)).to_have_count(1)


def test_logging_out_by_a_swap_takes_the_bell_away(
    swapping_site: str, page: Page, control: Control
) -> None:
    control.add(ANN, "Secret of Ann")
    page.goto(f"{swapping_site}/login?email={ANN}")
    open_panel(page)
    expect(page.get_by_text("Secret of Ann")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Log out").click()
    expect(page.locator("main")).to_have_text("nobody")
    expect(bell(page)).to_be_hidden()
    page.wait_for_function("!document.body.innerHTML.includes('Secret of Ann')")
    stored = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "Secret of Ann" not in stored


def test_another_users_swapped_page_shows_nothing_of_the_former_one(
    swapping_site: str, page: Page, control: Control
) -> None:
    control.add(ANN, "Secret of Ann")
    control.add(BOB, "Secret of Bob")
    page.goto(f"{swapping_site}/login?email={ANN}")
    open_panel(page)
    expect(page.get_by_text("Secret of Ann")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Somebody else").click()
    expect(page.locator("main")).to_have_text(BOB)
    page.wait_for_function("!document.body.innerHTML.includes('Secret of Ann')")
    page.reload()
    expect(bell(page, unread=1)).to_be_visible()
    expect(open_panel(page)).to_contain_text("Secret of Bob")


def test_a_page_from_the_browsers_history_shows_its_bell_again(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "First")
    site = make_site()
    page.goto(f"{site}/login?email={ANN}")
    expect(bell(page, unread=1)).to_be_visible()
    page.goto(f"{site}/two")
    expect(bell(page, unread=1)).to_be_visible()
    page.go_back()
    expect(bell(page, unread=1)).to_be_visible()


@pytest.mark.parametrize("after", ["/logout", f"/login?email={BOB}"])
def test_a_page_from_the_history_shows_nothing_of_a_former_user(
    after: str, page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "Secret of Ann")
    control.add(BOB)
    site = make_site()
    page.goto(f"{site}/login?email={ANN}")
    open_panel(page)
    expect(page.get_by_text("Secret of Ann")).to_be_visible()
    page.evaluate("""() => addEventListener("pageshow", () => {
        window.restored = document.body.innerText; })""")
    page.goto(site + after)
    page.go_back()
    expect(page.get_by_text("Secret of Ann")).to_be_hidden()
    assert "Secret of Ann" not in (page.evaluate("window.restored") or "")
    page.wait_for_function("!document.body.innerHTML.includes('Secret of Ann')")


@pytest.mark.parametrize("after", ["/logout", f"/login?email={BOB}"])
def test_a_change_in_one_tab_empties_the_others(
    after: str,
    context: BrowserContext,
    control: Control,
    make_site: Callable[..., str],
) -> None:
    control.add(ANN, "Secret of Ann")
    control.add(BOB)
    site = make_site()
    left, right = context.new_page(), context.new_page()
    for tab in (left, right):
        tab.goto(f"{site}/login?email={ANN}")
        open_panel(tab)
        expect(tab.get_by_text("Secret of Ann")).to_be_visible()
    right.goto(site + after)
    expect(bell(left)).to_be_hidden()
    left.wait_for_function("!document.body.innerHTML.includes('Secret of Ann')")


def test_a_tab_that_only_goes_on_leaves_the_others_alone(
    context: BrowserContext, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "First")
    site = make_site()
    left, right = context.new_page(), context.new_page()
    for tab in (left, right):
        tab.goto(f"{site}/login?email={ANN}")
        expect(bell(tab, unread=1)).to_be_visible()
    right.goto(f"{site}/two")
    expect(bell(right, unread=1)).to_be_visible()
    right.close()
    control.send(ANN, "Second")
    expect(bell(left, unread=2)).to_be_visible()


OWN_NAV = LAYOUT.replace(
    "{{ app_inbox_anchor() }}", "<nav id='tools'><a href='/two'>Two</a></nav>"
)


@pytest.mark.parametrize("after", ["/logout", f"/login?email={BOB}"])
def test_what_the_site_put_into_its_own_anchor_stays(
    after: str,
    context: BrowserContext,
    control: Control,
    make_site: Callable[..., str],
) -> None:
    control.call("PUT", "site", selector="#tools", position="beforeend")
    control.add(ANN, "Secret of Ann")
    site = make_site(layout=OWN_NAV, ANCHOR="#tools")
    left, right = context.new_page(), context.new_page()
    for tab in (left, right):
        tab.goto(f"{site}/login?email={ANN}")
        expect(bell(tab, unread=1)).to_be_visible()
    right.goto(site + after)
    expect(bell(left)).to_be_hidden()
    expect(left.get_by_role("link", name="Two")).to_be_visible()

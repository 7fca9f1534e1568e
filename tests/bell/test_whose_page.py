"""Libraries show another user's page in the same document: the bell is of that user.

Each way leaves something of the page before: its script, its bell for a moment, or
elements that become those of the next page.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.bell.conftest import FREE, LAYOUT, bell, open_panel, panel
from tests.bell.inbox import Inbox
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.libraries import SWAPPING

IN_HEAD = LAYOUT.replace("{{ app_inbox() }}\n", "").replace(
    "</title>", "</title>{{ app_inbox() }}"
)


def show_page_of(page: Page, name: str) -> str:
    """Log in elsewhere and follow a link; return whose bell the next page has."""
    tag = page.locator("app-inbox-bell").get_attribute("data-user")
    page.evaluate("(name) => fetch(`/login?email=${name}@example.com`)", name)
    link = "Home" if page.url.endswith("/two") else "Two"
    page.locator("nav").get_by_role("link", name=link).last.click()
    expect(page.locator(f"app-inbox-bell:not([data-user='{tag}'])")).to_have_count(1)
    return str(page.locator("app-inbox-bell").get_attribute("data-user"))


@pytest.mark.parametrize(
    ("way", "layout"),
    [
        pytest.param("turbo", IN_HEAD, id="a script that stays in the head"),
        pytest.param("htmx", IN_HEAD, id="a head that is not swapped"),
        pytest.param("htmx, idiomorph", IN_HEAD, id="a bell that is morphed"),
        pytest.param("htmx, idiomorph", LAYOUT, id="a script that is morphed"),
    ],
)
def test_a_page_of_another_user_has_their_bell_and_messages(
    way: str,
    layout: str,
    context: BrowserContext,
    make_shop: Callable[..., str],
    inbox: Inbox,
    complaints: Complaints,
) -> None:
    if way == "turbo":
        complaints.expected.append("signal is aborted without reason")
    inbox.play(context)
    inbox.arrive("First")
    page = context.new_page()
    address = make_shop(layout=SWAPPING[way].dress(context, layout), policy=FREE)
    page.goto(address)
    expect(bell(page, 1)).to_be_visible()
    for number, name in enumerate(["bob", "ann"], start=2):
        inbox.arrive("Later")
        inbox.users.clear()
        tag = show_page_of(page, name)
        expect(bell(page, number)).to_be_visible()
        open_panel(page)
        expect(panel(page).get_by_role("listitem")).to_have_count(number)
        assert inbox.users == {tag}
        page.keyboard.press("Escape")


def test_whoever_logs_in_again_has_their_bell_again(
    check: Callable[[Page], None],
    context: BrowserContext,
    make_shop: Callable[..., str],
    inbox: Inbox,
    complaints: Complaints,
) -> None:
    complaints.expected += [FAILED_LOAD, "signal is aborted without reason"]
    inbox.play(context)
    inbox.arrive("First")
    page = context.new_page()
    layout = SWAPPING["turbo"].dress(context, IN_HEAD)
    page.goto(make_shop(layout=layout, policy=FREE))
    expect(bell(page, 1)).to_be_visible()
    inbox.problems = {"/unread": 401}
    check(page)
    expect(page.locator("app-inbox-bell a")).to_have_count(0)
    inbox.problems = {}
    page.locator("nav").get_by_role("link", name="Two").last.click()
    expect(bell(page, 1)).to_be_visible()


def test_a_bell_that_is_drawn_again_when_its_user_is_gone_asks_once_more(
    check: Callable[[Page], None],
    page: Page,
    shop: str,
    inbox: Inbox,
    complaints: Complaints,
) -> None:
    complaints.expected.append(FAILED_LOAD)
    page.goto(shop)
    expect(bell(page, 0)).to_be_visible()
    inbox.problems = {"/unread": 401}
    inbox.asked.clear()
    page.evaluate("""() => {
      const host = document.querySelector("app-inbox-bell");
      host.before(document.querySelector("body > script")); // as in the head
      const copy = host.cloneNode(true);
      copy.dataset.drawn = "again";
      appInbox.subscribe(({ isGone }) => isGone && setTimeout(() =>
        document.querySelector("app-inbox-bell").replaceWith(copy.cloneNode(true)))); }""")
    check(page)
    expect(page.locator("app-inbox-bell[data-drawn]")).to_have_count(1)
    for _ in range(10):
        page.clock.run_for(100)
        page.evaluate("fetch('/two')")
    assert inbox.count_of("/unread") <= 2

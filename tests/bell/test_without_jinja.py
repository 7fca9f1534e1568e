"""The bell of a page that no template renders."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.bell.conftest import bell, open_panel, panel
from tests.bell.inbox import Inbox
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.waiting import wait_in

LAYOUT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Shop</title>
<link rel="icon" href="/icon"></head>
<body><app-inbox-bell></app-inbox-bell><main>Tea</main>
<script async src="/app-inbox/embed.js"></script></body></html>"""


def test_an_element_and_a_script_are_enough(
    page: Page, context: BrowserContext, make_shop: Callable[..., str], inbox: Inbox
) -> None:
    inbox.play(context)
    inbox.arrive("First")
    page.goto(make_shop(layout=LAYOUT))
    expect(bell(page, 1)).to_have_css("width", "44px")
    open_panel(page)
    panel(page).get_by_role("listitem").click()
    expect(bell(page, 0)).to_be_visible()


def test_a_site_that_fails_is_asked_again(
    page: Page,
    context: BrowserContext,
    make_shop: Callable[..., str],
    inbox: Inbox,
    complaints: Complaints,
) -> None:
    complaints.expected.append(FAILED_LOAD)
    inbox.play(context)
    inbox.arrive("First")
    page.clock.install()
    answers = [503, 0, 429, 200]  # 0: no connection; 200: a page of a proxy

    def fail(route: Route) -> None:
        status = answers.pop(0) if answers else None
        if status is None:
            route.fallback()
        elif status:
            route.fulfill(status=status, body="<h1>We will be back</h1>")
        else:
            route.abort()

    page.route("**/app-inbox/embed", fail)
    page.goto(make_shop(layout=LAYOUT))

    def let_pass(pause: int, left: int) -> None:
        """Let time pass once so many failures are left."""
        wait_in(page, lambda: len(answers) <= left)
        page.evaluate("fetch('/icon')")  # what it was told has come in by then
        page.clock.run_for(pause)

    for left in reversed(range(4)):
        let_pass(301_000, left)
    expect(bell(page, 1)).to_be_visible()


def test_it_follows_logins_and_logouts(
    page: Page, context: BrowserContext, make_shop: Callable[..., str], inbox: Inbox
) -> None:
    inbox.play(context)
    inbox.arrive("First")
    address = make_shop(layout=LAYOUT)
    page.goto(f"{address}/login?email=")
    page.goto(address)

    def become(email: str) -> None:
        page.evaluate(
            """async (email) => { await fetch("/login?email=" + email);
            document.dispatchEvent(new Event("app-inbox:check")); }""",
            email,
        )

    expect(page.locator("app-inbox-bell a")).to_have_count(0)
    become("ann@example.com")
    expect(bell(page, 1)).to_be_visible()
    become("bob@example.com")
    wait_in(page, lambda: len(inbox.users) == 2)
    expect(bell(page, 1)).to_be_visible()

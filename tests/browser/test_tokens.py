"""Tokens die at any moment: the page gets new ones and goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from tests.fixtures.bell import bell, open_panel
from tests.fixtures.browser import RECORD_CODES
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.control import TOKEN_PATH, Control
from tests.fixtures.features import PRERENDER
from tests.fixtures.waiting import hold_first, wait_in

ANN = "ann@example.com"
#: In which tokens end before their time, by their own use or by another tab's.
MODES = ["rotating", "exclusive"]


@pytest.fixture(autouse=True)
def refused_tokens(complaints: Complaints) -> None:
    complaints.expected = [FAILED_LOAD]


def let_pass(page: Page, until: Locator) -> None:
    """Let pauses pass until a page shows something.

    Its clock is installed once it is parsed: that one says nothing of the navigation.
    """

    def is_shown() -> bool:
        page.clock.fast_forward(1_000)
        return until.is_visible()

    wait_in(page, is_shown)


def test_a_page_goes_on_after_its_token_was_invalidated(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "First")
    page.goto(f"{make_site()}/login?email={ANN}")
    expect(bell(page, unread=1)).to_be_visible()
    before = control.paths().count(TOKEN_PATH)
    control.call("DELETE", "tokens")
    control.send(ANN, "Second")
    expect(bell(page, unread=2)).to_be_visible()
    assert control.paths().count(TOKEN_PATH) == before + 1


@pytest.mark.parametrize("mode", MODES)
def test_two_tabs_both_show_what_comes_in(
    mode: str,
    context: BrowserContext,
    control: Control,
    make_site: Callable[..., str],
) -> None:
    control.call("PUT", "tokens", mode=mode)
    control.add(ANN, "First")
    site = make_site(RATE_LIMIT="1000/minute")
    tabs = [context.new_page(), context.new_page()]
    for tab in tabs:
        tab.goto(f"{site}/login?email={ANN}")
        expect(bell(tab, unread=1)).to_be_visible()
    control.send(ANN, "Second")
    for tab in tabs:
        tab.bring_to_front()
        expect(bell(tab, unread=2)).to_be_visible(timeout=30_000)
        expect(open_panel(tab)).to_contain_text("Second")


def test_a_vendor_that_is_down_for_a_moment_costs_no_reload(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "Hello")
    control.call("POST", "faults", route="token", kind="status", status=503, times=4)
    held = hold_first(page, "**/app-inbox/token")
    page.goto(f"{make_site()}/login?email={ANN}")
    request = held()
    page.clock.install()
    request.continue_()
    let_pass(page, bell(page, unread=1))


def test_a_vendor_that_answers_nonsense_is_told_and_leaves_the_page_alone(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "Hello")
    control.call("POST", "faults", route="token", kind="garbage", times=None)
    page.add_init_script(RECORD_CODES)
    page.goto(f"{make_site()}/login?email={ANN}")
    page.wait_for_function("window.codes.includes('vendor_invalid')")
    expect(open_panel(page)).to_contain_text(
        "Notifications did not load", timeout=20_000
    )
    expect(page.locator("main")).to_have_text(ANN)


def test_a_vendor_that_refuses_each_token_is_an_error_and_no_endless_wait(
    page: Page,
    control: Control,
    complaints: Complaints,
    make_site: Callable[..., str],
) -> None:
    complaints.expected = [FAILED_LOAD]
    control.add(ANN, "Hello")
    for route in ("messages", "count"):
        control.call(
            "POST", "faults", route=route, kind="status", status=401, times=None
        )
    page.goto(f"{make_site(RATE_LIMIT='1000/minute')}/login?email={ANN}")
    panel = open_panel(page)
    page.clock.install()
    let_pass(page, panel.get_by_text("Notifications did not load"))
    control.call("DELETE", "faults")
    let_pass(page, bell(page, unread=1))


def test_a_failed_panel_fills_once_the_vendor_is_back(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "Hello")
    control.call("POST", "faults", route="token", kind="garbage", times=1)
    page.add_init_script(RECORD_CODES)
    page.goto(f"{make_site()}/login?email={ANN}")
    # Nonsense may be nonsense again: the vendor's script is told at once. Whoever asked
    # once more would get a token, and tell nothing.
    page.wait_for_function("window.codes.includes('vendor_invalid')")
    expect(bell(page, unread=1)).to_be_visible(timeout=20_000)


def test_a_login_that_ended_is_told_without_another_try(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "Hello")
    page.add_init_script(RECORD_CODES)
    site = make_site()
    page.goto(f"{site}/login?email={ANN}")
    expect(bell(page, unread=1)).to_be_visible()
    page.context.clear_cookies()
    with page.expect_response(f"{site}/app-inbox/token") as answer:
        control.call("DELETE", "tokens")
    assert answer.value.status == 401
    page.wait_for_function("window.codes.includes('login_required')")


class Tokens:
    """Answers token requests as a test says, and counts them.

    :param page: whose requests they are.
    """

    def __init__(self, page: Page) -> None:
        self.asked = 0
        self.answers: list[dict[str, Any]] = []
        page.route("**/app-inbox/token", self._answer)

    def _answer(self, route: Route) -> None:
        self.asked += 1
        if self.answers:
            route.fulfill(**self.answers.pop(0))
        else:
            route.continue_()


def problem(status: int, headers: dict[str, str] | None = None, /, **json: Any) -> Any:
    """Return what fulfils a request with a problem."""
    return {"status": status, "json": json, "headers": headers or {}}


@pytest.fixture
def tokens(page: Page) -> Tokens:
    page.add_init_script(RECORD_CODES)
    return Tokens(page)


@pytest.fixture
def late_vendor(page: Page) -> Callable[[], None]:
    """Hold the vendor's script; returns what lets it come."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.resource_type == "script":
            held.append(route)
        else:
            route.abort()  # what the page's hint fetches

    def let_come() -> None:
        wait_in(page, lambda: held)
        held.pop().continue_()

    page.route("**/scripts/SITE.js", hold)

    return let_come


def open_page(page: Page, site: str) -> None:
    """Open Ann's page; not everything of it comes."""
    page.goto(f"{site}/login?email={ANN}", wait_until="commit")


LATER = (
    "(seconds) => { const { now } = Date; Date.now = () => now() + seconds * 1000; }"
)


@pytest.mark.parametrize(("age", "asked"), [(20, 1), (40, 2)])
def test_a_token_that_waited_too_long_for_the_vendors_script_is_not_used(
    age: int,
    asked: int,
    page: Page,
    control: Control,
    make_site: Callable[..., str],
    tokens: Tokens,
    late_vendor: Callable[[], None],
) -> None:
    control.add(ANN, "First")
    with page.expect_response("**/app-inbox/token"):
        open_page(page, make_site())
    page.evaluate(LATER, age)
    late_vendor()
    expect(bell(page, unread=1)).to_be_visible()
    assert tokens.asked == asked


def test_a_token_that_could_not_be_had_early_is_fetched_when_it_is_asked_for(
    page: Page,
    control: Control,
    make_site: Callable[..., str],
    tokens: Tokens,
    late_vendor: Callable[[], None],
) -> None:
    control.add(ANN, "First")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    tokens.answers = [problem(500, code="loader_failed")]
    open_page(page, make_site())
    page.wait_for_function("window.codes?.includes('loader_failed')")
    late_vendor()
    expect(bell(page, unread=1)).to_be_visible()
    assert tokens.asked == 2
    assert not [text for text in said if "gave no token" in text]


@pytest.mark.parametrize(
    ("status", "told", "asked"),
    [(503, False, 1), (500, True, 2), (503, None, 2), (500, None, 1)],
)
def test_the_script_asks_again_only_where_that_may_help(
    status: int,
    told: bool | None,
    asked: int,
    page: Page,
    make_site: Callable[..., str],
    tokens: Tokens,
    late_vendor: Callable[[], None],
) -> None:
    more: dict[str, Any] = {} if told is None else {"retryable": told}
    tokens.answers = [problem(status, code="first", **more)]
    tokens.answers += [problem(401, code="login_required")]
    open_page(page, make_site())
    last = "first" if asked == 1 else "login_required"
    page.wait_for_function("code => window.codes?.includes(code)", arg=last)
    assert tokens.asked == asked


@pytest.mark.parametrize("wait", ["600", "99999999", "date"])
def test_the_script_waits_for_as_long_as_the_site_says(
    wait: str,
    page: Page,
    control: Control,
    make_site: Callable[..., str],
    tokens: Tokens,
) -> None:
    control.add(ANN, "First")
    headers = {"Retry-After": wait}
    if wait == "date":
        in_ten_minutes = datetime.now(timezone.utc) + timedelta(minutes=10)
        headers = {
            "Date": format_datetime(datetime.now(timezone.utc), usegmt=True),
            "Retry-After": format_datetime(in_ten_minutes, usegmt=True),
        }
    tokens.answers = [problem(429, headers, code="rate_limited")]
    open_page(page, make_site())
    # The vendor's script asks again meanwhile.
    page.wait_for_function("window.codes?.length > 1")
    assert tokens.asked == 1
    assert set(page.evaluate("window.codes")) == {"rate_limited"}
    page.evaluate(LATER, 100_000_000)
    expect(bell(page, unread=1)).to_be_visible(timeout=30_000)


def test_a_prerendered_page_fetches_nothing_before_it_is_shown(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "First")
    site = make_site()
    page.add_init_script(PRERENDER)
    page.goto(f"{site}/login?email={ANN}&to=/two")
    page.wait_for_function("window.__appInbox")
    # The hint in the page's head is the browser's affair.
    assert TOKEN_PATH not in control.paths()
    assert page.locator("script[src$='SITE.js']").count() == 0
    page.evaluate("window.show()")
    expect(bell(page, unread=1)).to_be_visible()
    assert control.paths().count(TOKEN_PATH) == 1

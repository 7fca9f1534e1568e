"""Operators whose vendor, site or browser does not do what it should."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Frame, Page, Route, expect

from tests.chathub.browser.chat import (
    chat,
    chats_are_shown,
    heard,
    record_events,
    reply,
    write,
)
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.control import Control
from tests.fixtures.waiting import hold_first, wait_until

FALLBACK = {"text": "Write to us", "link": "mailto:help@example.com"}


@pytest.fixture(autouse=True)
def failed_requests(complaints: Complaints) -> None:
    complaints.expected = [FAILED_LOAD]


class Tokens:
    """Answers token requests with a problem while there is one, and counts them."""

    def __init__(self, page: Page) -> None:
        self.asked = 0
        self.problem: dict[str, Any] = {}
        page.route("**/chathub/token", self._answer)

    def _answer(self, route: Route) -> None:
        self.asked += 1
        if self.problem:
            route.fulfill(**self.problem)
        else:
            route.continue_()


@pytest.fixture
def tokens(page: Page) -> Tokens:
    return Tokens(page)


def open_fallback(page: Page, site: str) -> None:
    """Open a page whose panel gets no token, in a time that the test moves."""
    record_events(page)
    page.clock.install()
    page.goto(site + "/login?user=olha")
    let_pass(page, 5)
    expect(page.get_by_role("alert")).to_be_visible()


def let_pass(page: Page, seconds: int, at_once: int = 5) -> None:
    """Let time pass, and what a page asks meanwhile be answered.

    :param at_once: seconds; more where it must ask nothing, since an answer that takes
        20 of them is given up.
    """
    for _ in range(0, seconds, at_once):
        page.clock.run_for(at_once * 1000)
        page.evaluate("() => fetch('/plain').then((answer) => answer.text())")


COUNT_ALERTS = """() => {
  const alert = document.querySelector("chathub-panel").shadowRoot
    .querySelector("[role=alert]");
  window.said = 0;
  new MutationObserver((records) => { window.said += records.length; }).observe(alert,
    { attributes: true, characterData: true, childList: true, subtree: true });
}"""
FOCUSED = "document.querySelector('chathub-panel').shadowRoot.activeElement.localName"


def test_the_fallback_is_read_out_once_and_keeps_the_focus(
    page: Page, make_staff_site: Callable[..., str], tokens: Tokens
) -> None:
    tokens.problem = {"status": 503, "json": {"code": "vendor_unavailable"}}
    open_fallback(page, make_staff_site())
    retry = page.get_by_role("button", name="Try again")
    retry.focus()
    page.evaluate(COUNT_ALERTS)
    asked = tokens.asked
    let_pass(page, 60)
    assert tokens.asked > asked + 1
    assert page.evaluate("window.said") == 0
    expect(retry).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Opening the chat…")
    expect(retry).to_be_focused()
    tokens.problem = {}
    page.keyboard.press("Enter")
    page.clock.resume()
    chats_are_shown(page)
    assert page.evaluate(FOCUSED) == "iframe"


@pytest.mark.parametrize("told", ["600", "99999999"])
def test_the_page_waits_for_as_long_as_the_site_says(
    told: str, page: Page, make_staff_site: Callable[..., str], tokens: Tokens
) -> None:
    tokens.problem = {
        "status": 429,
        "json": {"code": "rate_limited", "retryable": True},
        "headers": {"Retry-After": told},
    }
    open_fallback(page, make_staff_site())
    assert len(heard(page, "error")) == 1
    let_pass(page, 100, at_once=50)
    page.evaluate("dispatchEvent(new Event('focus'))")
    let_pass(page, 100, at_once=50)
    assert tokens.asked == len(heard(page, "error")) == 1
    if told == "600":
        page.clock.fast_forward(400_000)
        let_pass(page, 70)
        assert tokens.asked == 2


def test_the_page_does_not_repeat_what_cannot_succeed_unless_somebody_asks(
    page: Page, make_staff_site: Callable[..., str], tokens: Tokens
) -> None:
    tokens.problem = {
        "status": 502,
        "json": {"code": "vendor_rejected", "retryable": False},
    }
    open_fallback(page, make_staff_site())
    let_pass(page, 100, at_once=50)
    assert tokens.asked == 1
    tokens.problem = {}
    page.get_by_role("button", name="Try again").click()
    page.clock.resume()
    chats_are_shown(page)


#: Errors in the frame that tell nothing about the operator's token.
NOISE = {
    "JSON": "setTimeout(() => JSON.parse('<!doctype html>'))",
    "a script that is a page": """document.head.append(Object.assign(
      document.createElement("script"), { text: "<html>" }))""",
    "words alone": """dispatchEvent(new ErrorEvent("error",
      { message: "Uncaught SyntaxError: Unexpected token '<'" }))""",
    "a class list": "setTimeout(() => document.body.classList.add(''))",
    "a type error": """Promise.reject(new TypeError(
      "Cannot read properties of undefined (reading 'token')"))""",
    "a script of the site's": """document.head.append(Object.assign(
      document.createElement("script"), { src: "/foreign.js" }))""",
    "nobody's words": "Promise.reject('401 Unauthorized')",
}


def test_errors_that_are_not_the_vendors_cost_no_frame(
    page: Page,
    make_staff_site: Callable[..., str],
    control: Control,
    complaints: Complaints,
) -> None:
    complaints.expected = ["."]
    write(control, "Ann", "Are you there?")
    record_events(page)
    body = "throw new Error('Invalid CSRF token: expired')"
    page.route("**/foreign.js", lambda route: route.fulfill(body=body))
    page.goto(make_staff_site() + "/login?user=olha")
    chat(page).get_by_role("button", name="Ann").click()
    chat(page).get_by_label("Your answer").fill("Half an ans")
    panel: Frame = page.frames[1]
    panel.evaluate("window.same = true")
    for noise in (*NOISE.values(), *NOISE.values()):
        panel.evaluate(f"() => {{ {noise}; }}")
    wait_until(lambda: len(set(complaints.seen)) >= len(NOISE) - 1)
    expect(chat(page).get_by_label("Your answer")).to_have_value("Half an ans")
    reply(chat(page), "Ann", "Yes.")
    assert panel.evaluate("window.same")
    assert heard(page, "error") == []
    assert len(heard(page, "ready")) == 1


def test_what_nobody_can_place_is_put_to_the_site(
    page: Page,
    make_staff_site: Callable[..., str],
    control: Control,
    complaints: Complaints,
) -> None:
    complaints.expected = ["."]
    write(control, "Ann", "Are you there?")
    page.goto(make_staff_site() + "/login?user=olha")
    chats_are_shown(page)
    with page.expect_request("**/chathub/token") as question:
        page.frames[1].evaluate("() => { Promise.reject('token expired'); }")
    assert question.value.post_data_json == {"organization": "sales", "failed": True}


def test_a_panel_that_never_works_ends_in_the_fallback(
    page: Page,
    make_staff_site: Callable[..., str],
    control: Control,
) -> None:
    fault = {"route": "chats", "kind": "status", "status": 401}
    control.call("POST", "faults", times=None, **fault)
    record_events(page)
    page.goto(make_staff_site(CHATHUB_FALLBACK=FALLBACK) + "/login?user=olha")
    notice = page.get_by_role("alert")
    expect(notice).to_contain_text("The chat is not available at the moment.")
    assert {error["code"] for error in heard(page, "error")} == {"panel_failed"}
    control.call("DELETE", "faults")
    notice.get_by_role("button", name="Try again").click()
    chats_are_shown(page)


def test_without_the_vendor_people_are_told_whom_to_turn_to(
    page: Page,
    make_staff_site: Callable[..., str],
    control: Control,
) -> None:
    fault = {"route": "operator-token", "kind": "status", "status": 403}
    control.call("POST", "faults", times=None, **fault)
    record_events(page)
    page.goto(make_staff_site(CHATHUB_FALLBACK=FALLBACK) + "/login?user=olha")
    notice = page.get_by_role("alert")
    expect(notice).to_be_visible()
    link = notice.get_by_role("link", name="Write to us")
    expect(link).to_have_attribute("href", "mailto:help@example.com")
    page.wait_for_function("window.heard.some(([event]) => event === 'error')")
    assert heard(page, "error")[0] == {
        "organization": "sales",
        "code": "vendor_rejected",
    }
    control.call("DELETE", "faults")
    notice.get_by_role("button", name="Try again").click()
    chats_are_shown(page)
    expect(notice).to_have_count(0)


# An answer that is a failure, and none. That the vendor's other faults are such an
# answer is the endpoint's affair.
@pytest.mark.parametrize("fault", [{"kind": "status", "status": 503}, {"kind": "hang"}])
def test_after_five_seconds_of_trouble_the_fallback_stands_and_trying_goes_on(
    page: Page,
    make_staff_site: Callable[..., str],
    control: Control,
    fault: dict[str, object],
) -> None:
    control.call("POST", "faults", route="operator-token", times=None, **fault)
    page.clock.install()
    page.goto(make_staff_site(CHATHUB_FALLBACK=FALLBACK) + "/login?user=olha")
    notice = page.get_by_role("alert")
    page.locator("chathub-panel").wait_for()
    page.clock.run_for(5000)
    link = notice.get_by_role("link", name="Write to us")
    expect(link).to_be_visible()
    link.focus()
    page.clock.run_for(60_000)
    expect(link).to_be_focused()  # it is not drawn anew with each try
    control.call("DELETE", "faults")
    page.clock.resume()
    page.clock.fast_forward(60_000)
    chats_are_shown(page)
    expect(notice).to_have_count(0)


def test_trying_again_does_not_wait_for_what_is_under_way(
    page: Page, make_staff_site: Callable[..., str]
) -> None:
    held = hold_first(page, "**/chathub/token")
    page.clock.install()
    page.goto(make_staff_site() + "/login?user=olha")
    held()
    page.clock.run_for(5000)
    page.get_by_role("button", name="Try again").click()
    chats_are_shown(page)


def test_a_failure_that_passes_is_not_even_seen(
    page: Page,
    make_staff_site: Callable[..., str],
    control: Control,
) -> None:
    record_events(page)
    fault = {"route": "operator-token", "kind": "status", "status": 503}
    control.call("POST", "faults", times=1, **fault)
    page.goto(make_staff_site() + "/login?user=olha")
    chats_are_shown(page)
    assert heard(page, "error") == []


def test_a_failed_renewal_leaves_the_panel_while_its_token_lives(
    page: Page,
    make_staff_site: Callable[..., str],
    control: Control,
) -> None:
    write(control, "Ann", "Are you there?")
    record_events(page)
    page.clock.install()
    page.goto(make_staff_site(CHATHUB_TOKEN_LIFETIME=1000) + "/login?user=olha")
    chats_are_shown(page)
    failed = {"status": 500, "json": {"code": "loader_failed"}}
    page.route("**/chathub/token", lambda route: route.fulfill(**failed), times=1)
    page.clock.fast_forward(900_000)  # it is renewed in the last fifth of its life
    page.wait_for_function("window.heard.some(([name]) => name === 'error')")
    reply(chat(page), "Ann", "Yes.")
    page.clock.fast_forward(2_000)
    page.wait_for_function(
        "window.heard.filter(([name]) => name === 'token').length > 1"
    )
    expect(page.get_by_role("alert")).to_have_count(0)
    reply(chat(page), "Ann", "Still here.")
    assert len(heard(page, "ready")) == 1


def test_a_blocked_script_is_told_and_ends_in_the_fallback(
    page: Page,
    make_staff_site: Callable[..., str],
) -> None:
    page.route("**/widget-script.js", lambda route: route.abort())
    record_events(page)
    page.goto(make_staff_site() + "/login?user=olha")
    expect(page.get_by_role("alert")).to_be_visible()
    assert heard(page, "error")[0]["code"] == "script_blocked"


# What Flask-Talisman puts on every answer, stricter than by itself.
OLD_HEADERS = {"X-Frame-Options": "DENY"}
STRICT = {**OLD_HEADERS, "Content-Security-Policy": "object-src 'none'"}


@pytest.mark.parametrize("headers", [OLD_HEADERS, STRICT], ids=["alone", "talisman"])
def test_a_site_that_forbids_frames_by_its_old_header_has_a_panel(
    headers: dict[str, str], page: Page, make_staff_site: Callable[..., str]
) -> None:
    page.goto(make_staff_site(HEADERS=headers) + "/login?user=olha")
    chats_are_shown(page)


def test_a_frame_that_the_site_forbids_is_told_and_ends_in_the_fallback(
    page: Page,
    make_staff_site: Callable[..., str],
    complaints: Complaints,
) -> None:
    complaints.expected = ["frame-ancestors", FAILED_LOAD]
    record_events(page)
    policy = {"Content-Security-Policy": "frame-ancestors 'none'"}
    page.goto(make_staff_site(HEADERS=policy) + "/login?user=olha")
    expect(page.get_by_role("alert")).to_be_visible()
    assert heard(page, "error")[0]["code"] == "frame_blocked"

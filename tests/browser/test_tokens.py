"""Tokens die at any moment: the page gets new ones and goes on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.fixtures.bell import bell, open_panel
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.control import TOKEN_PATH, Control

ANN = "ann@example.com"
TELL_ERRORS = (
    "window.codes = []; document.addEventListener('app-inbox:error',"
    "(event) => window.codes.push(event.detail.code));"
)
MODES = ["rotating", "long-lived", "exclusive"]


@pytest.fixture(autouse=True)
def refused_tokens(complaints: Complaints) -> None:
    complaints.expected = [FAILED_LOAD]


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
    page.goto(f"{make_site()}/login?email={ANN}")
    expect(bell(page, unread=1)).to_be_visible(timeout=30_000)


def test_a_vendor_that_answers_nonsense_is_told_and_leaves_the_page_alone(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "Hello")
    control.call("POST", "faults", route="token", kind="garbage", times=None)
    page.add_init_script(TELL_ERRORS)
    page.goto(f"{make_site()}/login?email={ANN}")
    page.wait_for_function("window.codes.includes('vendor_invalid')")
    # One try and three more, then the vendor's script is told.
    assert control.paths().count(TOKEN_PATH) == 4
    expect(open_panel(page)).to_contain_text(
        "Notifications did not load", timeout=20_000
    )
    expect(page.locator("main")).to_have_text(ANN)


def test_a_failed_panel_fills_once_the_vendor_is_back(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "Hello")
    control.call("POST", "faults", route="token", kind="garbage", times=4)
    page.add_init_script(TELL_ERRORS)
    page.goto(f"{make_site()}/login?email={ANN}")
    page.wait_for_function("window.codes.includes('vendor_invalid')")
    expect(bell(page, unread=1)).to_be_visible(timeout=20_000)


def test_a_login_that_ended_is_told_without_another_try(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "Hello")
    page.add_init_script(TELL_ERRORS)
    site = make_site()
    page.goto(f"{site}/login?email={ANN}")
    expect(bell(page, unread=1)).to_be_visible()
    page.context.clear_cookies()
    with page.expect_response(f"{site}/app-inbox/token") as answer:
        control.call("DELETE", "tokens")
    assert answer.value.status == 401
    page.wait_for_function("window.codes.includes('login_required')")

"""Operators at work: chats, organizations, tokens that die, a vendor that is down."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from flask_app_inbox.sandbox import SandboxServer
from tests.chathub.browser.chat import (
    ISSUE,
    SUPPORT,
    answers,
    chat,
    chats_are_shown,
    frames,
    heard,
    record_events,
    reply,
    write,
)
from tests.chathub.site import PAGE
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.control import Control


def test_an_operator_answers_a_customer(
    page: Page, make_staff_site: Callable[..., str], control: Control
) -> None:
    write(control, "Ann", "Where is my parcel?")
    record_events(page)
    page.goto(make_staff_site() + "/login?user=olha")
    reply(chat(page), "Ann", "It leaves today.")
    expect(chat(page).get_by_role("log")).to_contain_text("Where is my parcel?")
    assert answers(control) == ["It leaves today."]
    write(control, "Ann", "Thank you!")
    expect(chat(page).get_by_role("log")).to_contain_text("Thank you!")
    assert heard(page, "token") == [{"organization": "sales"}]
    assert heard(page, "ready") == [{"organization": "sales"}]


def test_a_customer_sees_nothing_of_it(
    page: Page, make_staff_site: Callable[..., str], control: Control
) -> None:
    page.goto(make_staff_site() + "/login?user=ann")
    expect(page.get_by_text("ann", exact=True)).to_be_visible()
    assert page.locator("chathub-panel").count() == 0
    assert page.locator("script").count() == 0
    assert control.paths() == []


def test_two_organizations_are_two_tabs_and_both_stay_alive(
    page: Page, make_staff_site: Callable[..., str], control: Control
) -> None:
    write(control, "Ann", "A question for sales")
    write(control, "Bohdan", "A question for support", SUPPORT)
    page.goto(make_staff_site() + "/login?user=olha")
    panel = chat(page)
    panel.get_by_role("button", name="Ann").click()
    panel.get_by_label("Your answer").fill("Half an ans")
    tabs = page.get_by_role("tablist", name="Organizations")
    tabs.get_by_role("tab", name="support").click()
    reply(chat(page, "support"), "Bohdan", "Support answers")
    assert answers(control, SUPPORT) == ["Support answers"]
    expect(tabs.get_by_role("tab", name="sales")).to_have_attribute(
        "aria-selected", "false"
    )
    tabs.get_by_role("tab", name="sales").click()
    expect(panel.get_by_label("Your answer")).to_have_value("Half an ans")
    assert control.paths().count(ISSUE) == 2


def test_tabs_are_reached_by_the_keyboard(
    page: Page, make_staff_site: Callable[..., str]
) -> None:
    page.goto(make_staff_site() + "/login?user=olha")
    sales, support = page.get_by_role("tab").all()
    sales.focus()
    page.keyboard.press("ArrowRight")
    expect(support).to_be_focused()
    expect(support).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowRight")
    expect(sales).to_be_focused()
    page.keyboard.press("End")
    expect(support).to_be_focused()
    page.keyboard.press("Home")
    expect(sales).to_be_focused()
    chats_are_shown(page)


def test_two_panels_of_a_page_work_at_the_same_time(
    page: Page, make_staff_site: Callable[..., str], control: Control
) -> None:
    write(control, "Ann", "A question for sales")
    write(control, "Bohdan", "A question for support", SUPPORT)
    both = "{{ chathub('sales') }} {{ chathub('support') }}"
    site = make_staff_site(PAGE=PAGE.replace("{{ chathub() }}", both))
    page.goto(site + "/login?user=olha")
    reply(chat(page, "sales"), "Ann", "Sales answers")
    reply(chat(page, "support"), "Bohdan", "Support answers")
    expect(chat(page, "sales").get_by_role("log")).to_contain_text("Sales answers")
    expect(page.get_by_role("tab")).to_have_count(0)
    expect(chat(page, "sales").get_by_text("Bohdan")).to_have_count(0)


def test_tokens_that_live_for_seconds_are_renewed_and_both_panels_stay_usable(
    page: Page,
    make_staff_site: Callable[..., str],
    control: Control,
    complaints: Complaints,
) -> None:
    # On a busy machine a token can end before a call with it arrives.
    complaints.expected = [FAILED_LOAD]
    write(control, "Ann", "Are you there?")
    write(control, "Bohdan", "And you?", SUPPORT)
    record_events(page)
    page.goto(make_staff_site(CHATHUB_TOKEN_LIFETIME=5) + "/login?user=olha")
    page.evaluate("window.sameDocument = true")
    for number in range(1, 4):
        for organization, customer in (("sales", "Ann"), ("support", "Bohdan")):
            page.get_by_role("tab", name=organization).click()
            reply(chat(page, organization), customer, f"Answer {number}", presses=3)
            page.wait_for_function(
                """([organization, count]) => window.heard.filter(([name, detail]) =>
                    name === "ready" && detail.organization === organization
                ).length >= count""",
                arg=[organization, number],
            )
    assert control.paths().count(ISSUE) >= 6
    expect(frames(page)).to_have_count(2)
    expected = [f"Answer {number}" for number in range(1, 4)]
    assert answers(control) == answers(control, SUPPORT) == expected
    assert page.evaluate("window.sameDocument")
    assert heard(page, "error") == []


def test_half_an_answer_survives_a_renewal(
    page: Page, make_staff_site: Callable[..., str], control: Control
) -> None:
    write(control, "Ann", "Are you there?")
    record_events(page)
    page.goto(make_staff_site(CHATHUB_TOKEN_LIFETIME=5) + "/login?user=olha")
    chat(page).get_by_role("button", name="Ann").click()
    chat(page).get_by_label("Your answer").fill("I am just wri")
    page.wait_for_function(
        "window.heard.filter(([name]) => name === 'ready').length > 1"
    )
    field = chat(page).get_by_label("Your answer")
    expect(field).to_have_value("I am just wri")
    expect(field).to_be_focused()


def test_a_token_that_dies_early_is_replaced(
    page: Page,
    make_staff_site: Callable[..., str],
    control: Control,
    complaints: Complaints,
) -> None:
    complaints.expected = [FAILED_LOAD]
    write(control, "Ann", "Are you there?")
    record_events(page)
    page.goto(make_staff_site() + "/login?user=olha")
    reply(chat(page), "Ann", "Yes.")
    control.call("DELETE", "chathub/tokens")
    page.wait_for_function(
        "window.heard.filter(([name]) => name === 'ready').length > 1"
    )
    reply(chat(page), "Ann", "Still here.")
    assert heard(page, "error") == [{"organization": "sales", "code": "panel_failed"}]
    assert control.paths().count(ISSUE) == 2


def test_tokens_that_always_die_early_are_replaced_each_time(
    page: Page,
    make_staff_site: Callable[..., str],
    control: Control,
    complaints: Complaints,
) -> None:
    complaints.expected = [FAILED_LOAD]
    control.call("PUT", "chathub/tokens", maxLifetime=3)
    write(control, "Ann", "Are you there?")
    page.goto(make_staff_site() + "/login?user=olha")
    control.wait_for_request(page, ISSUE, more_than=1)
    reply(chat(page), "Ann", "Yes.")


def test_the_token_stands_in_the_frame_alone(
    page: Page, make_staff_site: Callable[..., str]
) -> None:
    page.goto(make_staff_site() + "/login?user=olha")
    script = chat(page).locator("#operator-chat-panel-script")
    token = script.get_attribute("token") or ""
    assert token.startswith("eyJ")
    assert script.get_attribute("type") == "module"
    assert token not in page.content()
    stored = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert token not in stored


EVIL = """<img src=x onerror="window.hacked = 1"><script>window.hacked = 2</script>"""


def test_hostile_customers_and_names_run_nothing(
    page: Page,
    make_staff_site: Callable[..., str],
    control: Control,
) -> None:
    write(control, EVIL, EVIL)
    site = make_staff_site(
        STAFF_OF={"olha": {EVIL: 101, 'a" onload="x': 102}},
        CHATHUB_FALLBACK={"text": EVIL},
    )
    page.goto(site + "/login?user=olha")
    expect(page.get_by_role("tab").first).to_have_text(EVIL)
    panel = page.frame_locator("chathub-panel iframe")
    panel.get_by_role("button", name=re.compile("onerror")).click()
    expect(panel.get_by_role("log")).to_contain_text(EVIL)
    panels = [page.main_frame, *page.main_frame.child_frames]
    assert [frame.evaluate("window.hacked") for frame in panels] == [None, None]


@pytest.mark.parametrize("width", [320, 1024])
def test_nothing_has_to_be_scrolled_sideways(
    page: Page, make_staff_site: Callable[..., str], control: Control, width: int
) -> None:
    write(control, "Ann " * 10, "word" * 60)
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(make_staff_site() + "/login?user=olha")
    chat(page).get_by_role("button", name="Ann").click()
    expect(chat(page).get_by_role("log")).to_contain_text("wordword")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    frame = page.frames[1]
    inside = "document.documentElement.scrollWidth <= innerWidth"
    assert frame.evaluate(inside)


def test_the_panel_speaks_the_pages_language(
    page: Page, make_staff_site: Callable[..., str], sandbox: SandboxServer
) -> None:
    page.goto(make_staff_site(CHATHUB_LANGUAGE="uk") + "/login?user=taras")
    panel = page.frame_locator('iframe[title="Панель чату: support"]')
    expect(panel.get_by_role("heading", name="Чати")).to_be_visible()

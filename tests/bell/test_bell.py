"""The bell: its count, its first paint, and the page without JavaScript."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from flask_app_inbox.inbox.counts import Count
from tests.bell.conftest import (
    IS_DEFINED,
    LAYOUT,
    WITHOUT_LATER,
    Check,
    bell,
    open_panel,
    panel,
)
from tests.bell.inbox import Inbox
from tests.fixtures.complaints import Complaints
from tests.fixtures.waiting import hold_first


def test_its_name_and_badge_tell_the_count(page: Page, shop: str, inbox: Inbox) -> None:
    inbox.arrive()
    inbox.arrive()
    inbox.arrive(read=True)
    page.goto(shop)
    expect(bell(page, 2)).to_have_text("2")


def test_without_unread_messages_it_has_no_badge(
    page: Page, shop: str, inbox: Inbox
) -> None:
    page.goto(shop)
    expect(bell(page, 0)).to_have_text("")


def test_many_unread_messages_fit_into_the_badge(
    page: Page, shop: str, inbox: Inbox
) -> None:
    for _ in range(120):
        inbox.arrive()
    page.goto(shop)
    expect(bell(page, 120)).to_have_text("99+")


def test_without_javascript_it_is_a_link_to_the_messages(
    new_context: Callable[..., BrowserContext], make_shop: Callable[..., str]
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(make_shop())
    link = page.locator("app-inbox-bell").get_by_role("link", name="Notifications")
    expect(link).to_have_attribute("href", "/app-inbox/")
    box = link.bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (44, 44)


def test_it_looks_the_same_before_and_after_its_script(
    page: Page, make_shop: Callable[..., str], context: BrowserContext, inbox: Inbox
) -> None:
    address = make_shop()
    inbox.play(context)
    held = hold_first(page, "**/bell/bell.*.js")
    page.goto(address, wait_until="commit")
    link = page.get_by_role("link", name="Notifications")
    link.wait_for()
    before = link.screenshot()
    held().continue_()
    expect(bell(page, 0)).to_be_visible()
    assert bell(page).screenshot() == before


def test_its_script_may_stand_before_it_and_be_there_first(
    page: Page, make_shop: Callable[..., str], context: BrowserContext, inbox: Inbox
) -> None:
    head = "{{ app_inbox() }}<script src='/slow.js'></script></head>"
    layout = LAYOUT.replace("\n{{ app_inbox() }}", "").replace("</head>", head)
    address = make_shop(layout=layout)
    inbox.play(context)
    inbox.arrive()
    page.route("**/slow.js", lambda route: slow.append(route))
    slow: list[Route] = []
    with page.expect_request_finished(lambda one: "/bell/bell." in one.url):
        page.goto(address, wait_until="commit")
    # What may run before the page is whole runs now.
    page.evaluate("new Promise((done) => setTimeout(done, 50))")
    slow[0].fulfill(content_type="text/javascript", body="")
    expect(bell(page, 1)).to_have_text("1")
    open_panel(page)


def test_its_icon_stays_where_it_is_when_the_first_message_comes(
    check: Check, page: Page, shop: str, inbox: Inbox
) -> None:
    page.goto(shop)
    icon = page.locator("app-inbox-bell svg")
    expect(bell(page, 0)).to_be_visible()
    before = icon.bounding_box()
    inbox.arrive()
    check(page)
    expect(bell(page, 1)).to_be_visible()
    assert icon.bounding_box() == before


@pytest.mark.parametrize("is_late", [False, True])
def test_a_count_that_may_be_old_is_asked_for_at_once(
    is_late: bool,
    page: Page,
    shop: str,
    inbox: Inbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    count = Count(1, 0.0, is_late=is_late)
    monkeypatch.setattr("flask_app_inbox.inbox.bell.known_count", lambda *_: count)
    inbox.arrive()
    inbox.arrive()
    page.goto(shop)
    expect(bell(page, 2 if is_late else 1)).to_have_text("2" if is_late else "1")


def test_nobody_logged_in_gets_no_bell(page: Page, shop: str) -> None:
    page.goto(f"{shop}/login?email=")
    page.goto(shop)
    expect(page.locator("app-inbox-bell")).to_have_count(0)
    expect(page.locator("script")).to_have_count(0)


#: The bell's name in each language; whatever has none of its own gets English.
NAMES = {
    "en": "Notifications, 2 unread",
    "uk": "Сповіщення, 2 непрочитані",
    "ru": "Уведомления, 2 непрочитанных",
    "de": "Benachrichtigungen, 2 ungelesen",
    "es": "Notificaciones, 2 sin leer",
    "it": "Notifiche, 2 da leggere",
    "pl": "Powiadomienia, 2 nieprzeczytane",
    "ja": "Notifications, 2 unread",
}


def test_it_speaks_the_pages_language(page: Page, shop: str, inbox: Inbox) -> None:
    inbox.arrive()
    inbox.arrive()
    for language, name in NAMES.items():
        page.goto(f"{shop}/?lang={language}")
        page.get_by_role("button", name=name, exact=True).click()
        expect(page.get_by_role("dialog").get_by_role("listitem")).to_have_count(2)


def test_several_bells_share_one_store(
    page: Page, make_shop: Callable[..., str], context: BrowserContext, inbox: Inbox
) -> None:
    inbox.play(context)
    inbox.arrive()
    address = make_shop(
        layout=LAYOUT.replace("<main>", "<main>{{ app_inbox_anchor() }}")
    )
    page.goto(address)
    both = page.get_by_role("button", name="Notifications, 1 unread")
    expect(both).to_have_count(2)
    assert inbox.count_of("/unread") == 1
    both.last.click()
    expect(panel(page)).to_have_count(1)
    panel(page).get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_role("button", name="Notifications, no unread")).to_have_count(2)


def test_a_bell_can_move_go_and_come_late(page: Page, shop: str, inbox: Inbox) -> None:
    inbox.arrive()
    page.goto(shop)
    expect(bell(page, 1)).to_be_visible()
    page.evaluate("""() => document.querySelector("main").append(
        document.querySelector("app-inbox-bell"))""")
    expect(page.locator("main").get_by_role("button", name="1 unread")).to_be_visible()
    page.evaluate("""() => { document.querySelector("app-inbox-bell").remove();
        document.querySelector("header").append(
            document.createElement("app-inbox-bell")); }""")
    expect(bell(page, 1)).to_be_visible()
    open_panel(page)
    expect(panel(page).get_by_role("listitem")).to_have_count(1)


def test_an_element_that_nobody_has_drawn_is_a_bell_too(
    page: Page, make_shop: Callable[..., str], context: BrowserContext, inbox: Inbox
) -> None:
    inbox.play(context)
    inbox.arrive()
    layout = LAYOUT.replace(
        "{{ app_inbox_anchor() }}", "<app-inbox-bell></app-inbox-bell>"
    )
    page.goto(make_shop(layout=layout))
    expect(bell(page, 1)).to_be_visible()
    expect(bell(page).locator("svg")).to_be_visible()
    open_panel(page)


def test_a_name_of_the_page_is_in_nobodys_way(
    page: Page, make_shop: Callable[..., str], context: BrowserContext, inbox: Inbox
) -> None:
    inbox.play(context)
    inbox.arrive()
    layout = LAYOUT.replace("<main>", "<main><p id='appInbox'>Ours</p>")
    page.goto(make_shop(layout=layout))
    expect(bell(page, 1)).to_be_visible()
    assert page.evaluate("appInbox.state().unread") == 1


@pytest.mark.parametrize("key", ["click", "Space"])
def test_the_first_frame_waits_for_no_bell_and_nobody_else_does(
    key: str, page: Page, shop: str, inbox: Inbox
) -> None:
    page.add_init_script(WITHOUT_LATER)
    inbox.arrive()
    page.goto(shop)
    assert not page.evaluate(IS_DEFINED)
    assert page.evaluate("!!appInbox.list")
    link = page.get_by_role("link", name="Notifications")
    if key == "click":
        link.click()
    else:
        link.focus()
        page.keyboard.press(key)
    expect(panel(page).get_by_role("listitem")).to_have_count(1)


def test_a_count_of_earlier_says_when_it_was(
    check: Check, page: Page, shop: str, inbox: Inbox
) -> None:
    inbox.arrive()
    page.goto(shop)
    inbox.as_of = page.evaluate("Date.now() - 5 * 60000")
    check(page)
    expect(page.locator("app-inbox-bell[data-stale]")).to_be_visible()
    open_panel(page)


def test_without_its_panel_the_click_follows_the_link(
    page: Page, shop: str, complaints: object
) -> None:
    complaints.expected.append("Failed to load|ERR_FAILED")  # type: ignore[attr-defined]
    page.route("**/bell/panel.*.js", lambda route: route.abort())
    page.route("**/app-inbox/", lambda route: route.fulfill(body="the page"))
    page.goto(shop)
    expect(bell(page, 0)).to_be_visible()
    bell(page).click()
    expect(page.get_by_text("the page")).to_be_visible()


def test_offline_the_page_stays_where_it_is(
    page: Page, shop: str, context: BrowserContext, complaints: Complaints
) -> None:
    complaints.expected.append("Failed to load|ERR_INTERNET_DISCONNECTED")
    page.goto(shop)
    expect(bell(page, 0)).to_be_visible()
    context.set_offline(True)
    with page.expect_event("requestfailed"):
        bell(page).click()
    page.evaluate("new Promise(requestAnimationFrame)")
    context.set_offline(False)
    open_panel(page)
    assert page.url == f"{shop}/"


def test_an_impatient_second_click_does_not_close_it_again(
    page: Page, shop: str
) -> None:
    wait = hold_first(page, "**/bell/panel.*.js")
    page.goto(shop)
    expect(bell(page, 0)).to_be_visible()
    bell(page).click()
    bell(page).click()
    wait().continue_()
    expect(panel(page)).to_be_visible()
    page.evaluate("new Promise(requestAnimationFrame)")
    expect(panel(page)).to_be_visible()
    bell(page).click()
    expect(panel(page)).to_be_hidden()


def test_of_several_bells_one_says_what_has_come_that_is_not_hidden(
    check: Check,
    page: Page,
    make_shop: Callable[..., str],
    context: BrowserContext,
    inbox: Inbox,
) -> None:
    inbox.play(context)
    one = "{{ app_inbox_anchor() }}"
    layout = LAYOUT.replace(one, f"<div class=small>{one}</div>{one}{one}")
    page.goto(make_shop(layout=layout, style=".small { display: none }"))
    expect(bell(page, 0).nth(1)).to_be_visible()
    inbox.arrive()
    check(page)
    expect(bell(page, 1).nth(1)).to_be_visible()
    said = page.locator("app-inbox-bell").get_by_role("status", include_hidden=True)
    assert said.all_text_contents() == ["", "1 new notification", ""]

"""The panel: reading messages by mouse and keyboard, and what fails."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.bell.conftest import COLOURS, Check, bell, open_panel, panel
from tests.bell.inbox import Inbox
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.waiting import hold_first


def items(page: Page) -> Locator:
    return panel(page).get_by_role("listitem")


def unread_items(page: Page) -> Locator:
    return panel(page).locator("li[part~=unread]")


@pytest.fixture
def filled(page: Page, shop: str, inbox: Inbox) -> Page:
    """A page whose user has three unread messages."""
    for title in ("First", "Second", "Third"):
        inbox.arrive(title, html=f"About <b>{title}</b>")
    page.goto(shop)
    expect(bell(page, 3)).to_be_visible()
    return page


def test_it_lists_the_messages_and_opening_marks_none(
    filled: Page, inbox: Inbox
) -> None:
    open_panel(filled)
    expect(items(filled)).to_have_count(3)
    expect(items(filled).first).to_contain_text("About Third")
    expect(unread_items(filled)).to_have_count(3)
    filled.keyboard.press("Escape")
    expect(panel(filled)).to_be_hidden()
    assert inbox.count_of("/read") == 0
    expect(bell(filled, 3)).to_be_visible()


def test_a_click_marks_one_message(filled: Page, inbox: Inbox) -> None:
    open_panel(filled)
    items(filled).nth(1).click()
    expect(unread_items(filled)).to_have_count(2)
    expect(bell(filled, 2)).to_be_visible()
    assert inbox.unread_ids == ["m3", "m1"]


def test_mark_all_marks_all(filled: Page, inbox: Inbox) -> None:
    open_panel(filled)
    button = panel(filled).get_by_role("button", name="Mark all as read")
    button.click()
    expect(bell(filled, 0)).to_be_visible()
    expect(button).to_be_hidden()
    assert ("POST", "/app-inbox/messages/read", {"all": True}) in inbox.asked


def test_following_a_link_marks_its_message(
    page: Page, shop: str, inbox: Inbox
) -> None:
    inbox.arrive("Order", link="/two")
    page.goto(shop)
    open_panel(page)
    items(page).first.click()
    page.wait_for_url("**/two")
    expect(bell(page, 0)).to_be_visible()


def test_a_link_within_the_text_marks_its_message(
    page: Page, shop: str, inbox: Inbox
) -> None:
    inbox.arrive("Order", html='See <a href="/two" rel="noopener">it</a>')
    page.goto(shop)
    open_panel(page)
    panel(page).get_by_role("link", name="it").click()
    page.wait_for_url("**/two")
    assert inbox.unread == 0


def test_a_link_to_another_site_opens_a_tab_and_says_so(
    page: Page, shop: str, inbox: Inbox
) -> None:
    inbox.arrive("Shoes", link="https://shoes.example/")
    page.goto(shop)
    open_panel(page)
    link = panel(page).get_by_role("link", name="Shoes (opens in a new tab)")
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", "noopener")


def test_a_failed_mark_comes_back_unread_with_a_word(
    filled: Page, inbox: Inbox, complaints: Complaints
) -> None:
    complaints.expected.append(FAILED_LOAD)
    inbox.problems["/read"] = 503
    open_panel(filled)
    items(filled).first.click()
    expect(panel(filled).get_by_role("status")).to_contain_text("could not be marked")
    expect(unread_items(filled)).to_have_count(3)
    expect(bell(filled, 3)).to_be_visible()
    inbox.problems.clear()
    items(filled).first.click()
    expect(bell(filled, 2)).to_be_visible()
    expect(panel(filled).get_by_text("could not be marked")).to_be_hidden()


def test_a_list_that_fails_can_be_asked_for_again(
    filled: Page, inbox: Inbox, complaints: Complaints
) -> None:
    complaints.expected.append(FAILED_LOAD)
    inbox.problems["/messages"] = 503
    open_panel(filled)
    expect(panel(filled).get_by_text("Notifications did not load")).to_be_visible()
    inbox.problems.clear()
    panel(filled).get_by_role("button", name="Try again").click()
    expect(items(filled)).to_have_count(3)
    expect(panel(filled)).to_be_focused()


def test_offline_is_said_and_ends_by_itself(
    filled: Page, context: BrowserContext, inbox: Inbox, complaints: Complaints
) -> None:
    complaints.expected.append(FAILED_LOAD)
    with filled.expect_response("**/panel.*.js"):
        bell(filled).hover()
    context.set_offline(True)
    filled.route("**/app-inbox/messages*", lambda route: route.abort())
    open_panel(filled)
    expect(panel(filled).get_by_text("You are offline")).to_be_visible()
    context.set_offline(False)
    filled.unroute("**/app-inbox/messages*")
    panel(filled).get_by_role("button", name="Try again").click()
    expect(items(filled)).to_have_count(3)


def test_an_empty_inbox_says_so(page: Page, shop: str) -> None:
    page.goto(shop)
    open_panel(page)
    expect(panel(page).get_by_text("Nothing here yet")).to_be_visible()


def test_more_messages_are_loaded_when_asked_for(
    page: Page, shop: str, inbox: Inbox, complaints: Complaints
) -> None:
    complaints.expected.append(FAILED_LOAD)
    inbox.page_size = 2
    for _ in range(5):
        inbox.arrive()
    page.goto(shop)
    open_panel(page)
    expect(items(page)).to_have_count(2)
    more = panel(page).get_by_role("button", name="Load more")
    more.click()
    expect(items(page)).to_have_count(4)
    inbox.problems["/messages"] = 503
    more.click()
    said = panel(page).get_by_role("status")
    expect(said).to_have_text("Notifications did not load")
    inbox.problems.clear()
    more.click()
    expect(items(page)).to_have_count(5)
    expect(said).to_be_hidden()
    expect(more).to_be_hidden()


# --- the keyboard -------------------------------------------------------------------


def test_the_keyboard_opens_walks_reads_and_closes(filled: Page) -> None:
    bell(filled).focus()
    filled.keyboard.press("Space")
    expect(panel(filled)).to_be_focused()
    expect(bell(filled)).to_have_attribute("aria-expanded", "true")
    expect(items(filled)).to_have_count(3)
    filled.keyboard.press("ArrowDown")
    expect(panel(filled).get_by_role("button", name="Third")).to_be_focused()
    filled.keyboard.press("ArrowDown")
    second = panel(filled).get_by_role("button", name="Second")
    expect(second).to_be_focused()
    filled.keyboard.press("End")
    expect(panel(filled).get_by_role("button", name="First")).to_be_focused()
    filled.keyboard.press("Home")
    filled.keyboard.press("ArrowDown")
    filled.keyboard.press("Enter")
    expect(bell(filled, 2)).to_be_visible()
    expect(second).to_be_focused()
    filled.keyboard.press("Escape")
    expect(panel(filled)).to_be_hidden()
    expect(bell(filled)).to_be_focused()
    expect(bell(filled)).to_have_attribute("aria-expanded", "false")


def test_the_focus_goes_to_the_next_message_when_one_disappears(
    filled: Page, inbox: Inbox
) -> None:
    open_panel(filled)
    panel(filled).get_by_role("button", name="Second").focus()
    del inbox.messages[1]
    filled.evaluate("appInbox.list().then((list) => list.refresh())")
    expect(items(filled)).to_have_count(2)
    expect(panel(filled).get_by_role("button", name="First")).to_be_focused()


def test_the_focus_stays_when_its_button_goes(
    page: Page, shop: str, inbox: Inbox
) -> None:
    inbox.page_size = 2
    for title in ("Third", "Second", "First"):
        inbox.arrive(title)
    page.goto(shop)
    open_panel(page)
    panel(page).get_by_role("button", name="Load more").focus()
    page.keyboard.press("Enter")
    expect(panel(page).get_by_role("button", name="Third")).to_be_focused()
    panel(page).get_by_role("button", name="Mark all as read").focus()
    page.keyboard.press("Enter")
    expect(bell(page, 0)).to_be_visible()
    expect(panel(page)).to_be_focused()


def test_a_page_that_was_scrolled_stays_there_when_it_closes(filled: Page) -> None:
    open_panel(filled)
    filled.mouse.move(20, 300)
    filled.mouse.wheel(0, 500)
    filled.wait_for_function("scrollY === 500")
    filled.keyboard.press("Escape")
    expect(bell(filled)).to_be_focused()
    assert filled.evaluate("scrollY") == 500


def test_a_click_elsewhere_closes_it(filled: Page) -> None:
    open_panel(filled)
    filled.get_by_role("heading", name="Tea").click()
    expect(panel(filled)).to_be_hidden()


def test_messages_that_come_in_are_announced_once(
    check: Check, filled: Page, inbox: Inbox
) -> None:
    inbox.arrive("New one")
    inbox.arrive("Another")
    check(filled)
    expect(bell(filled, 5)).to_be_visible()
    status = filled.locator("app-inbox-bell").get_by_role("status")
    expect(status).to_have_text("2 new notifications")


def test_an_open_panel_does_not_say_it_again(
    check: Check, filled: Page, inbox: Inbox
) -> None:
    open_panel(filled)
    expect(items(filled)).to_have_count(3)
    inbox.arrive("New one")
    check(filled)
    expect(items(filled)).to_have_count(4)
    said = filled.locator("app-inbox-bell").get_by_role("status")
    expect(said.filter(has_text="1 new notification")).to_have_count(1)


# --- what costs nothing and hides nothing --------------------------------------------


def test_a_mark_costs_one_call(page: Page, shop: str, inbox: Inbox) -> None:
    page.clock.install()
    for _ in range(3):
        inbox.arrive()
    page.goto(shop)
    expect(bell(page, 3)).to_be_visible()  # it was answered: a mark beats what was not
    open_panel(page)
    expect(items(page)).to_have_count(3)
    before = len(inbox.asked)
    items(page).first.click()
    expect(bell(page, 2)).to_be_visible()
    # Whatever it wants to ask for besides it asks for within five seconds.
    page.clock.run_for(10_000)
    page.evaluate("fetch('/icon')")
    assert [path for _, path, _ in inbox.asked[before:]] == ["/app-inbox/messages/read"]


def test_opening_asks_for_the_messages_once(
    page: Page, shop: str, inbox: Inbox
) -> None:
    check = "document.dispatchEvent(new Event('app-inbox:check'))"
    page.clock.install()
    inbox.arrive()
    page.goto(shop)
    expect(bell(page, 1)).to_be_visible()
    held = hold_first(page, "**/app-inbox/messages?*")
    open_panel(page)
    request = held()
    for _ in range(2):
        page.evaluate(check)
        page.clock.run_for(6_000)
    assert inbox.count_of("/messages") == 0
    request.fallback()
    expect(items(page)).to_have_count(1)


def test_many_presses_load_once(page: Page, shop: str, inbox: Inbox) -> None:
    inbox.page_size = 2
    for _ in range(4):
        inbox.arrive()
    page.goto(shop)
    open_panel(page)
    expect(items(page)).to_have_count(2)
    held = hold_first(page, "**/app-inbox/messages?page=1")
    more = panel(page).get_by_role("button", name="Load more")
    for _ in range(5):
        more.click()
    request = held()
    # A mark meanwhile makes that answer an old one: it is asked for again at once.
    items(page).first.click()
    expect(bell(page, 3)).to_be_visible()
    before = inbox.count_of("/messages")
    request.fallback()
    expect(items(page)).to_have_count(4, timeout=3000)
    assert inbox.count_of("/messages") - before <= 2


def test_a_press_that_ends_elsewhere_keeps_it_open(
    new_context: Any, shop: str, inbox: Inbox
) -> None:
    context = new_context(
        viewport={"width": 390, "height": 800}, reduced_motion="reduce"
    )
    inbox.play(context)
    inbox.arrive("First")
    page = context.new_page()
    page.goto(shop)
    open_panel(page)
    expect(items(page)).to_have_count(1)
    panel(page).get_by_role("heading").hover()
    page.mouse.down()
    page.mouse.move(100, 20, steps=3)
    page.mouse.up()
    expect(panel(page)).to_be_visible()
    page.mouse.click(100, 20)
    expect(panel(page)).to_be_hidden()


def test_its_buttons_are_read_where_the_pointer_is(
    page: Page, shop: str, inbox: Inbox, complaints: Complaints
) -> None:
    complaints.expected.append(FAILED_LOAD)
    inbox.problems["/messages"] = 503
    page.goto(shop)
    open_panel(page)
    retry = panel(page).get_by_role("button", name="Try again")
    before = retry.evaluate(COLOURS)
    retry.hover()
    assert retry.evaluate(COLOURS) == before


@pytest.mark.parametrize(
    "missing",
    [
        "delete HTMLElement.prototype.showPopover",
        "window.CSSStyleSheet = function () { throw new TypeError('Illegal') }",
    ],
)
def test_browsers_that_cannot_draw_it_show_the_page_of_messages(
    missing: str, page: Page, shop: str, complaints: Complaints
) -> None:
    complaints.expected.append(FAILED_LOAD)  # nothing answers in the vendor's place
    page.add_init_script(missing)
    page.goto(shop)
    with page.expect_request("**/app-inbox/"):
        bell(page).click()


# --- phones --------------------------------------------------------------------------


@pytest.fixture
def phone(new_context: Any, inbox: Inbox) -> Page:
    # Without movement the sheet is where it belongs at once.
    context = new_context(
        viewport={"width": 390, "height": 800},
        is_mobile=True,
        has_touch=True,
        reduced_motion="reduce",
    )
    inbox.play(context)
    page: Page = context.new_page()
    return page


def test_on_a_phone_it_is_a_modal_sheet(phone: Page, shop: str, inbox: Inbox) -> None:
    inbox.arrive("First")
    phone.goto(shop)
    bell(phone, 1).tap()
    expect(panel(phone)).to_be_visible()
    assert panel(phone).evaluate("(panel) => panel.matches(':modal')")
    box = panel(phone).bounding_box()
    assert box is not None
    assert (box["x"], box["width"]) == (0, 390)
    assert box["y"] + box["height"] == 800
    phone.touchscreen.tap(100, 20)
    expect(panel(phone)).to_be_hidden()


def test_a_tap_beside_the_sheet_presses_nothing_below(
    phone: Page, shop: str, inbox: Inbox
) -> None:
    inbox.arrive("One")
    phone.goto(shop)
    phone.evaluate("""() => {
      window.pressed = [];
      addEventListener("click", ({ target }) => pressed.push(target.id), true); }""")
    bell(phone, 1).tap()
    expect(items(phone)).to_have_count(1)
    box = phone.locator("#last").bounding_box()
    assert box is not None
    phone.touchscreen.tap(box["x"] + 5, box["y"] + 5)
    expect(panel(phone)).to_be_hidden()
    phone.evaluate("new Promise((done) => setTimeout(done, 300))")
    assert "last" not in phone.evaluate("pressed")


def test_a_page_that_is_wider_than_its_phone_has_a_modal_sheet(
    phone: Page, make_shop: Any, inbox: Inbox
) -> None:
    phone.goto(make_shop(style="h1 { width: 700px }"))
    bell(phone).tap()
    expect(panel(phone)).to_be_visible()
    assert panel(phone).evaluate("(panel) => panel.matches(':modal')")


def test_the_browsers_own_way_closes_the_sheet(
    phone: Page, shop: str, inbox: Inbox
) -> None:
    inbox.arrive("One")
    phone.goto(shop)
    for _ in range(2):
        open_panel(phone)
        expect(items(phone)).to_have_count(1)
        panel(phone).evaluate("(panel) => panel.requestClose()")
        expect(panel(phone)).to_be_hidden()
        expect(bell(phone)).to_be_focused()
        expect(bell(phone)).to_have_attribute("aria-expanded", "false")

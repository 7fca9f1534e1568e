"""What a newcomer sees: the bell, a message, an order, the drawer."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from flask_app_inbox.sandbox import SandboxServer
from tests.browser.bell import bell, message, open_panel
from tests.fixtures.complaints import FAILED_LOAD, Complaints

Enter = Callable[[Page], None]


def test_a_newcomer_reads_orders_and_is_told(
    page: Page, address: str, enter: Enter
) -> None:
    enter(page)
    bell(page, 4).wait_for()
    open_panel(page)
    message(page, "The Moon teapot is back").click()
    bell(page, 3).wait_for()

    page.goto(f"{address}/things/teapot")
    page.get_by_role("button", name="Add to basket").click()
    page.get_by_role("link", name="Go to checkout").click()
    page.get_by_role("button", name="Place order").click()
    page.wait_for_url(f"{address}/orders/*")
    bell(page, 4).wait_for()
    panel = open_panel(page)
    expect(message(page, "Your order is on its way")).to_be_visible()
    picture = panel.locator("img").first
    assert picture.get_attribute("src") == f"{address}/static/pictures/teapot.svg"
    page.keyboard.press("Escape")

    page.get_by_role("button", name="Log out").first.click()
    page.wait_for_url(f"{address}/")
    expect(bell(page)).to_have_count(0)


def test_the_drawer_shows_how_a_dead_token_is_replaced(
    page: Page, enter: Enter, complaints: Complaints
) -> None:
    complaints.expected.append(rf"{FAILED_LOAD}.*401")
    enter(page)
    page.get_by_role("button", name="How it works").click()
    drawer = page.get_by_role("complementary", name="How the bell works")
    calls = drawer.get_by_role("listitem")
    asked = calls.filter(has_text="POST /app-inbox/token")
    expect(asked).to_have_count(1)
    expect(calls.filter(has_text="POST /api/v1/auth/contact/token")).to_have_count(1)
    expect(calls.filter(has_text="GET /scripts/")).to_have_count(1)
    expect(calls.filter(has_text="GET /appinbox/v1/messages/count")).to_have_count(1)

    drawer.get_by_role("button", name="Invalidate tokens").click()
    expect(calls.filter(has_text="This token is dead.")).to_have_count(
        1, timeout=20_000
    )
    expect(asked).to_have_count(2)


def test_the_message_button_rings_the_bell(page: Page, enter: Enter) -> None:
    enter(page)
    bell(page, 4).wait_for()
    page.get_by_role("button", name="How it works").click()
    page.get_by_role("button", name="Send me a message").click()
    expect(page.get_by_text("Sent. The bell will notice")).to_be_visible()
    bell(page, 5).wait_for()


def test_a_message_that_was_not_sent_stays_explained_until_the_next_action(
    page: Page, address: str, complaints: Complaints
) -> None:
    complaints.expected.append(rf"{FAILED_LOAD}.*404")
    page.goto(f"{address}/login")
    page.get_by_role("button", name="mia@example.com").click()
    page.locator("form[data-login]").get_by_role("button").click()
    page.wait_for_url(f"{address}/")
    page.get_by_role("button", name="How it works").click()
    page.get_by_role("button", name="Send me a message").click()
    status = page.locator(".flow-status")
    expect(status).to_contain_text("the vendor does not know this contact")
    for _ in range(2):
        with page.expect_response("**/flow/calls?*"):
            pass
    expect(status).to_contain_text("the vendor does not know this contact")
    page.get_by_role("button", name="Invalidate tokens").click()
    expect(status).to_have_text(
        "All tokens are dead. Watch the bell ask for a new one."
    )


def test_after_a_reset_the_bell_comes_back_with_the_next_page(
    page: Page, enter: Enter, sandbox_server: SandboxServer, complaints: Complaints
) -> None:
    complaints.expected.append(rf"{FAILED_LOAD}.*401")
    enter(page)
    bell(page, 4).wait_for()
    sandbox_server.reset()
    page.reload()
    bell(page, 4).wait_for()


def test_the_drawer_follows_to_the_next_page_until_it_is_closed(
    page: Page, address: str
) -> None:
    page.goto(address)
    opener = page.get_by_role("button", name="How it works")
    opener.click()
    drawer = page.get_by_role("complementary", name="How the bell works")
    expect(drawer.get_by_role("link", name="Log in and watch it live")).to_be_visible()
    page.goto(f"{address}/basket")
    expect(drawer).to_be_visible()
    drawer.get_by_role("button", name="Close").focus()
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(opener).to_be_focused()
    page.goto(address)
    expect(drawer).to_be_hidden()


def test_the_steps_beside_a_quantity_change_the_basket(
    page: Page, address: str
) -> None:
    page.goto(f"{address}/things/honey")
    page.locator(".product-form").get_by_text("+", exact=True).click()
    page.get_by_role("button", name="Add to basket").click()
    expect(page.get_by_label("Quantity of Buckwheat honey")).to_have_value("2")
    with page.expect_navigation():
        page.locator(".basket").get_by_text("−", exact=True).click()  # noqa: RUF001
    expect(page.get_by_label("Quantity of Buckwheat honey")).to_have_value("1")


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_no_page_is_wider_than_the_screen(
    new_context: Callable[..., BrowserContext],
    complaints: Complaints,
    address: str,
    enter: Enter,
    width: int,
) -> None:
    complaints.expected.append(rf"{FAILED_LOAD}.*404")
    page = new_context(viewport={"width": width, "height": 700}).new_page()
    enter(page)
    paths = ("/", "/things/teapot", "/basket", "/account", "/nowhere")
    for path in paths:
        page.goto(address + path)
        inner = page.evaluate("document.documentElement.scrollWidth")
        assert inner <= width, path


def test_on_a_phone_the_menu_opens_and_closes(
    new_context: Callable[..., BrowserContext], address: str
) -> None:
    page = new_context(viewport={"width": 390, "height": 800}).new_page()
    page.goto(address)
    menu = page.get_by_role("button", name="Menu")
    link = page.get_by_role("link", name="Log in", exact=True)
    expect(link).to_be_hidden()
    menu.click()
    expect(link).to_be_visible()
    page.keyboard.press("Escape")
    expect(link).to_be_hidden()
    expect(menu).to_be_focused()


def test_without_script_the_shop_still_sells(
    new_context: Callable[..., BrowserContext], address: str
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{address}/login")
    page.get_by_label("Email").fill("olena@example.com")
    page.get_by_label("Password").fill("demo")
    page.locator("form[data-login]").get_by_role("button").click()
    page.goto(f"{address}/things/honey")
    page.get_by_role("button", name="Add to basket").click()
    page.get_by_label("Quantity of Buckwheat honey").fill("3")
    page.get_by_role("button", name="Update").click()
    page.get_by_role("link", name="Go to checkout").click()
    page.get_by_role("button", name="Place order").click()
    expect(page).to_have_url(re.compile(r"/orders/ZV-\d+"))
    expect(page.get_by_text("€28.50").first).to_be_visible()

"""What people do: customers, the owner, staff, and a browser without script."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import Flask
from playwright.sync_api import BrowserContext, Locator, Page, expect

from flask_app_inbox.sandbox import SandboxServer
from tests.chathub.browser.chat import chat, reply
from tests.demo.conftest import MakeShop, Visitor, drawn_by_either, drawn_by_vendor
from tests.fixtures.bell import bell, message, open_panel
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.control import Control

from .conftest import PLAIN_PATH, enter, leave

#: Milliseconds between two questions of the drawer.
DRAWERS_PAUSE = 1_000
#: Milliseconds after which a page looks for its message no more.
LATEST_LOOK = 25_000


def drawer_calls(page: Page) -> Locator:
    """Open the drawer; return its rows."""
    page.get_by_role("button", name="How it works").click()
    drawer = page.get_by_role("complementary", name="How the bell works")
    return drawer.get_by_role("listitem")


def test_a_newcomer_reads_a_message_orders_and_is_told(
    page: Page, address: str
) -> None:
    page.goto(f"{address}/login")
    page.get_by_role("button", name="olena@example.com").click()
    page.locator("form[data-login]").get_by_role("button").click()
    page.wait_for_url(f"{address}/")
    bell(page, 4).wait_for()
    open_panel(page)
    message(page, "The Moon teapot is back").click()
    bell(page, 3).wait_for()

    page.goto(f"{address}/things/teapot")
    page.get_by_role("button", name="Add to basket").click()
    with page.expect_navigation():
        page.locator(".basket").get_by_text("+", exact=True).click()
    expect(page.get_by_label("Quantity of Moon teapot")).to_have_value("2")
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


@drawn_by_either
def test_with_a_real_account_a_customer_logs_in_has_a_bell_and_orders(
    page: Page,
    real_shop: Flask,
    serve: Callable[[Flask], str],
    control: Control,
    settings: dict[str, Any],
) -> None:
    address = serve(real_shop)
    page.goto(f"{address}/login")
    page.get_by_role("button", name="olena@example.com").click()
    page.locator("form[data-login]").get_by_role("button").click()
    page.wait_for_url(f"{address}/")
    bell(page, 0).wait_for()
    control.send("olena@example.com", "A message of the vendor's")
    page.goto(f"{address}/things/teapot")
    open_panel(page)
    expect(message(page, "A message of the vendor's")).to_be_visible()
    bell(page, 1).wait_for()
    page.keyboard.press("Escape")

    page.get_by_role("button", name="Add to basket").click()
    page.get_by_role("link", name="Go to checkout").click()
    page.get_by_role("button", name="Place order").click()
    page.wait_for_url(f"{address}/orders/*")
    expect(page.get_by_text("The shop has told the vendor")).to_be_visible()
    bell(page, 1).wait_for()

    calls = drawer_calls(page)
    asked = (
        (
            "The shop asks the vendor, with its secret key",
            "The browser saw this call to the vendor.",
        )
        if settings
        else ("The bell asks the shop", "with a token that it keeps for them")
    )
    for words in (
        "The shop tells the vendor about a customer",
        "You placed an order, and the shop saves it.",
        *asked,
    ):
        expect(calls.filter(has_text=words).first).to_be_visible()
    expect(page.get_by_role("button", name="Send me a message")).to_have_count(0)


@drawn_by_vendor
def test_the_drawer_shows_how_a_dead_token_is_replaced(
    page: Page, address: str, complaints: Complaints
) -> None:
    complaints.expected.append(rf"{FAILED_LOAD}.*401")
    enter(page, address)
    calls = drawer_calls(page)
    asked = calls.filter(has_text="POST /app-inbox/token")
    expect(asked).to_have_count(1)
    expect(calls.filter(has_text="POST /api/v1/auth/contact/token")).to_have_count(1)
    expect(calls.filter(has_text="GET /scripts/")).to_have_count(1)
    expect(calls.filter(has_text="GET /appinbox/v1/messages/count")).to_have_count(1)
    page.get_by_role("button", name="Invalidate tokens").click()
    died = calls.filter(has_text="This token has expired.")
    expect(died).to_have_count(1, timeout=20_000)
    expect(asked).to_have_count(2)


def test_the_drawer_shows_how_the_shop_replaces_a_dead_token(
    page: Page, address: str
) -> None:
    enter(page, address)
    bell(page, 4).wait_for()
    calls = drawer_calls(page)
    page.get_by_role("button", name="Invalidate tokens").click()
    expect(page.locator(".flow-status")).to_contain_text("Open the bell")
    panel = open_panel(page)
    expect(panel.get_by_role("listitem")).to_have_count(4)
    died = calls.filter(has_text="The shop gets a new one and asks again.")
    expect(died).to_have_count(1)
    expect(calls.filter(has_text="/api/v1/auth/contact/token")).to_have_count(2)
    expect(calls.filter(has_text="GET /scripts/")).to_have_count(0)


def test_a_customer_whom_the_vendor_knows_already_is_not_shown_as_trouble(
    page: Page, address: str, make_shop: MakeShop, sandbox: SandboxServer
) -> None:
    # Another shop, as before a restart, has told the vendor of them.
    Visitor(make_shop(SHOP_SANDBOX_URL=sandbox.url)).log_in()
    enter(page, address)
    told = drawer_calls(page).filter(has_text="POST /api/v1/contact")
    expect(told.filter(has_text="409")).to_have_attribute("data-kind", "")


def test_after_a_logout_in_another_tab_the_drawer_stops_and_offers_the_login(
    page: Page, address: str, complaints: Complaints
) -> None:
    complaints.expected.append(rf"{FAILED_LOAD}.*401")
    enter(page, address)
    drawer_calls(page)
    leave(page, address)
    status = page.locator(".flow-status")
    expect(status).to_have_text("This page\u2019s login has ended.")
    page.clock.install()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(5 * DRAWERS_PAUSE)
    with page.expect_response("**/flow/message"):
        page.get_by_role("button", name="Send me a message").click()
    assert not [url for url in asked if "/flow/calls" in url]
    expect(status).to_have_text("This page\u2019s login has ended.")
    page.get_by_role("link", name="Log in and watch it live").click()
    page.wait_for_url(f"{address}/login?next={PLAIN_PATH}")


def test_the_drawer_rings_the_bell_and_follows_to_the_next_page(
    page: Page, address: str
) -> None:
    enter(page, address)
    bell(page, 4).wait_for()
    calls = drawer_calls(page)
    page.get_by_role("button", name="Send me a message").click()
    expect(page.locator(".flow-status")).to_contain_text("The vendor knows.")
    bell(page, 5).wait_for()
    # The vendor calls the shop, and the bell's questions are one row.
    told = calls.filter(has_text="POST /app-inbox/webhook").locator(".flow-arrow")
    expect(told).to_have_css("transform", "matrix(-1, 0, 0, 1, 0, 0)")
    asked = calls.filter(has_text="GET /app-inbox/unread")
    expect(asked).to_contain_text("\u00d7 2")
    page.goto(f"{address}/account")
    expect(calls.filter(has_text="GET /account")).to_be_visible()
    page.get_by_role("button", name="Close", exact=True).click()
    page.goto(f"{address}/basket")
    expect(page.get_by_role("button", name="How it works")).to_be_visible()
    expect(page.locator(".flow")).to_be_hidden()


def test_the_page_of_an_order_looks_for_its_message_and_other_pages_wait(
    page: Page, address: str
) -> None:
    page.clock.install()
    page.add_init_script(
        "window.looks = 0;"
        "document.addEventListener('app-inbox:check', () => window.looks++)"
    )
    enter(page, address, path="/things/teapot")
    page.clock.run_for(LATEST_LOOK)
    assert page.evaluate("looks") == 0
    page.get_by_role("button", name="Add to basket").click()
    page.get_by_role("link", name="Go to checkout").click()
    page.get_by_role("button", name="Place order").click()
    page.wait_for_url(f"{address}/orders/*")
    page.clock.run_for(LATEST_LOOK)
    assert page.evaluate("looks") == 3


def test_a_message_that_was_not_sent_stays_explained_until_the_next_action(
    page: Page, address: str, complaints: Complaints
) -> None:
    complaints.expected.append(rf"{FAILED_LOAD}.*404")
    page.clock.install()
    enter(page, address, "mia@example.com")
    drawer_calls(page)
    page.get_by_role("button", name="Send me a message").click()
    status = page.locator(".flow-status")
    expect(status).to_contain_text("the vendor does not know this contact")
    for _ in range(2):
        with page.expect_response("**/flow/calls?*"):
            page.clock.run_for(DRAWERS_PAUSE)
    expect(status).to_contain_text("the vendor does not know this contact")
    page.get_by_role("button", name="Invalidate tokens").click()
    expect(status).to_have_text(re.compile("^All tokens are dead."))


def test_the_owner_connects_and_the_bell_rings_by_oauth(
    page: Page, oauth_address: str, new_context: Callable[..., BrowserContext]
) -> None:
    customer = new_context().new_page()
    enter(customer, oauth_address)
    expect(customer.get_by_role("link", name="Olena")).to_be_visible()
    expect(bell(customer)).to_have_count(0)

    enter(page, oauth_address, "owner@example.com")
    calls = drawer_calls(page)
    page.goto(f"{oauth_address}/connect")
    expect(page.get_by_role("heading", name="Not connected yet")).to_be_visible()
    page.locator("main").get_by_role("link", name="Connect", exact=True).click()
    page.get_by_label("Account").fill("Zavarka Ltd")
    page.locator("button[value=allow]").click()
    expect(page.get_by_role("heading", name="Connected", exact=True)).to_be_visible()
    expect(page.get_by_text("Zavarka Ltd")).to_be_visible()
    for words in (
        "The owner wants to connect.",
        "The vendor asks the owner",
        "The browser brings the code.",
        "exchanges a code or its refresh token",
    ):
        expect(calls.filter(has_text=words).first).to_be_visible()

    customer.reload()
    bell(customer, 4).wait_for()


def test_a_refusal_connects_nothing(
    page: Page, oauth_address: str, complaints: Complaints
) -> None:
    complaints.expected.append(rf"{FAILED_LOAD}.*400")
    enter(page, oauth_address, "owner@example.com")
    page.goto(f"{oauth_address}/connect")
    page.locator("main").get_by_role("link", name="Connect", exact=True).click()
    page.locator("button[value=deny]").click()
    expect(page.get_by_role("alert")).to_contain_text("did not allow")
    page.get_by_role("link", name="Back to the connection").click()
    expect(page.get_by_role("heading", name="Not connected yet")).to_be_visible()


def test_staff_answers_two_organizations_and_a_customer_reads_it(
    address: str, page: Page, new_context: Callable[..., BrowserContext]
) -> None:
    customer = new_context(viewport={"width": 360, "height": 740}).new_page()
    enter(customer, address, "bohdan@example.com")
    customer.goto(f"{address}/ask")
    customer.locator("#text").fill("Чи є липа?")
    customer.locator(".ask button").click()
    expect(customer.locator(".note")).to_be_visible()

    enter(page, address, "staff@example.com")
    calls = drawer_calls(page)
    page.goto(f"{address}/chat")
    reply(chat(page), "Богдан", "Є, ціла алея.")
    page.get_by_role("tablist").get_by_role("tab", name="support").click()
    reply(chat(page, "support"), "Jonas", "We make you another.")
    for words in (
        "The shop checks who is logged in",
        "asks ChatHub for a token for this one operator",
        "The panel has its token",
        "The operator answers a customer.",
    ):
        expect(calls.filter(has_text=words).first).to_be_visible()

    customer.reload()
    expect(customer.locator(".thread .answer")).to_contain_text("Є, ціла алея.")
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_without_script_the_shop_still_sells(
    new_context: Callable[..., BrowserContext], address: str
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    enter(page, address)
    expect(page.get_by_role("link", name="Clay").first).to_be_visible()
    page.goto(f"{address}/things/honey")
    page.get_by_role("button", name="Add to basket").click()
    page.get_by_label("Quantity of Buckwheat honey").fill("3")
    page.get_by_role("button", name="Update").click()
    page.get_by_role("link", name="Go to checkout").click()
    page.get_by_role("button", name="Place order").click()
    expect(page).to_have_url(re.compile(r"/orders/ZV-\d+"))
    expect(page.get_by_text("€28.50").first).to_be_visible()

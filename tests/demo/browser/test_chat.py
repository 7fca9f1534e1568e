"""Staff and a customer write to each other while operator tokens die and come."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from tests.chathub.browser.chat import MINT, SUPPORT, answers, chat, reply, write
from tests.demo.conftest import MakeShop, SandboxView
from tests.fixtures.control import Control

#: Seconds; the shortest that the extension allows.
LIFE = 5


def _enter(page: Page, address: str, email: str) -> None:
    page.goto(f"{address}/login")
    page.get_by_role("button", name=email).click()
    page.locator("form[data-login]").get_by_role("button").click()
    page.wait_for_url(f"{address}/")


def test_staff_chats_in_two_organizations_over_several_lives_of_tokens(
    make_shop: MakeShop,
    sandbox: SandboxView,
    serve: Callable[[Flask], str],
    page: Page,
) -> None:
    control = Control(sandbox.url)
    shop = make_shop(SHOP_SANDBOX_URL=sandbox.url, CHATHUB_TOKEN_LIFETIME=LIFE)
    address = serve(shop)
    _enter(page, address, "staff@example.com")
    page.get_by_role("link", name="Chat", exact=True).click()
    page.evaluate("window.isTheSame = true")
    tab = page.get_by_role("tablist").get_by_role("tab", name="support")
    reply(chat(page), "Olena", "Three, if they are small.")
    tab.click()
    reply(chat(page, "support"), "Jonas", "We make you another.")

    for turn in range(3):
        minted = control.paths().count(MINT)
        # Both organizations' tokens are renewed, each before its end.
        control.wait_for_request(page, MINT, more_than=minted + 1)
        write(control, "Jonas", f"Question {turn}", SUPPORT)
        panel = chat(page, "support")
        expect(panel.get_by_role("log")).to_contain_text(f"Question {turn}")
        reply(panel, "Jonas", f"Answer {turn}")
    page.get_by_role("tablist").get_by_role("tab", name="sales").click()
    reply(chat(page), "Olena", "Still here.")
    assert answers(control)[-1] == "Still here."
    assert answers(control, SUPPORT)[1:] == [f"Answer {turn}" for turn in range(3)]
    assert page.evaluate("window.isTheSame")
    control.close()


def test_a_customers_question_reaches_staff_and_comes_back_answered(
    address: str, page: Page, new_context: Callable[..., BrowserContext]
) -> None:
    _enter(page, address, "staff@example.com")
    page.get_by_role("link", name="Chat", exact=True).click()
    customer = new_context().new_page()
    _enter(customer, address, "bohdan@example.com")
    customer.goto(f"{address}/ask")
    customer.locator("#text").fill("Чи є липа?")
    customer.locator(".ask button").click()
    expect(customer.locator(".note")).to_be_visible()
    reply(chat(page), "Богдан", "Є, ціла алея.")
    customer.reload()
    expect(customer.locator(".thread .answer")).to_contain_text("Є, ціла алея.")


def test_the_drawer_names_what_the_chat_does(address: str, page: Page) -> None:
    _enter(page, address, "staff@example.com")
    page.get_by_role("button", name="How it works").click()
    page.goto(f"{address}/chat")
    calls = page.get_by_role("complementary", name="How the bell").get_by_role(
        "listitem"
    )
    for words in (
        "The shop looks who is logged in",
        "asks ChatHub for a token for this one operator",
        "The panel has its token and is shown.",
        "The panel looks for messages",
    ):
        expect(calls.filter(has_text=words).first).to_be_visible(timeout=15_000)


def test_the_chat_fits_a_phone(
    address: str, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context(viewport={"width": 360, "height": 740}).new_page()
    _enter(page, address, "staff@example.com")
    page.goto(f"{address}/chat")
    expect(chat(page).get_by_role("button", name="Olena")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

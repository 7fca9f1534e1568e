"""From the basket to an order and its message in the bell."""

from __future__ import annotations

import logging
import re

import pytest
from flask import Flask

from flask_app_inbox.sandbox import SandboxServer

from .conftest import MakeShop, SandboxView, Visitor


def test_an_order_is_confirmed_with_one_button(visitor: Visitor) -> None:
    path = visitor.take("teapot").take("honey", 2).log_in().order()
    assert re.fullmatch(r"/orders/ZV-\d+", path)
    page = visitor.text(path)
    assert "Moon teapot" in page
    assert "€87.00" in page
    assert "Look at the bell" in page
    assert path in visitor.text("/account")
    assert "Nothing in here yet" in visitor.text("/basket")


def test_the_order_is_announced_with_picture_and_link(
    visitor: Visitor, sandbox: SandboxView
) -> None:
    path = visitor.log_in().take("bowl").order()
    newest = sandbox.messages("olena@example.com")[0]
    assert newest["title"] == "Your order is on its way"
    assert path.rpartition("/")[2] in newest["content"]
    assert newest["image"] == "http://localhost/static/pictures/bowl.svg"
    assert newest["link"] == f"http://localhost{path}"
    assert newest["status"] == "UNOPENED"


def test_the_message_speaks_the_language_of_the_page(
    visitor: Visitor, sandbox: SandboxView
) -> None:
    visitor.log_in("bohdan@example.com").take("bowl").order()
    newest = sandbox.messages("bohdan@example.com")[0]
    assert newest["title"] == "Ваше замовлення в дорозі"


def test_a_second_click_makes_no_second_order(
    visitor: Visitor, sandbox: SandboxView
) -> None:
    visitor.log_in().take("bowl")
    page = visitor.text("/checkout")
    attempt = re.search(r'name="attempt"[^>]* value="([^"]+)"', page)
    assert attempt
    with visitor.client.session_transaction() as session:
        basket = session["basket"]
    first = visitor.post("/checkout", attempt=attempt[1]).location
    before = len(sandbox.messages("olena@example.com"))

    # The click after the answer finds an empty basket.
    assert visitor.post("/checkout", attempt=attempt[1]).location == first
    # The click before the answer still carries the full one.
    with visitor.client.session_transaction() as session:
        session["basket"] = basket
    assert visitor.post("/checkout", attempt=attempt[1]).location == first

    assert len(sandbox.messages("olena@example.com")) == before


def test_an_empty_basket_cannot_be_ordered(visitor: Visitor) -> None:
    visitor.log_in()
    assert visitor.get("/checkout").location == "/basket"
    assert visitor.post("/checkout", attempt="0" * 16).location == "/basket"


def test_an_order_without_its_attempt_is_refused(visitor: Visitor) -> None:
    visitor.log_in().take("bowl")
    assert visitor.post("/checkout", attempt="again").status_code == 400


def test_nobody_sees_the_orders_of_others(shop: Flask) -> None:
    path = Visitor(shop).log_in().take("bowl").order()
    other = Visitor(shop).log_in("jonas@example.com")
    assert other.get(path).status_code == 404
    assert path not in other.text("/account")


@pytest.mark.parametrize("number", ["ZV-999999", "ZV-x", "1001x", "ZV-" + "9" * 40])
def test_an_order_that_is_none_is_not_found(visitor: Visitor, number: str) -> None:
    assert visitor.log_in().get(f"/orders/{number}").status_code == 404


def test_an_order_stands_when_the_sandbox_is_gone(
    make_shop: MakeShop, caplog: pytest.LogCaptureFixture
) -> None:
    # Port 9 is "discard": nothing listens there on a machine of today.
    visitor = Visitor(make_shop(SHOP_SANDBOX_URL="http://127.0.0.1:9"))
    with caplog.at_level(logging.WARNING):
        page = visitor.log_in().take("bowl").order()
    text = visitor.text(page)
    assert "Quiet bowl" in text
    assert "the sandbox did not take it" in text
    assert "Look at the bell" not in text
    assert "The sandbox did not take a message" in caplog.text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "the vendor does not know you"),
        ("uk", "постачальник вас не знає"),
        ("de", "Der Anbieter kennt Sie nicht"),
    ],
)
def test_whoever_the_vendor_does_not_know_is_promised_no_message(
    visitor: Visitor, language: str, words: str
) -> None:
    visitor.log_in("mia@example.com").take("bowl")
    visitor.post("/language", language=language, page="/account")
    page = visitor.text(visitor.order())
    assert words in page
    assert "Look at the bell" not in page


def test_only_the_newest_order_says_what_became_of_its_message(
    visitor: Visitor,
) -> None:
    first = visitor.log_in().take("bowl").order()
    second = visitor.take("honey").order()
    assert "Look at the bell" in visitor.text(second)
    assert "Look at the bell" not in visitor.text(first)
    visitor.post("/logout", page="/account")
    assert "Look at the bell" not in visitor.log_in().text(second)


def test_after_a_reset_an_order_is_announced_again(
    visitor: Visitor, sandbox: SandboxView, sandbox_server: SandboxServer
) -> None:
    visitor.log_in().take("bowl")
    sandbox_server.reset()
    assert "Look at the bell" in visitor.text(visitor.order())
    assert len(sandbox.messages("olena@example.com")) == 5


def test_after_a_reset_whoever_is_logged_in_gets_a_token_and_messages(
    visitor: Visitor, sandbox: SandboxView, sandbox_server: SandboxServer
) -> None:
    visitor.log_in()
    sandbox_server.reset()
    answer = visitor.client.post("/app-inbox/token").json
    assert answer
    assert answer["token"]
    assert len(sandbox.messages("olena@example.com")) == 4
    assert "jonas@example.com" in sandbox.emails()


def test_a_customer_who_alone_is_missing_is_left_out_until_the_next_login(
    shop: Flask, sandbox: SandboxView
) -> None:
    Visitor(shop).log_in("jonas@example.com")
    visitor = Visitor(shop).log_in("mia@example.com")
    assert visitor.client.post("/app-inbox/token").json == {"token": ""}
    assert sandbox.emails() == ["jonas@example.com"]


def test_with_the_real_vendor_the_message_is_the_vendors_job(real_shop: Flask) -> None:
    visitor = Visitor(real_shop).log_in().take("bowl")
    page = visitor.text(visitor.order())
    assert "messages about orders are now sent from there" in page
    assert "Look at the bell" not in page
    assert "Sandbox console" not in page


def test_a_customer_is_introduced_once_with_messages(
    shop: Flask, sandbox: SandboxView
) -> None:
    for _ in range(2):
        Visitor(shop).log_in()
    assert sandbox.emails() == ["olena@example.com"]
    messages = sandbox.messages("olena@example.com")
    assert len(messages) == 4
    assert messages[-1]["title"] == "Welcome to Zavarka"


def test_a_greeting_is_in_the_language_of_the_account(
    shop: Flask, sandbox: SandboxView
) -> None:
    Visitor(shop).log_in("jonas@example.com")
    titles = [m["title"] for m in sandbox.messages("jonas@example.com")]
    assert titles == ["Die Teekanne Mond ist zurück", "Willkommen bei Zavarka"]


def test_one_customer_stays_unknown_to_the_vendor(
    shop: Flask, sandbox: SandboxView
) -> None:
    visitor = Visitor(shop).log_in("mia@example.com").take("bowl")
    assert visitor.order().startswith("/orders/")
    assert "mia@example.com" not in sandbox.emails()
    assert visitor.client.post("/app-inbox/token").json == {"token": ""}

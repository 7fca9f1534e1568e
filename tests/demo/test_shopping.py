"""From the shelf to an order and its message, without a browser."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from demo.seeds import Keeper
from demo.shop.accounts import DEMO_ACCOUNTS
from demo.shop.catalogue import CATALOGUE
from demo.shop.configuration import SANDBOX_WEBHOOK_PASSWORD
from flask_app_inbox.sandbox import SandboxServer
from tests.fixtures.control import Control
from tests.fixtures.waiting import wait_until

from .conftest import NOBODY, MakeShop, Visitor, field

STATIC = Path(__file__).parents[2] / "demo" / "shop" / "static"


def titles(control: Control, email: str) -> list[str]:
    """Return the titles of somebody's messages, newest first."""
    return [m["title"] for m in control.call("GET", f"messages?email={email}")]


def emails(control: Control) -> set[str]:
    """Return who the sandbox knows."""
    return {contact["email"] for contact in control.call("GET", "contacts")}


def test_every_product_has_a_page_and_a_picture(visitor: Visitor) -> None:
    for slug, product in CATALOGUE.items():
        assert f"/static/pictures/{slug}.svg" in visitor.text(f"/things/{slug}")
        assert (STATIC / product.picture).exists()


def test_a_basket_is_filled_changed_and_adds_up(visitor: Visitor) -> None:
    page = visitor.take("kettle").text("/basket")
    assert "€4.90" in page
    assert "€1.00 more, and delivery is on us." in page
    page = visitor.take("honey", 2).text("/basket")
    assert ">free<" in page
    assert "€78.00" in page
    visitor.post("/basket/kettle", quantity="0")
    visitor.post("/basket/honey", quantity="3")
    page = visitor.text("/basket")
    assert "Blue kettle" not in page
    assert "€33.40" in page


@pytest.mark.parametrize(
    ("method", "path", "status", "says"),
    [
        ("GET", "/?shelf=attic", 404, "Nothing on this shelf"),
        ("GET", "/things/sofa", 404, "Nothing on this shelf"),
        ("GET", "/logout", 405, "Not this way"),
        ("POST", "/basket/honey", 400, "did not arrive in one piece"),
    ],
)
def test_a_failure_is_a_page_of_the_shop(
    visitor: Visitor, method: str, path: str, status: int, says: str
) -> None:
    response = visitor.client.open(path, method=method)
    assert response.status_code == status
    assert says in response.text
    assert "Back to the shelf" in response.text


def test_every_printed_account_can_log_in(shop: Flask) -> None:
    page = Visitor(shop).text("/login")
    offered = re.findall(r'data-email="([^"]+)" data-password="demo"', page)
    assert offered == [account.email for account in DEMO_ACCOUNTS]
    for email in offered:
        assert email in Visitor(shop).log_in(email).text("/account")


def test_the_start_fills_the_sandbox_once(keeper: Keeper, control: Control) -> None:
    keeper.look()
    assert emails(control) == {
        "olena@example.com",
        "bohdan@example.com",
        "jonas@example.com",
    }
    assert titles(control, "jonas@example.com") == [
        "Die Teekanne Mond ist zurück",
        "Willkommen bei Zavarka",
    ]


def test_an_order_is_placed_and_announced(visitor: Visitor, control: Control) -> None:
    path = visitor.take("teapot").take("honey", 2).log_in().order()
    assert re.fullmatch(r"/orders/ZV-\d+", path)
    page = visitor.text(path)
    assert "Moon teapot" in page
    assert "€87.00" in page
    assert "Open the bell" in page
    assert path in visitor.text("/account")
    assert "Nothing in here yet" in visitor.text("/basket")
    # The shop has told the vendor, and a workflow has made the message.
    [event] = control.call("GET", "events")
    number = path.rpartition("/")[2]
    assert (event["key"], event["keyValue"]) == ("orderPlaced", number)
    assert event["params"]["externalCustomerId"] == "zavarka-1"
    newest = control.call("GET", "messages?email=olena@example.com")[0]
    assert newest["title"] == "Your order is on its way"
    assert path.rpartition("/")[2] in newest["content"]
    assert newest["image"] == "http://localhost/static/pictures/teapot.svg"
    assert newest["link"] == f"http://localhost{path}"


def test_a_second_click_places_no_second_order(
    visitor: Visitor, control: Control
) -> None:
    visitor.log_in().take("bowl")
    attempt = field(visitor.text("/checkout"), "attempt")
    with visitor.client.session_transaction() as session:
        basket = session["basket"]
    first = visitor.post("/checkout", attempt=attempt).location
    before = titles(control, "olena@example.com")

    # A click after the answer finds an empty basket.
    assert visitor.post("/checkout", attempt=attempt).location == first
    # A click before the answer still carries the full one.
    with visitor.client.session_transaction() as session:
        session["basket"] = basket
    assert visitor.post("/checkout", attempt=attempt).location == first
    assert titles(control, "olena@example.com") == before


def test_nobody_promises_a_message_to_a_customer_whom_the_vendor_does_not_know(
    visitor: Visitor, control: Control
) -> None:
    page = visitor.log_in("mia@example.com").take("bowl")
    assert "the vendor does not know you" in page.text(page.order())
    assert visitor.token().json == {"token": ""}
    assert "mia@example.com" not in emails(control)


def test_an_order_stands_when_the_sandbox_is_gone(
    make_shop: MakeShop, caplog: pytest.LogCaptureFixture
) -> None:
    visitor = Visitor(make_shop(SHOP_SANDBOX_URL=NOBODY))
    with caplog.at_level(logging.WARNING):
        page = visitor.log_in().take("bowl").order()
    text = visitor.text(page)
    assert "Quiet bowl" in text
    assert "the vendor could not be told" in text
    assert "The vendor was not told (/event)" in caplog.text


def test_after_a_reset_of_the_sandbox_everything_goes_on(
    visitor: Visitor, sandbox: SandboxServer, control: Control, keeper: Keeper
) -> None:
    visitor.log_in().take("bowl")
    sandbox.reset()
    keeper.look()
    assert (visitor.token().json or {})["token"]
    assert len(titles(control, "olena@example.com")) == 4
    assert "jonas@example.com" in emails(control)
    sandbox.reset()
    keeper.look()
    assert "Open the bell" in visitor.text(visitor.order())
    assert len(titles(control, "olena@example.com")) == 5


def test_with_the_real_vendor_an_order_is_told_and_a_workflow_makes_the_message(
    real_shop: Flask, control: Control
) -> None:
    # This one the owner of the account makes.
    message = {"title": "{title}", "content": "{text}", "link": "{link}"}
    control.put("workflows", [{"event": "orderPlaced", "message": message}])
    visitor = Visitor(real_shop)
    assert "messages waiting" not in visitor.text("/login")
    page = visitor.log_in().take("bowl").text(visitor.order())
    assert "has a workflow for the event orderPlaced" in page
    assert "Sandbox console" not in page
    assert titles(control, "olena@example.com") == ["Your order is on its way"]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "has a workflow for the event orderPlaced"),
        ("uk", "є сценарій для події orderPlaced"),
        ("de", "einen Workflow für das Ereignis orderPlaced"),
    ],
)
def test_every_language_says_what_the_real_vendor_needs(
    real_shop: Flask, language: str, told: str
) -> None:
    visitor = Visitor(real_shop).log_in().take("bowl")
    visitor.post("/language", language=language)
    assert told in visitor.text(visitor.order())


def test_the_vendor_tells_the_shop_of_the_message(
    shop: Flask, control: Control, serve: Callable[[Flask], str]
) -> None:
    hook = {"username": "app-inbox", "password": SANDBOX_WEBHOOK_PASSWORD}
    control.call("PUT", "webhook", url=f"{serve(shop)}/app-inbox/webhook", **hook)
    visitor = Visitor(shop).log_in().take("bowl")
    visitor.order()
    wait_until(lambda: control.call("GET", "webhook")["deliveries"])
    [delivery] = control.call("GET", "webhook")["deliveries"]
    assert delivery["status"] == 200


def test_with_the_real_vendor_a_customer_is_registered_once_at_the_login(
    real_shop: Flask, control: Control
) -> None:
    for _ in range(2):
        visitor = Visitor(real_shop).log_in()
        assert (visitor.token().json or {})["token"]
    (contact,) = control.call("GET", "contacts")
    assert (contact["email"], contact["firstName"]) == ("olena@example.com", "Olena")
    assert control.paths().count("/api/v1/contact") == 1


def test_a_customer_without_an_inbox_is_unknown_to_the_real_vendor_too(
    real_shop: Flask, control: Control
) -> None:
    visitor = Visitor(real_shop).log_in("mia@example.com")
    assert visitor.token().json == {"token": ""}
    assert control.call("GET", "contacts") == []


def test_a_message_is_promised_to_those_alone_who_get_one(visitor: Visitor) -> None:
    promise = "the bell will tell you"
    assert promise not in visitor.log_in("mia@example.com").text("/account")
    visitor.post("/logout", page="/account")
    assert promise in visitor.log_in().text("/account")

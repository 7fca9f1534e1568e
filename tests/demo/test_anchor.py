"""The bell's anchor: shown by the drawer, and moved for shop and sandbox together."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from demo.sandbox import SandboxClient
from demo.seeds import Keeper
from demo.shop.anchor import PLACES
from flask_app_inbox.sandbox import SandboxServer
from tests.fixtures.control import Control

from .conftest import NOBODY, VENDORS_BELL, MakeShop, Visitor

AT_START = {"selector": "#app-inbox", "position": "beforeend"}


def move(visitor: Visitor, selector: str, position: str = "beforeend") -> TestResponse:
    """Ask the shop to move the bell as the drawer does."""
    return visitor.post("/flow/anchor", selector=selector, position=position)


def says(answer: TestResponse) -> str:
    """Return the words that the drawer shows."""
    return str((answer.json or {})["says"])


def site(control: Control) -> Any:
    """Return where the sandbox puts the bell."""
    return control.call("GET", "site")


@pytest.fixture
def settings() -> dict[str, Any]:
    """Let the vendor's script draw the bell."""
    return VENDORS_BELL


@pytest.mark.parametrize(
    ("settings", "marked"), [(VENDORS_BELL, "#app-inbox"), ({}, ".bell-place")]
)
def test_everybody_sees_selector_and_position_and_a_mark(
    visitor: Visitor, marked: str
) -> None:
    for page in (visitor.text("/"), visitor.log_in().text("/")):
        assert "<code>#app-inbox</code> <code>beforeend</code>" in page
        assert f'data-selector="{marked}"' in page


@pytest.mark.parametrize("settings", [{}], ids=["site"])
def test_who_chooses_a_place_sees_the_vendors_bell(
    visitor: Visitor, control: Control
) -> None:
    visitor.log_in()
    assert "<app-inbox-bell" in visitor.text("/")
    assert move(visitor, "#bell", "afterend").status_code == 200
    assert site(control) == {"selector": "#bell", "position": "afterend"}
    page = visitor.text("/")
    assert '<div id="bell"' in page
    assert "<app-inbox-bell" not in page
    assert 'value="vendor" aria-pressed="true"' in page


@pytest.mark.parametrize("settings", [{}], ids=["site"])
def test_a_place_that_is_refused_leaves_the_shops_own_bell(visitor: Visitor) -> None:
    assert move(visitor.log_in(), "#bell >").status_code == 400
    assert "<app-inbox-bell" in visitor.text("/")


def test_shop_and_sandbox_move_the_bell_together(
    visitor: Visitor, control: Control
) -> None:
    visitor.log_in()
    answer = move(visitor, "#bell", "afterend")
    assert answer.status_code == 200
    assert site(control) == {"selector": "#bell", "position": "afterend"}
    page = visitor.text("/")
    assert '<div id="bell"' in page
    assert 'id="app-inbox"' not in page
    assert "<code>#bell</code> <code>afterend</code>" in page
    assert 'data-anchor="#bell"' in page
    assert "Shop and sandbox have moved the bell: #bell, afterend." in page


def test_a_move_logs_nobody_out_and_loses_no_basket_and_no_call(
    visitor: Visitor,
) -> None:
    visitor.log_in().take("teapot")
    move(visitor, "#bell")
    assert "Moon teapot" in visitor.text("/basket")
    assert (visitor.token().json or {})["token"]
    told = [call["path"] for call in (visitor.get("/flow/calls").json or {})["calls"]]
    assert "/login" in told
    assert "/_sandbox/site" in told


def test_an_element_that_the_layout_has_is_not_made_again(visitor: Visitor) -> None:
    visitor.log_in()
    for place in PLACES.values():
        assert move(visitor, place.selector, place.position).status_code == 200
        page = visitor.text("/")
        attribute, name = (
            {"#": "id", ".": "class"}[place.selector[0]],
            place.selector[1:],
        )
        assert page.count(f'{attribute}="{name}"') == 1, place


def test_each_place_that_the_drawer_offers_is_one_click(
    visitor: Visitor, control: Control
) -> None:
    visitor.log_in()
    for name, place in PLACES.items():
        assert f'name="place" value="{name}"' in visitor.text("/")
        visitor.post("/flow/anchor", place=name)
        told = {"selector": place.selector, "position": place.position}
        assert site(control) == told
    assert "afterend" in visitor.text("/")


def test_a_place_that_cannot_be_is_refused_in_words_and_nothing_moves(
    visitor: Visitor, control: Control
) -> None:
    visitor.log_in()
    for selector, position, word in (
        ("#bell >", "beforeend", "it is not a valid CSS selector"),
        ("", "beforeend", "APP_INBOX_ANCHOR must be a CSS selector"),
        ("script", "afterend", "no bell can stand in"),
        ("#bell", "inside", "APP_INBOX_POSITION must be"),
        ("header > video", "afterend", "no element of every page matches"),
    ):
        answer = move(visitor, selector, position)
        assert answer.status_code == 400
        assert says(answer).startswith("The bell stays where it is")
        assert word in says(answer)
        assert site(control) == AT_START
    assert 'id="app-inbox"' in visitor.text("/")


def test_what_the_sandbox_refuses_moves_nothing(
    visitor: Visitor, sandbox: SandboxServer, control: Control
) -> None:
    visitor.log_in()
    sandbox.stop()
    answer = move(visitor, "#bell")
    sandbox.start()
    assert answer.status_code == 502
    assert site(control) == AT_START
    assert 'id="app-inbox"' in visitor.text("/")


def test_the_icon_set_in_the_sandbox_stays(visitor: Visitor, control: Control) -> None:
    icon = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"/>'
    control.call("PUT", "site", icon=icon)
    move(visitor.log_in(), "#bell")
    assert site(control)["icon"] == icon


def test_after_a_reset_the_sandbox_learns_the_place_again(
    shop: Flask, sandbox: SandboxServer, control: Control
) -> None:
    move(Visitor(shop).log_in(), "#bell")
    sandbox.reset()
    Keeper(shop, SandboxClient(sandbox.url, lambda _: None), "http://localhost").look()
    assert site(control)["selector"] == "#bell"


def test_nobody_moves_the_bell_without_a_login_or_a_form_of_ours(
    visitor: Visitor, control: Control
) -> None:
    assert move(visitor, "#bell").status_code == 401
    visitor.log_in()
    assert (
        visitor.client.post("/flow/anchor", data={"selector": "#bell"}).status_code
        == 400
    )
    assert site(control) == AT_START


def test_with_a_real_account_the_drawer_shows_the_place_and_moves_nothing(
    real_shop: Flask, control: Control
) -> None:
    visitor = Visitor(real_shop).log_in()
    page = visitor.text("/")
    assert "<code>#app-inbox</code> <code>beforeend</code>" in page
    assert "flask app-inbox handoff" in page
    assert "/flow/anchor" not in page
    assert move(visitor, "#bell").status_code == 409
    assert site(control) == AT_START


def test_a_shop_whose_sandbox_is_gone_starts_all_the_same(
    make_shop: MakeShop, caplog: pytest.LogCaptureFixture
) -> None:
    shop = make_shop(SHOP_SANDBOX_URL=NOBODY)
    Keeper(shop, SandboxClient(NOBODY, lambda _: None), "http://localhost").look()
    assert "The sandbox could not be filled" in caplog.text
    assert "Zavarka" in Visitor(shop).text("/")

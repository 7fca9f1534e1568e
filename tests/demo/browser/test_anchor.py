"""The bell's anchor in the drawer and in the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from demo.sandbox import SandboxClient
from demo.seeds import Keeper
from demo.shop.anchor import PLACES, Place
from flask_app_inbox.sandbox import SandboxServer
from tests.demo.conftest import VENDORS_BELL, MakeShop
from tests.fixtures.bell import WIDGET, bell, open_panel
from tests.fixtures.complaints import FAILED_LOAD, Complaints

from .conftest import enter
from .test_layout import FONTS, LOOK

SITE = pytest.mark.parametrize("settings", [{}], ids=["site"])
#: What stands between an anchor and its bell in a selector.
JOINTS = {"beforeend": ">", "afterend": "+"}


@pytest.fixture
def settings() -> dict[str, Any]:
    """Let the vendor's script draw the bell."""
    return VENDORS_BELL


def anchor_part(page: Page) -> Locator:
    """Open the drawer and its part about the anchor; return that part."""
    page.get_by_role("button", name="How it works").click()
    part = page.locator(".flow-anchor")
    if part.get_attribute("open") is None:
        part.locator("summary").click()
    return part


def type_place(page: Page, selector: str, position: str) -> None:
    """Type a place into the drawer and send it."""
    page.get_by_label("Selector").fill(selector)
    page.get_by_label("Position").select_option(position)
    page.get_by_role("button", name="Move the bell").click()


@contextmanager
def moving(page: Page) -> Iterator[None]:
    """Wait for the next page, which says that the bell has moved."""
    with page.expect_navigation():
        yield
    page.locator(".note", has_text="have moved the bell").wait_for()


def where(place: Place) -> str:
    """Return the selector of a bell at a place."""
    return f"{place.selector} {JOINTS[place.position]} {WIDGET}"


def outline(element: Locator) -> str:
    """Return the style of an element's outline."""
    return str(element.evaluate("element => getComputedStyle(element).outlineStyle"))


def test_the_drawer_names_the_anchor_and_outlines_it_while_it_is_open(
    page: Page, address: str
) -> None:
    page.goto(address)
    anchor = page.locator("#app-inbox")
    assert outline(anchor) == "none"
    page.get_by_role("button", name="How it works").click()
    part = page.locator(".flow-anchor summary")
    expect(part).to_contain_text("#app-inbox")
    expect(part).to_contain_text("beforeend")
    assert outline(anchor) == "dashed"
    expect(anchor).to_be_in_viewport()  # empty for a visitor, and seen all the same
    page.get_by_role("button", name="Close", exact=True).click()
    assert outline(anchor) == "none"


@SITE
def test_the_shops_own_place_is_outlined_and_a_click_shows_the_vendors_bell(
    page: Page, address: str
) -> None:
    enter(page, address)
    bell(page, 4).wait_for()
    part = anchor_part(page)
    place = page.locator(".bell-place")
    assert outline(place) == "dashed"
    expect(place.locator("[part=bell]")).to_be_visible()
    with moving(page):
        part.get_by_role("button", name="Beside the name").click()
    expect(page.locator(where(PLACES["name"]))).to_be_visible()
    bell(page, 4).wait_for()
    expect(place.locator("[part=bell]")).to_have_count(0)


def test_a_click_moves_the_bell_to_another_anchor_in_sight_and_a_phones_header_fits(
    page: Page, address: str
) -> None:
    enter(page, address, path="/things/teapot")  # longer than the screen
    bell(page, 4).wait_for()
    for name, place in PLACES.items():
        page.set_viewport_size({"width": 1280, "height": 720})
        button = anchor_part(page).locator(f"[value={name}]")
        with moving(page):
            button.click()
        bell(page, 4).wait_for()
        expect(page.locator(where(place))).to_be_in_viewport()
        expect(page.locator(WIDGET)).to_have_count(1)
        assert outline(page.locator(place.selector)) == "dashed"
        open_panel(page)
        page.keyboard.press("Escape")
        page.set_viewport_size({"width": 320, "height": 640})
        assert page.evaluate(LOOK, FONTS) == [], name


def test_a_typed_place_is_tried_and_a_wrong_or_missing_one_explained(
    page: Page, address: str, complaints: Complaints
) -> None:
    complaints.expected.append(rf"{FAILED_LOAD}.*400")
    enter(page, address)
    missing = anchor_part(page).get_by_text("Nothing in this page matches")
    type_place(page, "#bell >", "beforeend")
    page.get_by_text("it is not a valid CSS selector").wait_for()
    expect(page.locator(f"#app-inbox {WIDGET}")).to_have_count(1)
    with moving(page):
        type_place(page, "#bell", "afterend")
    expect(page.locator(f"#bell + {WIDGET}")).to_be_visible()
    expect(page.locator(".flow-anchor summary")).to_contain_text("afterend")
    expect(missing).to_be_hidden()
    # In the HTML the menu's button is hidden; the shop's script shows it.
    with moving(page):
        type_place(page, ".menu-button[hidden]", "afterend")
    expect(missing).to_be_visible()


def test_another_anchor_and_position_in_the_settings_have_a_bell(
    page: Page,
    make_shop: MakeShop,
    serve: Callable[[Flask], str],
    sandbox: SandboxServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FLASK_APP_INBOX_ANCHOR", "#bell")
    monkeypatch.setenv("FLASK_APP_INBOX_POSITION", "afterbegin")
    shop = make_shop(SHOP_SANDBOX_URL=sandbox.url)
    address = serve(shop)
    Keeper(shop, SandboxClient(sandbox.url, lambda _: None), address).look()
    enter(page, address)
    bell(page, 4).wait_for()
    expect(page.locator(f"#bell > {WIDGET}")).to_be_visible()

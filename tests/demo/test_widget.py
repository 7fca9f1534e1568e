"""Who draws the bell: the vendor's script, or the shop itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask

from demo.shop.restarts import Restarts
from demo.shop.widget import WIDGETS
from flask_app_inbox.sandbox import SandboxServer

from .conftest import MakeShop, Visitor, drawn_by_vendor

#: What only the vendor's bell has.
VENDORS = [("SCRIPT_ID", "A1"), ("ANCHOR", "#bell"), ("POSITION", "afterend")]


def drawn_by(visitor: Visitor, sandbox: SandboxServer) -> list[str]:
    """Return who draws bells in somebody's pages."""
    page = visitor.text("/")
    signs = {"site": "<app-inbox-bell", "vendor": f"{sandbox.url}/scripts/"}
    return [widget for widget, sign in signs.items() if sign in page]


def test_a_customer_chooses_who_draws_the_bell(
    visitor: Visitor, sandbox: SandboxServer
) -> None:
    visitor.log_in()
    assert drawn_by(visitor, sandbox) == ["site"]
    for widget in ("vendor", "site"):
        answer = visitor.post("/flow/widget", widget=widget)
        assert (answer.status_code, answer.json) == (200, {"changed": True})
        assert drawn_by(visitor, sandbox) == [widget]


@pytest.mark.parametrize(
    ("given", "widget"),
    [
        ({}, "site"),
        *(({f"FLASK_APP_INBOX_{key}": value}, "vendor") for key, value in VENDORS),
        ({"FLASK_APP_INBOX_ANCHOR": "#b", "FLASK_APP_INBOX_WIDGET": "site"}, "site"),
        ({"FLASK_APP_INBOX_WIDGET": "vendor"}, "vendor"),
    ],
)
def test_who_names_what_only_the_vendors_bell_has_wants_to_see_that(
    make_shop: MakeShop,
    sandbox: SandboxServer,
    monkeypatch: pytest.MonkeyPatch,
    given: dict[str, str],
    widget: str,
) -> None:
    for key, value in given.items():
        monkeypatch.setenv(key, value)
    visitor = Visitor(make_shop(SHOP_SANDBOX_URL=sandbox.url)).log_in()
    assert drawn_by(visitor, sandbox) == [widget]


def test_without_a_script_id_the_vendors_bell_cannot_be_chosen(
    real_shop: Flask,
) -> None:
    visitor = Visitor(real_shop).log_in()
    page = visitor.text("/")
    assert 'value="vendor" aria-pressed="false" disabled' in page
    assert "FLASK_APP_INBOX_SCRIPT_ID" in page
    answer = visitor.post("/flow/widget", widget="vendor")
    assert answer.status_code == 409
    assert "FLASK_APP_INBOX_SCRIPT_ID" in (answer.json or {})["says"]
    assert "<app-inbox-bell" in visitor.text("/")


@drawn_by_vendor
def test_with_a_script_id_a_real_account_shows_both(
    real_shop: Flask, sandbox: SandboxServer
) -> None:
    visitor = Visitor(real_shop).log_in()
    for widget in ("vendor", "site", "vendor"):
        visitor.post("/flow/widget", widget=widget)
        assert drawn_by(visitor, sandbox) == [widget]
    assert "FLASK_APP_INBOX_SCRIPT_ID" not in visitor.text("/")


def test_a_bell_that_was_moved_is_there_again_after_the_shops_own(
    visitor: Visitor,
) -> None:
    visitor.log_in()
    visitor.post("/flow/anchor", selector="#bell", position="afterend")
    for widget in ("site", "vendor"):
        visitor.post("/flow/widget", widget=widget)
    assert 'data-anchor="#bell"' in visitor.text("/")


@pytest.mark.parametrize(("widget", "status"), [("", 400), ("nobody", 400)])
def test_nobody_else_draws_it(visitor: Visitor, widget: str, status: int) -> None:
    visitor.log_in()
    assert visitor.post("/flow/widget", widget=widget).status_code == status


def test_visitors_choose_nothing(visitor: Visitor) -> None:
    assert visitor.post("/flow/widget", widget="site").status_code == 401
    assert "flow-widgets" not in visitor.text("/")


def test_the_drawer_knows_who_asked_the_vendor(visitor: Visitor) -> None:
    visitor.log_in()
    assert visitor.get("/app-inbox/messages").status_code == 200
    told = (visitor.get("/flow/calls").json or {})["calls"]
    asked = [one for one in told if one["path"].startswith("/appinbox/v1/messages")]
    assert {(one["from"], one["to"]) for one in asked} == {("shop", "vendor")}
    assert {one["says"] for one in asked} == {
        "The shop asks the vendor for this one customer, with a token that it keeps "
        "for them."
    }


def test_a_setting_is_known_as_it_was(make_shop: MakeShop) -> None:
    def build(changes: Mapping[str, Any]) -> Flask:
        return make_shop(APP_INBOX_API_KEY="key", **changes)

    times = iter((200.0, 300.0))
    restarts = Restarts(build, clock=lambda: next(times))
    restarts.init_app(build({}))
    for widget in ("vendor", "site"):
        restarts.restart({"APP_INBOX_WIDGET": widget})
    drawn = [restarts.setting("APP_INBOX_WIDGET", at) for at in (150, 250, 350)]
    assert drawn == ["site", "vendor", "site"]
    assert restarts.setting("APP_INBOX_WIDGET") in WIDGETS

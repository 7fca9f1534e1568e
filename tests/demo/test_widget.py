"""Who draws the bell: the vendor's script, or the shop itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask

from demo.shop.restarts import Restarts
from demo.shop.widget import WIDGETS
from flask_app_inbox.sandbox import SandboxServer

from .conftest import MakeShop, Visitor


def test_a_customer_chooses_who_draws_the_bell(
    visitor: Visitor, sandbox: SandboxServer
) -> None:
    visitor.log_in()
    for widget, answered in (("site", "site"), ("vendor", "vendor")):
        answer = visitor.post("/flow/widget", widget=widget)
        assert (answer.status_code, answer.json) == (200, {"changed": True})
        page = visitor.text("/")
        assert ("<app-inbox-bell" in page) == (answered == "site")
        assert (f"{sandbox.url}/scripts/" in page) == (answered == "vendor")


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
    visitor.post("/flow/widget", widget="site")
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
    for widget in ("site", "vendor"):
        restarts.restart({"APP_INBOX_WIDGET": widget})
    drawn = [restarts.setting("APP_INBOX_WIDGET", at) for at in (150, 250, 350)]
    assert drawn == ["vendor", "site", "vendor"]
    assert restarts.setting("APP_INBOX_WIDGET") in WIDGETS

"""The staff's chats: who is an operator, and the customers' questions."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.fixtures.control import Control

from .conftest import NOBODY, MakeShop, Visitor

STAFF = "staff@example.com"


def chats(control: Control) -> list[dict[str, Any]]:
    """Return all chats of the sandbox."""
    found: list[dict[str, Any]] = control.call("GET", "chathub/chats")
    return found


def test_staff_has_two_organizations_and_somebody_is_waiting(
    visitor: Visitor, control: Control
) -> None:
    page = visitor.log_in(STAFF).text("/chat")
    visitor.text("/chat")  # what is there is made once
    assert "<chathub-panel" in page
    waiting = sorted((c["organizationId"], c["customer"]) for c in chats(control))
    assert waiting == [(24, "Olena"), (25, "Jonas")]
    for alias in ("sales", "support"):
        answer = visitor.client.post("/chathub/token", json={"organization": alias})
        assert answer.status_code == 200
        assert (answer.json or {})["token"] not in page


@pytest.mark.parametrize("email", ["olena@example.com", "owner@example.com"])
def test_nobody_else_gets_an_operators_token(
    shop: Flask, control: Control, email: str
) -> None:
    other = Visitor(shop).log_in(email)
    for body in ({}, {"organization": "sales"}, {"operator": 101, "role": "staff"}):
        answer = other.client.post("/chathub/token?role=staff", json=body)
        assert answer.status_code in (400, 403)
        assert "token" not in (answer.json or {})
    assert other.get("/chathub/panel").status_code == 403
    assert other.get("/chat").status_code == 404
    assert "<chathub-panel" not in other.text("/")
    other.post("/logout", page="/account")
    assert other.client.post("/chathub/token").status_code == 401
    assert other.get("/chat").location == "/login?next=/chat"
    assert not [path for path in control.paths() if "get-token" in path]


def test_a_customers_question_arrives_and_is_shown(
    visitor: Visitor, control: Control
) -> None:
    assert "Nothing yet" in visitor.log_in("mia@example.com").text("/ask")
    question = "Is <b>this</b> tea?"
    sent = visitor.post("/ask", page="/ask", desk="support", text=question)
    assert sent.location == "/ask"
    (chat,) = (c for c in chats(control) if c["customer"] == "Mia")
    assert chat["organizationId"] == 25
    assert chat["messages"][0]["textMessage"] == question
    page = visitor.text("/ask")
    assert "Is &lt;b&gt;this&lt;/b&gt; tea?" in page
    assert "has a crack" not in page  # that is Jonas's


def test_a_sandbox_that_is_away_breaks_no_page(make_shop: MakeShop) -> None:
    shop = make_shop(SHOP_SANDBOX_URL=NOBODY)
    assert "<chathub-panel" in Visitor(shop).log_in(STAFF).text("/chat")
    customer = Visitor(shop).log_in()
    answer = customer.post("/ask", page="/ask", desk="sales", text="Hello?")
    assert "We could not reach anybody" in answer.text


def test_the_real_vendor_has_a_chat_where_the_settings_name_one(
    make_shop: MakeShop, real_shop: Flask
) -> None:
    staff = Visitor(real_shop).log_in(STAFF)
    assert "There is no chat" in staff.text("/chat")
    assert staff.get("/ask").status_code == 404
    shop = make_shop(
        APP_INBOX_API_KEY="a-real-key",
        APP_INBOX_SCRIPT_ID="5329D46FF7EB4D63",
        CHATHUB_KEY="another-real-key",
        SHOP_OPERATORS={"sales": 7},
    )
    assert '[["sales", "' in Visitor(shop).log_in(STAFF).text("/chat")

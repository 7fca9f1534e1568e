"""The staff's chats: who is an operator, the customers' questions, the policy."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest
import requests
from flask import Flask

from demo.shop import desks

from .conftest import MakeShop, SandboxView, Visitor

STAFF = "staff@example.com"
OTHERS = ("olena@example.com", "mia@example.com", "owner@example.com")


def _chats(sandbox: SandboxView) -> list[dict[str, Any]]:
    answer = requests.get(f"{sandbox.url}/_sandbox/chathub/chats", timeout=5)
    chats: list[dict[str, Any]] = answer.json()
    return chats


def _token_calls(sandbox: SandboxView) -> list[str]:
    log = requests.get(f"{sandbox.url}/_sandbox/requests?since=0", timeout=5).json()
    return [entry["path"] for entry in log if "get-token" in entry["path"]]


def test_staff_has_two_organizations_and_somebody_is_waiting(
    visitor: Visitor, sandbox: SandboxView
) -> None:
    page = visitor.log_in(STAFF).text("/chat")
    assert "<chathub-panel" in page
    assert '[["sales", "' in page
    assert '["support", "' in page
    waiting = {(c["organizationId"], c["customer"]) for c in _chats(sandbox)}
    assert waiting == {(24, "Olena"), (25, "Jonas")}
    for alias in ("sales", "support"):
        answer = visitor.client.post("/chathub/token", json={"organization": alias})
        assert answer.status_code == 200
        assert (answer.json or {})["token"] not in page


def test_what_is_there_is_made_once(shop: Flask, sandbox: SandboxView) -> None:
    with shop.test_request_context():
        assert desks.open_desks() == desks.open_desks() == desks.places()
    assert len(_chats(sandbox)) == 2
    organizations = requests.get(
        f"{sandbox.url}/_sandbox/chathub/organizations", timeout=5
    ).json()
    assert [len(one["operators"]) for one in organizations] == [1, 1]


def test_what_is_missing_is_made(
    shop: Flask, sandbox: SandboxView, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desks.Desk("sales", "Wholesale", "Ivan", "Olena")
    monkeypatch.setattr(desks, "DESKS", (desk,))
    with shop.test_request_context():
        assert desks.operators() == {"sales": 103}
    requests.put(
        f"{sandbox.url}/_sandbox/chathub/operators/103", json={"status": 2}, timeout=5
    )
    with shop.test_request_context():
        assert desks.open_desks()["sales"].operator == 104


@pytest.mark.parametrize("email", OTHERS)
def test_nobody_else_gets_an_operators_token_by_any_request(
    shop: Flask, sandbox: SandboxView, email: str
) -> None:
    other = Visitor(shop).log_in(email)
    bodies: list[object] = [None, {}, "sales", ["sales"], 101]
    keys = ("organization", "operator", "operatorId", "role")
    values = ("sales", "support", "101", 101, None, "../sales")
    bodies += [{key: value} for key, value in product(keys, values)]
    bodies += [{"organization": "sales", "failed": True}]
    for body in bodies:
        data = None if body is None else json.dumps(body)
        answer = other.client.post("/chathub/token", data=data)
        assert answer.status_code in (400, 403), body
        assert "token" not in (answer.json or {})
    for query in ("organization=sales", "role=staff", "operator=101"):
        assert other.client.post(f"/chathub/token?{query}").status_code == 403
        assert other.get(f"/chathub/user?{query}").status_code == 403
    for method in ("GET", "PUT", "DELETE", "PATCH"):
        answer = other.client.open("/chathub/token", method=method)
        assert answer.status_code == 405
    assert other.get("/chathub/panel").status_code == 403
    assert other.get("/chat").status_code == 404
    assert "<chathub-panel" not in other.text("/")
    assert _token_calls(sandbox) == []


def test_who_is_not_logged_in_gets_nothing(
    visitor: Visitor, sandbox: SandboxView
) -> None:
    assert visitor.client.post("/chathub/token").status_code == 401
    assert visitor.get("/chathub/panel").status_code == 401
    assert visitor.get("/chat").location == "/login?next=/chat"
    assert visitor.get("/ask").location == "/login?next=/ask"
    assert _token_calls(sandbox) == []


def test_after_a_logout_staff_is_nobody(visitor: Visitor) -> None:
    visitor.log_in(STAFF).text("/chat")
    visitor.post("/logout", page="/chat")
    assert visitor.client.post("/chathub/token").status_code == 401


def test_a_customers_question_arrives_and_its_answer_is_shown(
    shop: Flask, sandbox: SandboxView
) -> None:
    customer = Visitor(shop).log_in("mia@example.com")
    assert "Nothing yet" in customer.text("/ask")
    question = "Is <b>this</b> tea?"
    sent = customer.post("/ask", page="/ask", desk="support", text=question)
    assert sent.location == "/ask"
    (chat,) = (c for c in _chats(sandbox) if c["customer"] == "Mia")
    assert chat["organizationId"] == 25
    assert chat["messages"][0]["textMessage"] == question
    page = customer.text("/ask")
    assert "Is &lt;b&gt;this&lt;/b&gt; tea?" in page
    assert "One cup has a crack" not in page


@pytest.mark.parametrize(
    ("desk", "text", "says"),
    [
        ("sales", " \n ", "Please write something."),
        ("sales", "x" * 1001, "a thousand characters"),
        ("nowhere", "Hello", "Your question"),
    ],
)
def test_a_question_that_cannot_be_sent_stays_in_the_form(
    visitor: Visitor, sandbox: SandboxView, desk: str, text: str, says: str
) -> None:
    visitor.log_in()
    before = len(_chats(sandbox))
    page = visitor.post("/ask", page="/ask", desk=desk, text=text)
    assert page.status_code == 200
    assert says in page.text
    assert all(len(chat["messages"]) == 1 for chat in _chats(sandbox)[before:])


def test_staff_asks_nobody(visitor: Visitor) -> None:
    assert visitor.log_in(STAFF).get("/ask").status_code == 404


def test_a_sandbox_that_is_away_breaks_no_page(make_shop: MakeShop) -> None:
    shop = make_shop(SHOP_SANDBOX_URL="http://127.0.0.1:9")
    staff = Visitor(shop).log_in(STAFF)
    page = staff.text("/chat")
    assert "nobody was named as an operator" in page
    assert "<chathub-panel" not in page
    customer = Visitor(shop).log_in()
    assert "Nobody could be reached" in customer.post(
        "/ask", page="/ask", desk="sales", text="Hello?"
    ).text  # fmt: skip


def test_only_the_panels_frame_may_be_framed_and_run_its_script(
    visitor: Visitor, sandbox: SandboxView
) -> None:
    visitor.log_in(STAFF)
    policy = visitor.get("/chathub/panel").headers["Content-Security-Policy"]
    assert f"script-src 'self' {sandbox.url};" in policy
    assert "frame-ancestors 'self'" in policy
    assert "unsafe" not in policy
    around = visitor.get("/chat").headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in around
    assert "unsafe" not in around


def test_the_real_vendor_has_a_chat_where_it_is_named(
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
    staff = Visitor(shop).log_in(STAFF)
    assert '[["sales", "' in staff.text("/chat")
    policy = staff.get("/chathub/panel").headers["Content-Security-Policy"]
    assert "script-src 'self' https://widget.smsbat.com;" in policy
    assert "connect-src 'self' https://widget.smsbat.com https://chatapi" in policy

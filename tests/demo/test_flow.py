"""The drawer's data: who called whom, when, and how it ended."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from flask import Flask

from demo.shop.explanations import explain
from demo.shop.flow_record import CALLS, LOGINS, Entry, Record
from demo.shop.languages import LANGUAGES
from demo.shop.sandbox import Call

from .conftest import MakeShop, SandboxView, Visitor


def _calls(visitor: Visitor, query: str = "") -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(visitor.text(f"/flow/calls{query}"))
    return answer


def _lines(answer: dict[str, Any]) -> list[tuple[str, str, str, int]]:
    return [
        (f"{c['from']} → {c['to']}", c["method"], c["path"], c["status"])
        for c in answer["calls"]
    ]


def test_the_drawer_tells_the_whole_protocol(
    visitor: Visitor, sandbox: SandboxView
) -> None:
    visitor.log_in().text("/things/teapot")
    token = visitor.client.post("/app-inbox/token").json
    assert token
    requests.get(
        f"{sandbox.url}/appinbox/v1/messages/count",
        headers={"ES-TOKEN": token["token"]},
        timeout=5,
    )
    answer = _calls(visitor)
    lines = _lines(answer)
    story = [
        ("browser → shop", "POST", "/login", 302),
        ("browser → shop", "GET", "/things/teapot", 200),
        ("browser → shop", "POST", "/app-inbox/token", 200),
        ("shop → vendor", "POST", "/api/v1/auth/contact/token", 200),
        ("browser → vendor", "GET", "/appinbox/v1/messages/count", 200),
    ]
    assert [line for line in lines if line in story] == story
    assert ("shop → vendor", "POST", "/_sandbox/messages", 201) in lines
    assert all(call["says"] and call["ms"] >= 0 for call in answer["calls"])
    assert answer["vendorReachable"] is True


def test_the_drawer_tells_the_operators_protocol(
    visitor: Visitor, sandbox: SandboxView
) -> None:
    visitor.log_in("staff@example.com").text("/chat")
    answer = visitor.client.post("/chathub/token", json={"organization": "support"})
    token = (answer.json or {})["token"]
    requests.get(
        f"{sandbox.url}/api/chat/chats",
        headers={"Authorization": f"Bearer {token}"},
        timeout=5,
    )
    visitor.get("/chathub/user")
    told = _calls(visitor)
    story = [
        ("browser → shop", "GET", "/chat", 200),
        ("browser → shop", "POST", "/chathub/token", 200),
        ("shop → vendor", "POST", "/api/operator/get-token", 200),
        ("browser → vendor", "GET", "/api/chat/chats", 200),
        ("browser → shop", "GET", "/chathub/user", 204),
    ]
    assert [line for line in _lines(told) if line in story] == story
    assert token not in json.dumps(told)


def test_the_drawer_tells_no_secrets(visitor: Visitor) -> None:
    visitor.log_in().text("/")
    token = visitor.client.post("/app-inbox/token").json
    assert token
    text = visitor.text("/flow/calls")
    assert token["token"] not in text
    assert "sandbox-key" not in text
    assert "olena@example.com" not in text


def test_cursors_bring_only_what_is_new(visitor: Visitor) -> None:
    visitor.log_in().text("/")
    seen = _calls(visitor)
    query = f"?shop={seen['shop']}&vendor={seen['vendor']}"
    assert _calls(visitor, query)["calls"] == []
    visitor.text("/basket")
    again = _calls(visitor, query)
    assert _lines(again) == [("browser → shop", "GET", "/basket", 200)]
    assert again["vendor"] == seen["vendor"]


def test_each_login_sees_its_own_calls_to_the_shop(shop: Flask) -> None:
    first, second = Visitor(shop).log_in(), Visitor(shop).log_in("jonas@example.com")
    first.text("/things/honey")
    assert "/things/honey" in str(_lines(_calls(first)))
    assert "/things/honey" not in str(_lines(_calls(second)))


def test_calls_from_before_the_login_are_left_out(
    visitor: Visitor, sandbox: SandboxView
) -> None:
    requests.get(f"{sandbox.url}/scripts/before.js", timeout=5)
    assert "before.js" not in str(_lines(_calls(visitor.log_in())))


def test_static_files_and_the_drawer_itself_are_left_out(visitor: Visitor) -> None:
    visitor.log_in()
    visitor.get("/static/shop.css").close()
    _calls(visitor)
    assert "static" not in str(_lines(_calls(visitor)))
    assert "/flow" not in str(_lines(_calls(visitor)))


def test_nobody_is_told_anything_without_a_login(visitor: Visitor) -> None:
    for path in ("/flow/calls", "/flow/message", "/flow/tokens"):
        post = path != "/flow/calls"
        response = visitor.post(path) if post else visitor.get(path)
        assert response.status_code == 401, path


def test_the_message_button_sends_a_message(
    visitor: Visitor, sandbox: SandboxView
) -> None:
    response = visitor.log_in().post("/flow/message", page="/account")
    assert response.status_code == 200
    assert response.json
    assert response.json["says"].startswith("Sent.")
    assert sandbox.messages("olena@example.com")[0]["title"] == "A cup for you"


def test_the_message_button_says_that_the_vendor_knows_no_such_contact(
    visitor: Visitor,
) -> None:
    response = visitor.log_in("mia@example.com").post("/flow/message", page="/account")
    assert response.status_code == 404
    assert response.json
    assert "the vendor does not know this contact" in response.json["says"]
    (said,) = [
        call["says"]
        for call in _calls(visitor)["calls"]
        if call["path"] == "/_sandbox/messages" and call["status"] == 404
    ]
    assert said.startswith("The vendor does not know this contact")


def test_the_token_button_kills_the_tokens(
    visitor: Visitor, sandbox: SandboxView
) -> None:
    token = visitor.log_in().client.post("/app-inbox/token").json
    assert token
    assert visitor.post("/flow/tokens", page="/account").status_code == 200
    answer = requests.get(
        f"{sandbox.url}/appinbox/v1/messages/count",
        headers={"ES-TOKEN": token["token"]},
        timeout=5,
    )
    assert answer.status_code == 401
    says = {c["status"]: c["says"] for c in _calls(visitor)["calls"]}
    assert says[401].startswith("This token is dead.")


def test_the_buttons_need_a_form_of_the_shop(visitor: Visitor) -> None:
    visitor.log_in()
    for path in ("/flow/message", "/flow/tokens"):
        assert visitor.client.post(path).status_code == 400


def test_without_a_sandbox_the_drawer_says_so(make_shop: MakeShop) -> None:
    visitor = Visitor(make_shop(SHOP_SANDBOX_URL="http://127.0.0.1:9")).log_in()
    answer = _calls(visitor)
    assert answer["vendorReachable"] is False
    assert ("browser → shop", "POST", "/login", 302) in _lines(answer)
    for path in ("/flow/message", "/flow/tokens"):
        response = visitor.post(path, page="/account")
        assert response.status_code == 502
        assert response.json == {"says": "The sandbox did not take that."}


def test_with_the_real_vendor_the_minting_is_concluded(
    real_shop: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = Visitor(real_shop).log_in()
    real_shop.view_functions["app_inbox.token"] = lambda: {"token": "opaque"}
    visitor.client.post("/app-inbox/token")
    assert ("shop → vendor", "POST", "…/auth/contact/token", 200) in _lines(
        _calls(visitor)
    )
    for path in ("/flow/message", "/flow/tokens"):
        assert visitor.post(path, page="/account").status_code == 502


def test_with_the_real_vendor_a_refusal_of_ours_concludes_nothing(
    real_shop: Flask,
) -> None:
    visitor = Visitor(real_shop).log_in()
    visitor.client.post("/app-inbox/token", headers={"X-App-Inbox-User": "other"})
    lines = _lines(_calls(visitor))
    assert ("browser → shop", "POST", "/app-inbox/token", 409) in lines
    assert "vendor" not in str(lines)


@pytest.mark.parametrize(
    ("method", "path", "status", "key"),
    [
        ("POST", "/app-inbox/token", 200, "asked"),
        ("POST", "/app-inbox/token", 401, "nobody"),
        ("POST", "/app-inbox/token", 503, "asked_in_vain"),
        ("POST", "/api/v1/auth/contact/token", 200, "minted"),
        ("POST", "/v1/auth/contact/token", 401, "minted_in_vain"),
        ("GET", "/scripts/A.js", 200, "script"),
        ("GET", "/appinbox/v1/messages/count", 401, "renew"),
        ("GET", "/appinbox/v1/messages", 0, "vendor_failed"),
        ("POST", "/appinbox/v1/messages/status", 200, "opened"),
        ("DELETE", "/_sandbox/tokens", 200, "invalidated"),
        ("POST", "/_sandbox/messages", 404, "sent_to_nobody"),
        ("POST", "/_sandbox/messages", 500, "sandbox_failed"),
        ("GET", "/app-inbox/oauth/connect", 302, "oauth_begun"),
        ("GET", "/uaa/oauth/authorize", 200, "oauth_consent"),
        ("POST", "/uaa/oauth/authorize", 302, "oauth_decided"),
        ("GET", "/app-inbox/oauth/callback", 303, "oauth_back"),
        ("GET", "/app-inbox/oauth/callback", 400, "oauth_refused"),
        ("POST", "/uaa/oauth/token", 200, "oauth_tokens"),
        ("POST", "/uaa/oauth/token", 401, "oauth_no_tokens"),
        ("GET", "/api/v1/account/info", 200, "oauth_tried"),
        ("GET", "/api/v2/version", 200, "oauth_tried"),
        ("POST", "/app-inbox/oauth/disconnect", 200, "oauth_ended"),
        ("POST", "/chathub/token", 200, "operator_asked"),
        ("POST", "/chathub/token", 401, "nobody"),
        ("POST", "/chathub/token", 403, "operator_refused"),
        ("GET", "/chathub/user", 204, "operator_checked"),
        ("GET", "/chathub/panel", 200, "operator_frame"),
        ("POST", "/api/company/get-token", 200, "company_token"),
        ("POST", "/api/operator/get-token", 200, "operator_minted"),
        ("POST", "/api/operator/get-token", 429, "operator_vain"),
        ("POST", "/api/operator/validate-token", 200, "operator_valid"),
        ("GET", "/operator-chat-panel/widget-script.js", 200, "panel"),
        ("GET", "/operator-chat-panel/widget-script.js", 503, "panel_failed"),
        ("GET", "/api/chat/chats", 200, "chat_read"),
        ("GET", "/api/chat/chats", 401, "operator_expired"),
        ("POST", "/api/chat/3/message", 201, "chat_answered"),
        ("POST", "/_sandbox/chathub/messages", 201, "customer_wrote"),
        ("POST", "/_sandbox/chathub/operators", 201, "desk_made"),
        ("POST", "/checkout", 302, "order"),
        ("GET", "/things/x", 404, "page_failed"),
        ("PUT", "/something", 200, "other"),
    ],
)
def test_each_call_has_its_sentence(
    shop: Flask, method: str, path: str, status: int, key: str
) -> None:
    entry = Entry(1, "browser", "shop", Call(0, method, path, status, 1))
    assert explain(entry) == f"flow.says.{key}"
    for language in LANGUAGES:
        assert f"flow.says.{key}" in shop.extensions["shop_texts"][language]


def test_the_record_forgets_the_oldest() -> None:
    record = Record()
    call = Call(0, "GET", "/", 200, 1)
    for _ in range(CALLS + 5):
        record.add("first", "browser", "shop", call)
    assert len(record.since("first", 0)) == CALLS
    for number in range(LOGINS):
        record.add(f"login {number}", "browser", "shop", call)
    assert record.since("first", 0) == []
    assert record.began("first") == float("inf")

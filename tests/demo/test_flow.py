"""The drawer's data: who called whom, and how it ended."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from flask import Flask

from flask_app_inbox.inbox.counts import Counts
from flask_app_inbox.sandbox import SandboxServer
from tests.fixtures.control import Control

from .conftest import NOBODY, MakeShop, Visitor, drawn_by_vendor


def calls(visitor: Visitor, query: str = "") -> dict[str, Any]:
    """Return what the drawer asks for."""
    answer: dict[str, Any] = json.loads(visitor.text(f"/flow/calls{query}"))
    return answer


def lines(answer: dict[str, Any]) -> list[tuple[str, str, str, int]]:
    """Return the calls, each in short."""
    return [
        (f"{c['from']} → {c['to']}", c["method"], c["path"], c["status"])
        for c in answer["calls"]
    ]


def count_unread(sandbox: SandboxServer, token: str) -> int:
    """Ask for the number of unread messages as the bell does."""
    url = f"{sandbox.url}/appinbox/v1/messages/count"
    return requests.get(url, headers={"ES-TOKEN": token}, timeout=5).status_code


@drawn_by_vendor
def test_the_drawer_tells_the_whole_protocol_and_what_became_of_a_dead_token(
    visitor: Visitor, sandbox: SandboxServer
) -> None:
    requests.get(f"{sandbox.url}/scripts/before-the-login.js", timeout=5)
    visitor.log_in().text("/things/teapot")
    visitor.get("/static/shop.js").close()
    token = (visitor.token().json or {})["token"]
    assert count_unread(sandbox, token) == 200
    assert visitor.post("/flow/tokens", page="/basket").status_code == 200
    assert count_unread(sandbox, token) == 401
    answer = calls(visitor)
    story = [
        ("browser → shop", "POST", "/login", 302),
        ("browser → shop", "GET", "/things/teapot", 200),
        ("browser → shop", "POST", "/app-inbox/token", 200),
        ("shop → vendor", "POST", "/api/v1/auth/contact/token", 200),
        ("browser → vendor", "GET", "/appinbox/v1/messages/count", 200),
        ("shop → vendor", "DELETE", "/_sandbox/tokens", 204),
        ("browser → vendor", "GET", "/appinbox/v1/messages/count", 401),
    ]
    told = lines(answer)
    assert [line[:3] for line in told if line in story or line[1] == "DELETE"] == [
        line[:3] for line in story
    ]
    assert all(call["says"] and call["ms"] >= 0 for call in answer["calls"])
    assert "This token has expired." in answer["calls"][-1]["says"]
    for absent in ("before-the-login", "/static", "/flow"):
        assert absent not in str(told)


def test_the_drawer_brings_only_what_is_new_and_ones_own(shop: Flask) -> None:
    visitor, other = Visitor(shop).log_in(), Visitor(shop).log_in("jonas@example.com")
    seen = calls(visitor)
    query = f"?shop={seen['shop']}&vendor={seen['vendor']}"
    other.text("/things/honey")
    assert calls(visitor, query)["calls"] == []
    visitor.text("/basket")
    assert lines(calls(visitor, query)) == [("browser → shop", "GET", "/basket", 200)]


def test_without_a_sandbox_the_drawer_says_so(make_shop: MakeShop) -> None:
    visitor = Visitor(make_shop(SHOP_SANDBOX_URL=NOBODY)).log_in()
    answer = calls(visitor)
    assert answer["vendorReachable"] is False
    assert ("browser → shop", "POST", "/login", 302) in lines(answer)
    for path in ("/flow/message", "/flow/tokens"):
        response = visitor.post(path, page="/account")
        assert response.status_code == 502
        assert response.json == {"says": "The sandbox refused."}


@pytest.mark.parametrize(
    ("method", "path", "asked"),
    [
        ("POST", "token", "POST …/auth/contact/token"),
        ("GET", "unread", "GET /appinbox/v1/messages/count"),
        ("GET", "messages", "GET /appinbox/v1/messages"),
        ("GET", "", "GET /appinbox/v1/messages"),
        ("POST", "messages/read", "POST /appinbox/v1/messages/status"),
    ],
)
def test_the_real_vendors_calls_are_known_by_the_time_that_they_took(
    real_shop: Flask, method: str, path: str, asked: str
) -> None:
    visitor = Visitor(real_shop).log_in()
    call = ("shop → vendor", *asked.split(), 200)

    def ask(**headers: str) -> None:
        url = f"/app-inbox/{path}"
        visitor.client.open(url, method=method, json={"all": True}, headers=headers)

    ask(**{"X-App-Inbox-User": "another"})
    assert call not in lines(calls(visitor))
    ask()
    assert call in lines(calls(visitor))


def test_a_real_vendor_that_fails_is_seen_although_the_last_count_serves(
    real_shop: Flask, control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = Visitor(real_shop).log_in()
    assert visitor.get("/app-inbox/unread").status_code == 200
    monkeypatch.setattr(Counts, "find", lambda *_: None)  # it is not good any more
    fault = {"route": "count", "kind": "status", "status": 503, "times": None}
    control.call("POST", "faults", **fault)
    assert visitor.get("/app-inbox/unread").status_code == 200
    [*_, last] = lines(calls(visitor))
    assert last == ("shop → vendor", "GET", "/appinbox/v1/messages/count", 503)


@pytest.mark.parametrize("path", ["unread", "messages"])
def test_a_bell_of_somebody_who_left_is_explained(visitor: Visitor, path: str) -> None:
    visitor.log_in()
    asked = visitor.get(f"/app-inbox/{path}", headers={"X-App-Inbox-User": "another"})
    assert asked.status_code == 409
    assert "bell goes" in calls(visitor)["calls"][-1]["says"]


def test_a_count_that_the_shop_knows_is_no_call_to_the_real_vendor(
    real_shop: Flask,
) -> None:
    visitor = Visitor(real_shop).log_in()
    for _ in range(2):
        visitor.get("/app-inbox/unread")
    told = [path for _, _, path, _ in lines(calls(visitor))]
    assert told.count("/app-inbox/unread") == 2
    assert told.count("/appinbox/v1/messages/count") == 1


def test_the_drawer_tells_how_the_shop_replaces_a_dead_token(visitor: Visitor) -> None:
    visitor.log_in()
    assert visitor.get("/app-inbox/messages").status_code == 200
    visitor.post("/flow/tokens", page="/basket")
    assert visitor.get("/app-inbox/messages").status_code == 200
    told = [
        (call["status"], call["says"])
        for call in calls(visitor)["calls"]
        if call["path"] == "/appinbox/v1/messages"
    ]
    assert [status for status, _ in told] == [200, 401, 200]
    assert told[1][1] == (
        "This token has expired. The shop gets a new one and asks again."
    )


def test_the_drawer_shows_how_a_customer_is_registered_with_the_real_vendor(
    real_shop: Flask, control: Control
) -> None:
    control.call("POST", "faults", route="contact", kind="status", status=403)
    visitor = Visitor(real_shop).log_in()
    assert lines(calls(visitor)) == [
        ("browser → shop", "POST", "/login", 302),
        ("shop → vendor", "POST", "…/contact", 403),
    ]
    assert "could not tell the vendor" in calls(visitor)["calls"][-1]["says"]
    assert (visitor.token().json or {})["token"]
    assert ("shop → vendor", "POST", "…/contact", 200) in lines(calls(visitor))


def test_a_customer_whom_the_vendor_knows_already_is_no_failure(
    make_shop: MakeShop, sandbox: SandboxServer
) -> None:
    # Another shop, as after a restart, does not know whom it has told the vendor of.
    for _ in range(2):
        visitor = Visitor(make_shop(SHOP_SANDBOX_URL=sandbox.url)).log_in()
    told = {(call["path"], call["status"]): call for call in calls(visitor)["calls"]}
    assert "knows this customer already" in told["/api/v1/contact", 409]["says"]


@pytest.mark.parametrize("path", ["unread", "messages", ""])
def test_who_could_not_be_registered_is_when_their_bell_asks(
    real_shop: Flask, control: Control, path: str
) -> None:
    control.call("POST", "faults", route="contact", kind="status", status=403, times=1)
    visitor = Visitor(real_shop).log_in()
    assert visitor.get(f"/app-inbox/{path}").status_code == 200
    assert ("shop → vendor", "POST", "…/contact", 200) in lines(calls(visitor))


def test_the_drawer_shows_an_events_way_to_the_bell(visitor: Visitor) -> None:
    visitor.log_in().take("bowl").order()
    answer = calls(visitor)
    told = " ".join(call["says"] for call in answer["calls"])
    assert ("shop → vendor", "POST", "/api/v2/event", 200) in lines(answer)
    assert "tells the vendor what happened" in told
    assert "a workflow waits for this event" in told
    assert "The message is in" in told
    query = f"?shop={answer['shop']}&vendor={answer['vendor']}&steps={answer['steps']}"
    # A webhook of the sandbox's may have come to its end meanwhile.
    told_again = {call["id"] for call in calls(visitor, query)["calls"]}
    assert not told_again & {call["id"] for call in answer["calls"]}


def test_a_sample_is_an_event_too(visitor: Visitor, control: Control) -> None:
    visitor.log_in("jonas@example.com")
    assert visitor.post("/flow/message", page="/account").status_code == 200
    [newest, *_] = control.call("GET", "messages?email=jonas@example.com")
    assert newest["category"] == "shop"
    [event] = control.call("GET", "events")
    assert event["key"] == "sampleWanted"
    mia = Visitor(visitor.client.application).log_in("mia@example.com")
    assert mia.post("/flow/message", page="/account").status_code == 404

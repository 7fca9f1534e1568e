"""What can be asked for as a fault, and when it strikes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import requests
from flask import Flask, Response

from flask_app_inbox.sandbox import create_sandbox
from flask_app_inbox.sandbox.faults.kinds import KINDS, kind
from flask_app_inbox.sandbox.faults.routes import Routes, breakable

Call = Callable[..., requests.Response]
Break = Callable[..., None]


def fault(**fields: Any) -> dict[str, Any]:
    return {"route": "version", "kind": "status", "status": 503} | fields


def test_routes_kinds_and_faults_are_listed(control: Call) -> None:
    answer = control("POST", "faults", json=fault(times=2, retryAfter=7, body="x"))
    assert answer.status_code == 201
    listed = control("GET", "faults").json()
    assert {"token", "contact", "messages", "count", "status", "script"} <= set(
        listed["routes"]
    )
    assert list(listed["kinds"]) == list(KINDS)
    assert listed["kinds"]["status"] == ["status", "body", "retryAfter"]
    assert listed["faults"] == [answer.json()]
    assert answer.json() == fault(
        id=answer.json()["id"], times=2, hits=0, retryAfter=7, body="x"
    )


@pytest.mark.parametrize(
    ("body", "options"),
    [
        ({"kind": "delay"}, {"seconds": 1.0}),
        ({"kind": "delay", "seconds": 0.2}, {"seconds": 0.2}),
        ({"kind": "hang"}, {}),
        ({"kind": "reset"}, {"when": "before"}),
        ({"kind": "reset", "when": None}, {"when": "before"}),
        ({"kind": "reset", "when": "body"}, {"when": "body"}),
        ({"kind": "drip"}, {"seconds": 1.0, "where": "all"}),
        ({"kind": "types"}, {}),
        ({"kind": "types", "value": None}, {"value": None}),
        ({"kind": "huge"}, {"bytes": 64 * 1024 * 1024}),
        ({"kind": "huge", "bytes": 5}, {"bytes": 5}),
        ({"kind": "redirect"}, {}),
        ({"kind": "redirect", "location": "/x"}, {"location": "/x"}),
        ({"kind": "status", "status": 429}, {"status": 429}),
        (
            {"kind": "status", "status": 429, "retryAfter": "soon"},
            {"status": 429, "retryAfter": "soon"},
        ),
        (
            {"kind": "status", "status": 500, "body": None, "retryAfter": None},
            {"status": 500},
        ),
    ],
)
def test_what_is_left_out_has_a_default(
    control: Call, body: dict[str, Any], options: dict[str, Any]
) -> None:
    answer = control("POST", "faults", json={"route": "token"} | body)
    assert answer.status_code == 201, answer.text
    shown = answer.json()
    del shown["id"]
    assert shown == {
        "route": "token",
        "kind": body["kind"],
        "times": 1,
        "hits": 0,
        **options,
    }


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (fault(route="tokens"), '"route"'),
        (fault(route=None), '"route"'),
        (fault(route=["token"]), '"route"'),
        (fault(kind="explode"), '"kind"'),
        (fault(status=None), '"status"'),
        (fault(status="503"), '"status"'),
        (fault(status=True), '"status"'),
        (fault(status=199), '"status"'),
        (fault(status=600), '"status"'),
        (fault(status=500.0), '"status"'),
        (fault(times=0), '"times"'),
        (fault(times=-1), '"times"'),
        (fault(times="2"), '"times"'),
        (fault(times=1.5), '"times"'),
        (fault(body=1), '"body"'),
        (fault(retryAfter=-1), '"retryAfter"'),
        (fault(retryAfter=[]), '"retryAfter"'),
        (fault(retryAfter="1\r\nX: y"), '"retryAfter"'),
        (fault(retryAfter="später"), '"retryAfter"'),
        (fault(seconds=1), '"seconds"'),
        (fault(kind="hang"), '"status"'),
        ({"route": "token", "kind": "delay", "seconds": 0}, '"seconds"'),
        ({"route": "token", "kind": "delay", "seconds": "1"}, '"seconds"'),
        ({"route": "token", "kind": "delay", "seconds": 1e9}, '"seconds"'),
        ({"route": "token", "kind": "reset", "when": "after"}, '"when"'),
        ({"route": "token", "kind": "drip", "where": 1}, '"where"'),
        ({"route": "token", "kind": "huge", "bytes": 0}, '"bytes"'),
        ({"route": "token", "kind": "redirect", "location": 1}, '"location"'),
        ({"route": "token", "kind": "redirect", "location": "/\r\n"}, '"location"'),
    ],
)
def test_a_wrong_fault_is_refused_with_the_reason(
    control: Call, body: dict[str, Any], word: str
) -> None:
    answer = control("POST", "faults", json=body)
    assert answer.status_code == 400
    assert word in answer.json()["error"]
    assert control("GET", "faults").json()["faults"] == []


def statuses(vendor: Call, count: int, path: str = "/v1/version") -> list[int]:
    return [vendor("GET", path).status_code for _ in range(count)]


def test_a_fault_strikes_once_unless_told_otherwise(
    vendor: Call, break_route: Break
) -> None:
    break_route("version", "status", status=503)
    assert statuses(vendor, 3) == [503, 200, 200]


def test_a_fault_strikes_as_often_as_it_was_told(
    vendor: Call, break_route: Break, control: Call
) -> None:
    break_route("version", "status", status=503, times=2)
    assert statuses(vendor, 1) == [503]
    current = control("GET", "faults").json()["faults"]
    assert [(f["times"], f["hits"]) for f in current] == [(1, 1)]
    assert statuses(vendor, 2) == [503, 200]
    assert control("GET", "faults").json()["faults"] == []


def test_null_times_last_until_cleared(
    vendor: Call, break_route: Break, control: Call
) -> None:
    break_route("version", "status", status=503, times=None)
    assert statuses(vendor, 3) == [503] * 3
    assert control("GET", "faults").json()["faults"][0]["hits"] == 3
    assert control("DELETE", "faults").json() == {"cleared": 1}
    assert statuses(vendor, 1) == [200]


def test_faults_of_a_route_strike_in_the_order_they_were_set(
    vendor: Call, break_route: Break
) -> None:
    for status in (500, 502, 429):
        break_route("version", "status", status=status)
    assert statuses(vendor, 4) == [500, 502, 429, 200]


def test_a_fault_breaks_its_route_alone_under_every_prefix(
    vendor: Call, break_route: Break
) -> None:
    break_route("version", "status", status=503, times=None)
    for path in ("/v1/version", "/api/v1/version", "/v2/version", "/api/v2/version"):
        assert statuses(vendor, 1, path) == [503]
    assert statuses(vendor, 1, "/v1/account/info") == [200]


ROUTES = Routes(create_sandbox())


@pytest.mark.parametrize(
    ("route", "path"),
    [(name, path) for name, paths in ROUTES.paths.items() for path in paths],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_each_route_can_be_broken_at_each_of_its_paths(
    anyone: Call, break_route: Break, route: str, path: str, method: str
) -> None:
    path = re.sub("<int:.*?>", "1", path)
    path = re.sub("<.*?>", "any", path)
    break_route(route, "status", status=418)
    assert anyone(method, path).status_code == 418


def test_every_route_of_the_vendors_has_a_name_for_faults() -> None:
    unnamed = {
        rule.rule
        for rule in create_sandbox().url_map.iter_rules()
        if not rule.rule.startswith(("/_sandbox/", "/static/"))
        and not any(rule.rule in paths for paths in ROUTES.paths.values())
    }
    assert unnamed == {
        "/",
        "/operator-chat-panel/<name>.js",
        *(f"{prefix}/v{n}/<path:_>" for prefix in ("", "/api") for n in (1, 2)),
    }


def test_two_routes_cannot_have_the_same_name() -> None:
    app = Flask("sandbox")
    for path in ("/one", "/two"):
        view = breakable("same", "a route")(lambda: "")
        app.add_url_rule(path, path, view)
    with pytest.raises(ValueError, match="same"):
        Routes(app)


def test_two_kinds_cannot_have_the_same_name() -> None:
    with pytest.raises(ValueError, match="hang"):
        kind("hang", "Hangs again.")(lambda call: Response())


def test_a_preflight_uses_up_no_fault_and_pages_can_read_the_status(
    anyone: Call, break_route: Break
) -> None:
    break_route("count", "status", status=429, retryAfter=3)
    path = "/appinbox/v1/messages/count"
    assert anyone("OPTIONS", path).status_code == 204
    answer = anyone("GET", path)
    assert answer.status_code == 429
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Retry-After" in answer.headers["Access-Control-Expose-Headers"]


def test_a_broken_call_spends_no_token(
    inbox: Call,
    break_route: Break,
    issue: Callable[..., str],
    ann: dict[str, Any],
) -> None:
    token = issue()
    break_route("count", "status", status=503)
    assert inbox("GET", "/count", token).status_code == 503
    assert inbox("GET", "/count", token).status_code == 200


def test_breaking_a_connection_without_the_own_server_is_a_clear_error() -> None:
    client = create_sandbox().test_client()
    order = {"route": "version", "kind": "hang"}
    assert client.post("/_sandbox/faults", json=order).status_code == 201
    with pytest.raises(RuntimeError, match="SandboxServer"):
        client.get("/v1/version")

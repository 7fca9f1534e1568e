"""The sandbox as ChatHub: strict where the guides say something."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from flask.testing import FlaskClient

from flask_app_inbox.sandbox.chathub import limits, staff
from tests.fixtures.sandbox import WithClock

ISSUE = "/api/operator/get-token"
VALIDATE = "/api/operator/validate-token"
KEY = {"X-Authorization-Key": "sandbox-key"}


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(clock: Clock, sandbox_with: WithClock) -> FlaskClient:
    return sandbox_with(clock).app.test_client()


Call = Callable[..., Any]


@pytest.fixture
def call(client: FlaskClient) -> Call:
    """Call with the company's key, or with another token."""

    def call(method: str, path: str, body: Any = None, token: str | None = None) -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token is not None else KEY
        return client.open(path, method=method, json=body, headers=headers)

    return call


def moment(clock: Clock, **ahead: float) -> str:
    when = datetime.fromtimestamp(clock.now, timezone.utc) + timedelta(**ahead)
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.fixture
def issue(call: Call, clock: Clock) -> Call:
    def issue(operator: Any = 101, **ahead: float) -> Any:
        ahead = ahead or {"hours": 1}
        return call(
            "POST",
            ISSUE,
            {"id": operator, "expiresAt": moment(clock, **ahead)},
        )

    return issue


def write(call: Call, **message: Any) -> Any:
    return call(
        "POST",
        "/_sandbox/chathub/messages",
        {"customer": "Ann", "text": "Hello?", **message},
    )


def test_login_and_password_buy_a_company_token(call: Call) -> None:
    body = {"login": "sandbox", "password": "sandbox"}
    answer = call("POST", "/api/company/get-token", body, "")
    assert answer.status_code == 200
    assert isinstance(answer.json, str)
    assert answer.json.startswith("eyJ")
    token = answer.json
    listed = call("GET", "/api/company/organization", token=token)
    assert [one["id"] for one in listed.json] == [24, 25]


@pytest.mark.parametrize(
    "body", [{"login": "sandbox", "password": "x"}, {"login": "x"}, {}]
)
def test_a_wrong_login_is_refused(call: Call, body: dict[str, str]) -> None:
    answer = call("POST", "/api/company/get-token", body, "")
    assert answer.status_code == 401
    assert answer.json["status"] == 401


def test_a_token_is_good_in_either_header(client: FlaskClient, call: Call) -> None:
    body = {"login": "sandbox", "password": "sandbox"}
    token = call("POST", "/api/company/get-token", body, "").json
    for headers in (
        {"Authorization": f"Bearer {token}"},
        {"X-Authorization-Key": token},
        KEY,
    ):
        answer = client.get("/api/company/organization", headers=headers)
        assert answer.status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/company/organization"),
        ("GET", "/api/operator?organizationId=24"),
        ("POST", ISSUE),
        ("POST", VALIDATE),
        ("POST", "/api/operator/status"),
        ("POST", "/api/operator/synchronize"),
        ("GET", "/api/chat/chats"),
    ],
)
def test_every_call_wants_a_token(call: Call, method: str, path: str) -> None:
    answer = call(method, path, token="nonsense")
    assert answer.status_code == 401
    assert answer.json["error"] == "Unauthorized"


def test_the_two_kinds_of_tokens_open_different_calls(call: Call, issue: Call) -> None:
    token = issue().json
    assert call("GET", "/api/chat/chats", token=token).status_code == 200
    assert call("GET", "/api/company/organization", token=token).status_code == 403
    assert call("GET", "/api/chat/chats").status_code == 403


def test_an_answer_comes_in_the_type_that_was_asked_for(client: FlaskClient) -> None:
    path = "/api/company/organization"
    plain = client.get(path, headers={**KEY, "Accept": "text/plain"})
    assert plain.mimetype == "text/plain"
    assert client.get(path, headers=KEY).mimetype == "application/json"


def test_operators_are_listed_with_their_organization(call: Call) -> None:
    assert call("GET", "/api/operator?organizationId=24").json == [
        {
            "id": 101,
            "name": "Olha",
            "status": 0,
            "organization": {"id": 24, "name": "Sales"},
        }
    ]


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 400), ("?organizationId=x", 400), ("?organizationId=99", 404)],
)
def test_operators_of_nowhere_are_refused(call: Call, query: str, status: int) -> None:
    assert call("GET", f"/api/operator{query}").status_code == status


def test_operators_are_added_even_twice(call: Call) -> None:
    entry = {"organizationId": 24, "name": "Olha"}
    answer = call("POST", "/api/operator/synchronize", [entry, entry])
    assert answer.json == [
        {"id": 103, "name": "Olha", "status": 0},
        {"id": 104, "name": "Olha", "status": 0},
    ]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ([1], 400),
        ([{"organizationId": 24}], 400),
        ([{"organizationId": "24", "name": "x"}], 400),
        ([{"organizationId": 99, "name": "x"}], 404),
    ],
)
def test_operators_that_cannot_be_added_are_refused(
    call: Call, body: Any, status: int
) -> None:
    assert call("POST", "/api/operator/synchronize", body).status_code == status


def test_a_status_is_set_with_an_empty_answer(call: Call, issue: Call) -> None:
    answer = call("POST", "/api/operator/status", {"id": 101, "status": 1})
    assert (answer.status_code, answer.data) == (200, b"")
    assert issue().status_code == 403
    assert (
        call("POST", "/api/operator/status", {"id": 999, "status": 1}).status_code
        == 404
    )
    assert (
        call("POST", "/api/operator/status", {"id": 101, "status": 3}).status_code
        == 400
    )


@pytest.mark.parametrize(
    "ahead", [{"hours": 24, "seconds": 1}, {"days": 30}, {"seconds": -1}]
)
def test_the_end_of_a_token_is_in_the_next_24_hours(
    issue: Call, ahead: dict[str, float]
) -> None:
    assert issue(**ahead).status_code == 400
    assert issue(hours=24).status_code == 200


@pytest.mark.parametrize(
    "end", [None, 5, "", "tomorrow", "2027-01-15", "2027-13-15T10:00:00Z"]
)
def test_the_end_of_a_token_is_mandatory(call: Call, end: Any) -> None:
    answer = call("POST", ISSUE, {"id": 101, "expiresAt": end})
    assert answer.status_code == 400
    assert set(answer.json) == {"error", "message", "status"}


@pytest.mark.parametrize("end", ["2027-01-15T10:00:00+01:00", "2027-01-15T08:01:00Z"])
def test_a_moment_may_have_a_zone_and_no_fraction(call: Call, end: str) -> None:
    assert call("POST", ISSUE, {"id": 101, "expiresAt": end}).status_code == 200


@pytest.mark.parametrize(("operator", "status"), [(999, 404), ("101", 400), (0, 400)])
def test_a_token_of_nobody_is_refused(issue: Call, operator: Any, status: int) -> None:
    assert issue(operator).status_code == status


def test_a_token_dies_at_its_end(call: Call, issue: Call, clock: Clock) -> None:
    token = issue(seconds=10).json
    valid = call("POST", VALIDATE, {"token": token}).json
    assert valid == {
        "isValid": True,
        "operatorId": 101,
        "clientId": 0,
        "expiresAt": moment(clock, seconds=10),
        "error": None,
    }
    clock.now += 11
    dead = call("POST", VALIDATE, {"token": token})
    assert dead.status_code == 200
    assert dead.json == {"isValid": False, "error": "Invalid token"}
    assert call("GET", "/api/chat/chats", token=token).status_code == 401


def test_a_company_token_is_no_operator_token(call: Call) -> None:
    body = {"login": "sandbox", "password": "sandbox"}
    token = call("POST", "/api/company/get-token", body, "").json
    assert call("POST", VALIDATE, {"token": token}).json["isValid"] is False


def test_an_operator_sees_and_answers_their_organization_alone(
    call: Call, issue: Call
) -> None:
    sales = write(call).json["id"]
    write(call, customer="Bohdan", text="Hi", organizationId=25)
    token, other = issue(101).json, issue(102).json
    listed = call("GET", "/api/chat/chats", token=token).json
    assert [one["customer"] for one in listed] == ["Ann"]
    assert listed[0]["unanswered"] == 1
    path = f"/api/chat/{sales}"
    assert call("GET", f"{path}/messages", token=other).status_code == 404
    body = {"textMessage": " Hello! ", "author": ""}
    assert call("POST", f"{path}/message", body, other).status_code == 404
    assert call("POST", f"{path}/message", body, token).json["author"] == "Olha"
    texts = call("GET", f"{path}/messages", token=token).json
    assert [one["textMessage"] for one in texts] == ["Hello?", "Hello!"]
    assert call("GET", "/api/chat/chats", token=token).json[0]["unanswered"] == 0


@pytest.mark.parametrize("words", ["", "   ", "x" * 4001, None, 5])
def test_an_answer_needs_words(call: Call, issue: Call, words: Any) -> None:
    chat = write(call).json["id"]
    body = {"textMessage": words, "author": "x"}
    answer = call("POST", f"/api/chat/{chat}/message", body, issue().json)
    assert answer.status_code == 400


def test_an_operator_who_was_deactivated_sees_no_chats(call: Call, issue: Call) -> None:
    token = issue().json
    call("PUT", "/_sandbox/chathub/operators/101", {"status": 1})
    assert call("GET", "/api/chat/chats", token=token).status_code == 403


def test_chats_are_open_to_pages_of_other_origins(client: FlaskClient) -> None:
    preflight = client.options("/api/chat/chats")
    assert preflight.status_code == 204
    assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
    assert client.get("/api/chat/chats").headers["Access-Control-Allow-Origin"] == "*"
    closed = client.get("/api/company/organization", headers=KEY)
    assert "Access-Control-Allow-Origin" not in closed.headers


def test_calling_too_often_is_refused_as_documented(
    call: Call, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = client.application.extensions["sandbox"].chathub
    monkeypatch.setattr(hub, "limits", limits.Limits(clock=lambda: 5.0))
    codes = [call("GET", "/api/company/organization").status_code for _ in range(76)]
    assert codes == [200] * 75 + [429]
    answer = call("GET", "/api/company/organization")
    assert answer.json["error"] == "Too Many Requests"
    assert answer.json["status"] == 429
    call("POST", "/_sandbox/reset", {})
    assert call("GET", "/api/company/organization").status_code == 200


def test_an_operator_needs_an_organization() -> None:
    assert staff.Staff().add_operator(99, "Nobody") is None


def test_made_up_callers_fill_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_MOST_CALLERS", 3)
    buckets = limits.Limits()
    for number in range(10):
        assert buckets.take(str(number), messaging=True)
    assert len(buckets._buckets) <= 4


# The control API


def test_customers_organizations_and_operators_are_made(call: Call) -> None:
    made = call("POST", "/_sandbox/chathub/organizations", {"name": "Returns"})
    assert (made.status_code, made.json) == (201, {"id": 26, "name": "Returns"})
    body = {"organizationId": 26, "name": "Iryna", "status": 1}
    operator = call("POST", "/_sandbox/chathub/operators", body)
    assert (operator.status_code, operator.json["id"]) == (201, 103)
    assert operator.json["status"] == 1
    listed = call("GET", "/_sandbox/chathub/organizations").json
    assert [one["name"] for one in listed] == ["Sales", "Support", "Returns"]
    assert listed[2]["operators"][0]["name"] == "Iryna"
    changed = call("PUT", "/_sandbox/chathub/operators/103", {"status": 0})
    assert changed.json["status"] == 0


def test_a_customers_chat_goes_on(call: Call) -> None:
    first = write(call)
    second = write(call, text="Anybody?")
    assert first.status_code == 201
    assert second.json["id"] == first.json["id"]
    path = "/_sandbox/chathub/chats"
    [chat] = call("GET", f"{path}?organizationId=24").json
    assert [one["textMessage"] for one in chat["messages"]] == ["Hello?", "Anybody?"]
    assert call("GET", f"{path}?organizationId=25").json == []
    assert len(call("GET", path).json) == 1


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "organizations", {"name": " "}, 400),
        ("POST", "organizations", {"title": "x"}, 400),
        ("POST", "operators", {"name": "x", "organizationId": 99}, 400),
        ("POST", "operators", {"name": "x", "status": 5}, 400),
        ("PUT", "operators/999", {"status": 0}, 404),
        ("PUT", "operators/101", {"status": None}, 400),
        ("POST", "messages", {"customer": "x"}, 400),
        ("POST", "messages", {"customer": "x", "text": "x", "to": 1}, 400),
        ("PUT", "tokens", {"maxLifetime": 0}, 400),
        ("PUT", "tokens", {"developmentToken": "yes"}, 400),
        ("PUT", "tokens", {"maxLifetime": 90000}, 400),
        ("DELETE", "tokens?kind=all", None, 400),
        ("GET", "chats?organizationId=x", None, 400),
    ],
)
def test_a_call_that_makes_no_sense_says_why(
    call: Call, method: str, path: str, body: Any, status: int
) -> None:
    answer = call(method, f"/_sandbox/chathub/{path}", body)
    assert answer.status_code == status
    assert answer.json["error"]


def test_tokens_die_early_when_that_is_wanted(
    call: Call, issue: Call, clock: Clock
) -> None:
    path = "/_sandbox/chathub/tokens"
    assert call("GET", path).json == {
        "maxLifetime": None,
        "developmentToken": False,
        "alive": 0,
    }
    assert call("PUT", path, {"maxLifetime": 5}).json["maxLifetime"] == 5
    token = issue(hours=8).json
    assert call("GET", path).json["alive"] == 1
    clock.now += 6
    assert call("GET", "/api/chat/chats", token=token).status_code == 401
    assert call("PUT", path, {"maxLifetime": None}).json["maxLifetime"] is None


def test_tokens_are_killed(call: Call, issue: Call) -> None:
    body = {"login": "sandbox", "password": "sandbox"}
    company = call("POST", "/api/company/get-token", body, "").json
    issue()
    path = "/_sandbox/chathub/tokens"
    assert call("DELETE", path).json == {"invalidated": 1}
    listed = call("GET", "/api/company/organization", token=company)
    assert listed.status_code == 200
    assert call("DELETE", f"{path}?kind=company").json == {"invalidated": 1}
    listed = call("GET", "/api/company/organization", token=company)
    assert listed.status_code == 401


def test_foreign_pages_drive_nothing(client: FlaskClient) -> None:
    headers = {"Origin": "https://evil.example"}
    path = "/_sandbox/chathub/tokens"
    assert client.delete(path, headers=headers).status_code == 403


def test_a_reset_makes_everything_fresh(call: Call, issue: Call) -> None:
    write(call)
    issue()
    call("POST", "/_sandbox/chathub/organizations", {"name": "Returns"})
    call("PUT", "/_sandbox/chathub/tokens", {"maxLifetime": 5})
    call("POST", "/_sandbox/reset", {})
    assert call("GET", "/_sandbox/chathub/chats").json == []
    tokens = call("GET", "/_sandbox/chathub/tokens").json
    assert tokens == {"maxLifetime": None, "developmentToken": False, "alive": 0}
    assert len(call("GET", "/_sandbox/chathub/organizations").json) == 2


# The panel's modules


def test_the_panel_is_a_module_for_every_origin(client: FlaskClient) -> None:
    answer = client.get("/operator-chat-panel/widget-script.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert b"import" in answer.data


@pytest.mark.parametrize("name", ["nothing", "..%2Fconsole", "A", "a.b", "%2e%2e"])
def test_no_other_file_is_served_there(client: FlaskClient, name: str) -> None:
    assert client.get(f"/operator-chat-panel/{name}.js").status_code == 404


@pytest.mark.parametrize(
    "route",
    [
        "company-token",
        "organizations",
        "operators",
        "synchronize",
        "operator-status",
        "operator-token",
        "validate-token",
        "chats",
        "panel",
    ],
)
def test_every_route_can_be_broken(client: FlaskClient, call: Call, route: str) -> None:
    fault = {"route": route, "kind": "status", "status": 503}
    assert call("POST", "/_sandbox/faults", fault).status_code == 201
    paths = {
        "company-token": "/api/company/get-token",
        "organizations": "/api/company/organization",
        "operators": "/api/operator",
        "synchronize": "/api/operator/synchronize",
        "operator-status": "/api/operator/status",
        "operator-token": ISSUE,
        "validate-token": VALIDATE,
        "chats": "/api/chat/1/messages",
        "panel": "/operator-chat-panel/widget-script.js",
    }
    broken = client.get(paths[route])
    assert broken.status_code == 503
    opened = "Access-Control-Allow-Origin" in broken.headers
    assert opened == (route == "chats")


def test_the_token_for_development_is_good_when_the_sandbox_is_told_so(
    call: Call,
) -> None:
    token = {"token": "test-token-for-development"}
    validate = "/api/operator/validate-token"
    assert call("POST", validate, token).json["isValid"] is False
    call("PUT", "/_sandbox/chathub/tokens", {"developmentToken": True})
    assert call("POST", validate, token).json["operatorId"] == 101
    call("POST", "/_sandbox/reset")
    assert call("POST", validate, token).json["isValid"] is False

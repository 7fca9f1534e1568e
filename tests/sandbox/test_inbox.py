"""The inbox that the widget calls with a contact's token."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from tests.fixtures.sandbox import WithClock

Call = Callable[..., requests.Response]
Send = Callable[..., dict[str, Any]]
Issue = Callable[..., str]


class Clock:
    """A clock that is set by hand."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def read(inbox: Call, issue: Issue) -> Callable[..., dict[str, Any]]:
    """List Ann's messages with a token of its own: `read(page="0")`."""

    def list_messages(**query: str) -> dict[str, Any]:
        answer = inbox("GET", "", issue(), params=query)
        assert answer.status_code == 200, answer.text
        listed: dict[str, Any] = answer.json()
        return listed

    return list_messages


def titles(listed: dict[str, Any]) -> list[str]:
    return [message["title"] for message in listed["list"]]


def test_a_message_travels_as_the_guide_describes(
    send: Send, read: Callable[..., dict[str, Any]]
) -> None:
    sent = send(
        "Your order",
        content="It is <b>on its way</b>",
        image="https://example.com/a.png",
        link="https://example.com/orders/1",
        category="orders",
        customData={"order": 1},
    )
    assert read() == {"list": [sent], "totalPages": 1}
    assert isinstance(sent["id"], str)
    assert isinstance(sent["createdDate"], int)
    assert sent["createdDate"] > 1_700_000_000_000
    assert sent == {
        "id": sent["id"],
        "createdDate": sent["createdDate"],
        "title": "Your order",
        "content": "It is <b>on its way</b>",
        "image": "https://example.com/a.png",
        "link": "https://example.com/orders/1",
        "newMessage": True,
        "status": "UNOPENED",
        "category": "orders",
        "customData": {"order": 1},
    }


def test_what_a_message_lacks_is_null(send: Send) -> None:
    sent = send("Hello")
    assert sent["content"] == ""
    assert [sent[k] for k in ("image", "link", "category", "customData")] == [None] * 4


def test_an_empty_inbox_has_no_pages(
    ann: dict[str, Any], read: Callable[..., dict[str, Any]]
) -> None:
    assert read() == {"list": [], "totalPages": 0}
    assert read(page="3", pageSize="5") == {"list": [], "totalPages": 0}


def test_messages_come_newest_first_and_in_pages(
    send: Send, read: Callable[..., dict[str, Any]]
) -> None:
    for number in range(5):
        send(str(number))
    assert titles(read()) == ["4", "3", "2", "1", "0"]
    assert read()["totalPages"] == 1
    page = read(page="1", pageSize="2")
    assert (titles(page), page["totalPages"]) == (["2", "1"], 3)
    assert titles(read(page="2", pageSize="2")) == ["0"]
    assert titles(read(page="3", pageSize="2")) == []
    assert titles(read(pageSize="1")) == ["4"]


def test_a_page_without_a_size_holds_twenty(
    send: Send, read: Callable[..., dict[str, Any]]
) -> None:
    for number in range(21):
        send(str(number))
    page = read(page="0")
    assert (len(page["list"]), page["totalPages"]) == (20, 2)
    assert len(read()["list"]) == 21


@pytest.mark.parametrize(
    "query",
    [
        {"page": "-1"},
        {"page": "x"},
        {"page": ""},
        {"page": "1.5"},
        {"page": "\u0661"},
        {"page": "9" * 5000},
        {"pageSize": "0"},
        {"pageSize": "-5"},
        {"status": "READ"},
        {"status": "opened"},
        {"status": ""},
    ],
)
def test_a_wrong_parameter_is_refused_with_the_next_token(
    inbox: Call, issue: Issue, ann: dict[str, Any], query: dict[str, str]
) -> None:
    answer = inbox("GET", "", issue(), params=query)
    assert answer.status_code == 400
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    successor = answer.headers["ES-TOKEN"]
    assert inbox("GET", "/count", successor).status_code == 200


def test_messages_are_counted_and_filtered_by_status(
    send: Send, inbox: Call, issue: Issue, read: Callable[..., dict[str, Any]]
) -> None:
    first, _second = send("first"), send("second")
    assert inbox("GET", "/count", issue()).json() == {"count": 2}
    answer = inbox(
        "POST", "/status", issue(), json={"status": "OPENED", "ids": [first["id"]]}
    )
    assert (answer.status_code, answer.content) == (200, b"")
    assert inbox("GET", "/count", issue()).json() == {"count": 1}
    opened = read(status="OPENED")
    assert titles(opened) == ["first"]
    assert opened["list"][0]["newMessage"] is False
    assert opened["list"][0]["status"] == "OPENED"
    assert titles(read(status="UNOPENED")) == ["second"]


def test_null_ids_open_all_messages(send: Send, inbox: Call, issue: Issue) -> None:
    for title in "abc":
        send(title)
    inbox("POST", "/status", issue(), json={"status": "OPENED", "ids": None})
    assert inbox("GET", "/count", issue()).json() == {"count": 0}


def test_unknown_ids_and_those_of_other_people_are_ignored(
    send: Send, inbox: Call, issue: Issue, control: Call
) -> None:
    own = send("mine")
    control("POST", "contacts", json={"email": "bob@example.com"})
    body = {"status": "OPENED", "ids": [own["id"], "unknown"]}
    answer = inbox("POST", "/status", issue(email="bob@example.com"), json=body)
    assert answer.status_code == 200
    assert inbox("GET", "/count", issue()).json() == {"count": 1}


@pytest.mark.parametrize(
    "body",
    [
        {"status": "OPENED"},
        {"ids": None},
        {"status": "UNOPENED", "ids": None},
        {"status": "OPENED", "ids": "all"},
        {"status": "OPENED", "ids": [1]},
        {"status": ["OPENED"], "ids": []},
        [],
    ],
)
def test_a_wrong_body_opens_nothing(
    send: Send, inbox: Call, issue: Issue, body: object
) -> None:
    send("Hello")
    assert inbox("POST", "/status", issue(), json=body).status_code == 400
    assert inbox("GET", "/count", issue()).json() == {"count": 1}


def test_a_body_that_is_not_declared_as_json_opens_nothing(
    send: Send, inbox: Call, issue: Issue
) -> None:
    send("Hello")
    data = '{"status": "OPENED", "ids": null}'
    assert inbox("POST", "/status", issue(), data=data).status_code == 400
    assert inbox("GET", "/count", issue()).json() == {"count": 1}


@pytest.mark.parametrize("token", ["", "made-up"])
def test_a_token_is_needed(inbox: Call, token: str) -> None:
    answer = inbox("GET", "", token)
    assert answer.status_code == 401
    assert "ES-TOKEN" not in answer.headers
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_used_token_is_dead_and_its_successor_lives(
    inbox: Call, issue: Issue, ann: dict[str, Any]
) -> None:
    token = issue()
    for _ in range(3):
        answer = inbox("GET", "/count", token)
        assert answer.status_code == 200
        assert inbox("GET", "/count", token).status_code == 401
        assert answer.headers["ES-TOKEN"] != token
        token = answer.headers["ES-TOKEN"]


def test_rotating_tokens_of_two_tabs_live_side_by_side(
    inbox: Call, issue: Issue, ann: dict[str, Any]
) -> None:
    first, second = issue(), issue()
    assert inbox("GET", "/count", second).status_code == 200
    assert inbox("GET", "/count", first).status_code == 200


def test_a_long_lived_token_stays(
    inbox: Call, issue: Issue, control: Call, ann: dict[str, Any]
) -> None:
    control("PUT", "tokens", json={"mode": "long-lived"})
    token = issue()
    for _ in range(2):
        answer = inbox("GET", "/count", token)
        assert (answer.status_code, answer.headers["ES-TOKEN"]) == (200, token)


def test_an_exclusive_token_kills_the_contacts_older_ones_alone(
    inbox: Call, issue: Issue, control: Call, ann: dict[str, Any]
) -> None:
    control("POST", "contacts", json={"email": "bob@example.com"})
    control("PUT", "tokens", json={"mode": "exclusive"})
    bobs, older, newer = issue(email="bob@example.com"), issue(), issue()
    assert inbox("GET", "/count", older).status_code == 401
    answer = inbox("GET", "/count", newer)
    assert answer.status_code == 200
    assert inbox("GET", "/count", newer).status_code == 401
    successor = answer.headers["ES-TOKEN"]
    assert inbox("GET", "/count", successor).status_code == 200
    assert inbox("GET", "/count", bobs).status_code == 200


def test_invalidated_tokens_are_dead(
    inbox: Call, issue: Issue, control: Call, ann: dict[str, Any]
) -> None:
    tokens = [issue(), issue()]
    assert control("DELETE", "tokens").json() == {"invalidated": 2}
    for token in tokens:
        assert inbox("GET", "/count", token).status_code == 401
    assert inbox("GET", "/count", issue()).status_code == 200


@pytest.mark.parametrize("path", ["", "/count", "/status"])
def test_a_preflight_is_answered_without_a_token(anyone: Call, path: str) -> None:
    answer = anyone(
        "OPTIONS",
        f"/appinbox/v1/messages{path}",
        headers={
            "Origin": "https://shop.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type,es-token",
        },
    )
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Headers"] == "ES-TOKEN, Content-Type"
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert int(answer.headers["Access-Control-Max-Age"]) > 0


def test_pages_may_read_the_token_of_an_answer(
    inbox: Call, issue: Issue, ann: dict[str, Any]
) -> None:
    answer = inbox("GET", "", issue())
    assert "ES-TOKEN" in answer.headers["Access-Control-Expose-Headers"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/other", 404), ("DELETE", "", 405)]
)
def test_errors_of_the_inbox_can_be_read_by_pages(
    inbox: Call, method: str, path: str, status: int
) -> None:
    answer = inbox(method, path, "any")
    assert answer.status_code == status
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_the_rest_api_is_closed_to_pages(vendor: Call) -> None:
    answer = vendor("GET", "/v1/version", headers={"Origin": "https://shop.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.fixture
def timed(
    sandbox_with: WithClock,
) -> Iterator[tuple[Clock, Callable[[], list[str]], Send]]:
    """A sandbox whose clock is set by hand; how to read and to write there."""
    clock = Clock()
    with sandbox_with(clock) as server, requests.Session() as session:
        session.trust_env = False
        session.auth = ("", "sandbox-key")
        who = {"email": "ann@example.com"}

        def post(path: str, body: dict[str, Any]) -> Any:
            answer = session.post(server.url + path, json=body, timeout=10)
            assert answer.ok, answer.text
            return answer.json()

        def shown() -> list[str]:
            token = post("/v1/auth/contact/token", who)["token"]
            answer = session.get(
                f"{server.url}/appinbox/v1/messages",
                headers={"ES-TOKEN": token},
                timeout=10,
            )
            return titles(answer.json())

        def write(title: str, **more: Any) -> dict[str, Any]:
            body = {**who, "title": title, **more}
            sent: dict[str, Any] = post("/_sandbox/messages", body)
            return sent

        post("/_sandbox/contacts", who)
        yield clock, shown, write


def test_a_message_is_shown_for_a_day_unless_told_otherwise(
    timed: tuple[Clock, Callable[[], list[str]], Send],
) -> None:
    clock, shown, write = timed
    assert write("day")["createdDate"] == 1_800_000_000_000
    write("minute", expiresIn=60)
    write("half a second", expiresIn=0.5)
    clock.now += 1
    assert shown() == ["minute", "day"]
    clock.now += 60
    assert shown() == ["day"]
    clock.now += 86_400
    assert shown() == []

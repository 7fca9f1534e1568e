"""Events come in, workflows make messages of them, and every step is told."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conftest import Call

EVENT = "/api/v2/event"
OLDER = "/api/v1/event"
WORKFLOW = {
    "event": "orderPlaced",
    "message": {
        "title": "Order {number}",
        "content": "<b>{items.0.name}</b> for $!data.get('total'), {missing}",
        "link": "/orders/{number}",
        "customData": {"number": "{number}"},
    },
}


def event(
    *params: tuple[str, Any], key: str = "orderPlaced", **more: Any
) -> dict[str, Any]:
    listed = [{"name": name, "value": value} for name, value in params]
    return {"eventTypeKey": key, "params": listed, **more}


ORDER = event(
    ("email", "ann@example.com"),
    ("number", "ZV-1"),
    ("total", "42.50"),
    ("items", [{"name": "Teapot"}]),
)


def messages(control: Call) -> list[Any]:
    found: list[Any] = control("GET", "messages?email=ann@example.com").json()
    return found


def told(control: Call) -> list[tuple[str, str]]:
    return [(one["kind"], one["says"]) for one in control("GET", "steps").json()]


def test_an_event_becomes_a_message_with_its_blanks_filled(
    vendor: Call, control: Call, ann: dict[str, Any]
) -> None:
    assert control("PUT", "workflows", json=[WORKFLOW]).json() == [WORKFLOW]
    answer = vendor("POST", EVENT, json=ORDER)
    assert (answer.status_code, answer.text) == (200, "")
    [message] = messages(control)
    assert message["title"] == "Order ZV-1"
    # What the event does not have stays for everybody to see.
    assert message["content"] == "<b>Teapot</b> for 42.50, {missing}"
    assert message["link"] == "/orders/ZV-1"
    assert message["customData"] == {"number": "ZV-1"}
    assert told(control) == [
        ("event", "orderPlaced was taken"),
        ("workflow", "workflow 1 starts; the event has no {missing}"),
        ("message", f"message {message['id']} to contact {ann['id']}"),
    ]
    [step, *_] = control("GET", "steps").json()
    [taken] = control("GET", "events").json()
    assert step["event"] == taken["id"]


def test_the_log_of_events_has_their_parameters(vendor: Call, control: Call) -> None:
    vendor("POST", EVENT, json={**ORDER, "keyValue": "ZV-1"})
    vendor("POST", EVENT, json=ORDER)
    first, second = control("GET", "events?since=0").json()
    assert (first["key"], first["keyValue"]) == ("orderPlaced", "ZV-1")
    assert first["params"]["items"] == [{"name": "Teapot"}]
    assert first["at"].endswith("+00:00")
    assert control("GET", f"events?since={first['id']}").json() == [second]
    assert control("GET", "events?since=x").status_code == 400
    # What a parameter holds is in no step.
    assert "ann@example.com" not in control("GET", "steps").text


@pytest.mark.parametrize(
    "whose",
    [
        event(("externalCustomerId", "7")),
        event(("phone", "+38 050")),
        event(("contactId", 1)),
        event(("email", "ANN@example.com")),
        event(keyValue="ann@example.com"),
        event(keyValue="38050"),
        event(keyValue="7"),
        event(("externalCustomerId", "null"), ("email", "ann@example.com")),
    ],
)
def test_a_contact_is_found_by_whatever_names_them(
    vendor: Call, control: Call, whose: dict[str, Any]
) -> None:
    ann = {"email": "ann@example.com", "phone": "38050", "externalCustomerId": "7"}
    number = control("POST", "contacts", json=ann).json()["id"]
    for param in whose["params"]:
        if param["name"] == "contactId":
            param["value"] = number
    control("PUT", "workflows", json=[WORKFLOW])
    vendor("POST", EVENT, json=whose)
    assert len(messages(control)) == 1


def test_a_stranger_gets_no_message_and_the_log_says_why(
    vendor: Call, control: Call
) -> None:
    control("PUT", "workflows", json=[WORKFLOW])
    assert vendor("POST", EVENT, json=ORDER).status_code == 200
    assert ("workflow", "workflow 1 stops: the vendor does not know the contact") in (
        told(control)
    )


def test_an_event_that_nobody_waits_for_is_taken(vendor: Call, control: Call) -> None:
    vendor("POST", EVENT, json=event(key="viewed", keyValue="x"))
    assert told(control)[-1] == ("workflow", "no workflow waits for viewed")


def test_the_older_call_takes_texts_alone(
    vendor: Call, control: Call, ann: dict[str, Any]
) -> None:
    control("PUT", "workflows", json=[WORKFLOW])
    nested = event(
        ("email", ann["email"]), ("number", "1"), ("items", '[{"name":"Cup"}]')
    )
    assert vendor("POST", OLDER, json=nested).status_code == 200
    assert messages(control)[0]["content"].startswith("<b>Cup</b>")
    refused = vendor("POST", OLDER, json=event(("email", "a@b.c"), ("items", [1])))
    assert refused.status_code == 400


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"params": []}, "eventTypeKey"),
        (event(key=" "), "eventTypeKey"),
        (event(), "must hold one of: contactId"),
        (event(("email", "")), "must hold one of"),
        (event(("number", "1")), "must hold one of"),
        (event(key="k" * 101, keyValue="x"), "at most 100 characters"),
        (event(keyValue="v" * 301), "at most 300 characters"),
        (event(key="a\\b", keyValue="x"), "backslash"),
        (event(("email", "a@b.c"), ("text", "x" * 20480)), "at most 20480 bytes"),
        ({**event(keyValue="x"), "params": {"email": "a@b.c"}}, "list of objects"),
        ({**event(keyValue="x"), "params": [{"value": "1"}]}, "no"),
    ],
)
def test_an_event_that_cannot_be_is_refused_in_words(
    vendor: Call, control: Call, body: Any, says: str
) -> None:
    answer = vendor("POST", EVENT, json=body)
    assert answer.status_code == 400
    assert says in answer.text
    assert control("GET", "events").json() == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        ["orderPlaced"],
        [{"event": "x"}],
        [{"event": "", "message": {"title": "x"}}],
        [{"event": "x", "message": {"content": "no title"}}],
        [{"event": "x", "message": {"title": "x", "colour": "red"}}],
        [{"event": "x", "message": {"title": "x"}, "when": "now"}],
    ],
)
def test_a_workflow_that_cannot_be_is_refused(control: Call, body: Any) -> None:
    answer = control("PUT", "workflows", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_reset_forgets_events_workflows_and_steps(
    vendor: Call, control: Call
) -> None:
    control("PUT", "workflows", json=[WORKFLOW])
    vendor("POST", EVENT, json=ORDER)
    control("POST", "reset")
    for path in ("events", "workflows", "steps"):
        assert control("GET", path).json() == []


# --- prepared messages --------------------------------------------------------

PREPARED = {
    "name": "order",
    "title": "Order $!data.get('number')",
    "text": "On its way",
    "link": "/orders",
    "ttlSec": 60,
}


def prepare(vendor: Call) -> int:
    answer = vendor("POST", "/api/v1/messages/appinbox", json=PREPARED)
    assert answer.status_code == 200, answer.text
    number: int = answer.json()["id"]
    return number


def test_a_prepared_message_is_sent_and_each_recipient_has_a_result(
    vendor: Call, control: Call, ann: dict[str, Any]
) -> None:
    number = prepare(vendor)
    path = f"/api/v1/message/{number}/smartsend"
    json_param = '{"number": "ZV-1"}'
    recipients = [
        {"locator": "ann@example.com", "jsonParam": json_param},
        {"contactId": ann["id"], "jsonParam": None},
        {"externalCustomerId": "8"},
        {"locator": "ann@example.com", "jsonParam": "[]"},
    ]
    results = vendor("POST", path, json={"recipients": recipients}).json()["results"]
    assert [one["status"] for one in results] == ["OK", "OK", "ERROR", "ERROR"]
    assert results[0]["requestId"]
    assert "'8' is not a known contact" in results[2]["message"]
    assert [one["title"] for one in messages(control)] == [
        "Order $!data.get('number')",
        "Order ZV-1",
    ]
    # One recipient's result is an object.
    one = vendor("POST", path, json={"recipients": recipients[:1]}).json()["results"]
    assert one["status"] == "OK"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"recipients": []}, 400),
        ({"recipients": ["ann"]}, 400),
        ({"recipients": [{}]}, 400),
        ({"recipients": [{"locator": "x"}] * 1001}, 400),
    ],
)
def test_recipients_that_cannot_be_are_refused(
    vendor: Call, body: Any, status: int
) -> None:
    path = f"/api/v1/message/{prepare(vendor)}/smartsend"
    assert vendor("POST", path, json=body).status_code == status


def test_unknown_and_incomplete_messages_are_refused(vendor: Call) -> None:
    sent = {"recipients": [{"locator": "x"}]}
    assert vendor("POST", "/v1/message/77/smartsend", json=sent).status_code == 404
    bare = {"name": "order", "title": "x"}
    assert vendor("POST", "/v1/messages/appinbox", json=bare).status_code == 400
    prepare(vendor)
    listed = vendor("GET", "/v1/messages/appinbox")
    assert [one["name"] for one in listed.json()["messages"]] == ["order"]
    assert listed.headers["TotalCount"] == "1"

"""Events: what is sent, what is refused before, and what is never sent twice."""

from __future__ import annotations

import json
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import responses
from responses.matchers import header_matcher

from flask_app_inbox import (
    Contact,
    VendorInvalid,
    VendorTimeout,
    VendorUnavailable,
)
from flask_app_inbox.client.api import VendorApi
from flask_app_inbox.client.events import MAX_BODY, event_body, send_event
from flask_app_inbox.client.transport import Transport
from tests.client.conftest import Serve
from tests.conftest import API_URL, CONTACT, client_of
from tests.faults.raw_vendor import Line, answers

EVENT_URL = f"{API_URL}/v2/event"
BODY = event_body("orderPlaced", CONTACT)


@pytest.fixture
def api(transport: Transport) -> VendorApi:
    return client_of(transport).api


def hangs(line: Line) -> None:
    line.read_request()
    line.hang()


def params_of(body: bytes) -> dict[str, Any]:
    return {one["name"]: one["value"] for one in json.loads(body)["params"]}


def test_the_contacts_identifiers_travel_among_the_parameters() -> None:
    ann = Contact("a@b.c", "+38 1", 7, "Ann", fields={5: "gold"})
    assert json.loads(event_body("orderPlaced", ann, {"number": "ZV-1"})) == {
        "eventTypeKey": "orderPlaced",
        "params": [
            {"name": "number", "value": "ZV-1"},
            {"name": "externalCustomerId", "value": "7"},
            {"name": "email", "value": "a@b.c"},
            {"name": "phone", "value": "381"},
        ],
    }


def test_an_event_without_a_contact_is_told_by_its_key_value_or_a_parameter() -> None:
    body = json.loads(event_body("restocked", key_value="a@b.c"))
    assert body == {"eventTypeKey": "restocked", "keyValue": "a@b.c", "params": []}
    assert params_of(event_body("restocked", params={"contactId": 5})) == {
        "contactId": "5"
    }
    for nobody in ({}, {"email": ""}, {"externalCustomerId": None}):
        with pytest.raises(ValueError, match="whose event this is"):
            event_body("restocked", params=nobody)


TYPED = {
    "text": "Tee",
    "number": 3,
    "share": 0.5,
    "price": Decimal("12.50"),
    "paid": True,
    "nothing": None,
    "day": date(2026, 11, 26),
    "moment": datetime(2026, 11, 26, 8, 5, tzinfo=timezone.utc),
    "id": UUID(int=7),
    "items": [{"name": "Kanne", "price": Decimal("9.90"), "count": 2, "new": False}],
    "address": {"town": "Lviv", "since": date(2020, 1, 2)},
}
SINGLE = {
    "text": "Tee",
    "number": "3",
    "share": "0.5",
    "price": "12.50",
    "paid": "true",
    "nothing": "",
    "day": "2026-11-26",
    "moment": "2026-11-26T08:05:00+00:00",
    "id": "00000000-0000-0000-0000-000000000007",
}
ITEMS = [{"name": "Kanne", "price": "9.90", "count": 2, "new": False}]
ADDRESS = {"town": "Lviv", "since": "2020-01-02"}


def test_single_values_are_texts_and_nested_ones_are_json() -> None:
    sent = params_of(event_body("e", params=TYPED, key_value="x"))
    assert sent == {**SINGLE, "items": ITEMS, "address": ADDRESS}


def test_in_the_older_call_nested_values_are_texts_of_json() -> None:
    body = event_body("e", params=TYPED, key_value="x", path="/v1/event")
    sent = params_of(body)
    assert json.loads(sent.pop("items")) == ITEMS
    assert json.loads(sent.pop("address")) == ADDRESS
    assert sent == SINGLE


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"key": ""}, "needs a key"),
        ({"key": " "}, "needs a key"),
        ({"key": "k" * 101}, "key may have 100 characters"),
        ({"key": "a\\b"}, "no backslash"),
        ({"key_value": "v" * 301}, "key_value may have 300 characters"),
        ({"key_value": "a\\b"}, "no backslash"),
        ({"params": {"": "x"}}, "needs a name"),
        ({"params": {"share": float("nan")}}, "'share' must be a finite number"),
        ({"params": {"price": Decimal("Infinity")}}, "'price' must be a finite"),
        ({"params": {"email": "eve@b.c"}}, "'email' contradicts the contact"),
        ({"params": {"contactId": "9"}}, "'contactId' contradicts the contact"),
        ({"params": {"externalCustomerId": "7"}}, "contradicts the contact"),
        ({"params": {"text": "x" * MAX_BODY}}, "may have 20480 bytes"),
        ({"params": {"text": "ї" * (MAX_BODY // 2)}}, "may have 20480 bytes"),
    ],
)
def test_what_the_vendor_would_not_take_is_refused_before(
    given: dict[str, Any], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        event_body(**{"key": "orderPlaced", "contact": CONTACT, **given})


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"key": 5}, "key must be a string"),
        ({"key_value": 5}, "key_value must be a string"),
        ({"params": [("a", 1)]}, "params must be a dict"),
        ({"params": {5: "x"}}, "names of parameters"),
        ({"params": {"one": object()}}, "'one' is a object"),
        ({"params": {"one": [{"two": b"x"}]}}, "'one' is a bytes"),
    ],
)
def test_values_without_a_form_are_refused_before(
    given: dict[str, Any], says: str
) -> None:
    with pytest.raises(TypeError, match=says):
        event_body(**{"key": "orderPlaced", "contact": CONTACT, **given})


def test_bounds_are_reached_not_passed() -> None:
    event_body("k" * 100, CONTACT, key_value="v" * 300)
    rest = MAX_BODY - len(event_body("e", CONTACT, {"text": ""}))
    event_body("e", CONTACT, {"text": "x" * rest})
    # A letter of Ukrainian counts as its two bytes, not as an escape of six.
    event_body("e", CONTACT, {"text": "ї" * (rest // 2)})


def test_half_of_a_character_spoils_no_event() -> None:
    assert params_of(event_body("e", CONTACT, {"text": "a\ud83d"}))["text"] == "a�"


def test_an_event_is_sent_as_json(
    api: VendorApi, vendor: responses.RequestsMock
) -> None:
    vendor.post(
        EVENT_URL,
        status=202,
        match=[header_matcher({"Content-Type": "application/json"})],
    )
    send_event(api, BODY)
    assert vendor.calls[0].request.body == BODY


def test_a_demanded_parameter_is_named_and_nothing_else_of_the_answer(
    api: VendorApi, vendor: responses.RequestsMock
) -> None:
    vendor.post(
        EVENT_URL,
        status=400,
        body="ann.secret@example.com: The event should have the following params: "
        "[orderId, totalCost] <ann.secret@example.com>",
    )
    with pytest.raises(VendorInvalid) as caught:
        send_event(api, BODY)
    assert str(caught.value).endswith("parameters of it: orderId, totalCost")
    assert not caught.value.may_have_worked


@pytest.mark.parametrize(
    ("status", "says"), [(400, "answered 400"), (404, "APP_INBOX_EVENT_PATH")]
)
def test_a_refusal_says_where_to_look(
    api: VendorApi, vendor: responses.RequestsMock, status: int, says: str
) -> None:
    vendor.post(EVENT_URL, status=status, body="ann.secret@example.com")
    with pytest.raises(VendorInvalid, match=says) as caught:
        send_event(api, BODY)
    assert "secret" not in str(caught.value)


def test_an_event_that_may_have_arrived_is_not_sent_again(
    transport: Transport, serve: Serve
) -> None:
    vendor = serve(answers())
    with pytest.raises(VendorUnavailable) as caught:
        send_event(client_of(transport, API_URL=vendor.url).api, BODY)
    assert caught.value.may_have_worked
    assert len(vendor.requests) == 1


def test_an_event_that_cannot_have_arrived_is_sent_again(
    api: VendorApi, vendor: responses.RequestsMock, pauses: list[float]
) -> None:
    vendor.post(EVENT_URL, status=429, headers={"Retry-After": "0"})
    vendor.post(EVENT_URL)
    send_event(api, BODY)
    assert len(vendor.calls) == 2
    assert pauses


def test_without_an_answer_in_time_it_may_have_arrived(
    transport: Transport, serve: Serve
) -> None:
    vendor = serve(hangs)
    with pytest.raises(VendorTimeout) as caught:
        send_event(client_of(transport, API_URL=vendor.url, TIMEOUT=0.2).api, BODY)
    assert caught.value.may_have_worked


def test_without_a_connection_it_cannot_have_arrived(transport: Transport) -> None:
    api = client_of(transport, API_URL="http://127.0.0.1:9").api
    with pytest.raises(VendorUnavailable) as caught:
        send_event(api, BODY)
    assert not caught.value.may_have_worked

"""Prepared messages: who is sent what, and what became of each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import responses
from responses.matchers import json_params_matcher

from flask_app_inbox import (
    Contact,
    SendResult,
    VendorInvalid,
    VendorRejected,
    VendorUnavailable,
)
from flask_app_inbox.client.api import VendorApi
from flask_app_inbox.client.smartsend import CHUNK, send_message
from flask_app_inbox.client.transport import Transport
from tests.client.conftest import Serve
from tests.conftest import API_URL, client_of
from tests.faults.raw_vendor import answers

URL = f"{API_URL}/v1/message/17/smartsend"
ANN, BEN = Contact(external_customer_id=7), Contact("ben@b.c", "12")
CAT = Contact(phone="13")


@pytest.fixture
def api(transport: Transport) -> VendorApi:
    return client_of(transport).api


def customers(count: int) -> Iterator[Contact]:
    return (Contact(external_customer_id=number) for number in range(count))


def sizes(vendor: responses.RequestsMock) -> list[int]:
    return [len(json.loads(c.request.body or "")["recipients"]) for c in vendor.calls]


def queued(*locators: str) -> list[dict[str, Any]]:
    return [
        {"id": 0, "locator": one, "status": "OK", "requestId": f"r-{one}"}
        for one in locators
    ]


def test_recipients_are_named_and_parameters_are_a_text_of_json(
    api: VendorApi, vendor: responses.RequestsMock
) -> None:
    json_param = '{"number":"ZV-1","lines":[{"count":2}]}'
    extra = {"jsonParam": json_param, "languageCode": "uk"}
    vendor.post(
        URL,
        json={"results": queued("7", "ben@b.c", "13")},
        match=[
            json_params_matcher(
                {
                    "recipients": [
                        {"externalCustomerId": "7", **extra},
                        {"locator": "ben@b.c", **extra},
                        {"locator": "13", **extra},
                    ],
                    "email": False,
                }
            )
        ],
    )
    params = {"number": "ZV-1", "lines": [{"count": 2}]}
    results = send_message(api, 17, [ANN, BEN, CAT], params, language="uk")
    assert results == [
        SendResult(ANN, ok=True, request_id="r-7"),
        SendResult(BEN, ok=True, request_id="r-ben@b.c"),
        SendResult(CAT, ok=True, request_id="r-13"),
    ]


def test_a_message_without_parameters_says_so(
    api: VendorApi, vendor: responses.RequestsMock
) -> None:
    vendor.post(
        URL,
        json={"results": queued("7")[0]},
        match=[
            json_params_matcher(
                {
                    "recipients": [{"jsonParam": None, "externalCustomerId": "7"}],
                    "email": False,
                }
            )
        ],
    )
    # One recipient's result is an object, not a list.
    assert send_message(api, 17, [ANN]) == [SendResult(ANN, ok=True, request_id="r-7")]


def test_a_refused_recipient_has_the_reason_and_the_others_have_the_message(
    api: VendorApi, vendor: responses.RequestsMock
) -> None:
    refusal = {"locator": "BEN@b.c", "status": "ERROR", "message": "not valid"}
    vendor.post(URL, json={"results": [refusal, *queued("device-1", "13")]})
    ann, ben, cat = send_message(api, 17, [ANN, BEN, CAT])
    # Ann's locator is a device of hers: she is the one who is left.
    assert (ann.request_id, cat.request_id) == ("r-device-1", "r-13")
    assert (ben.ok, ben.reason, ben.error) == (False, "not valid", None)
    assert "not valid" not in repr(ben)


@pytest.mark.parametrize(
    "told", [queued("x"), [{"locator": "7", "status": "MAYBE"}, *queued("ben@b.c")]]
)
def test_a_recipient_of_whom_nothing_is_told_may_have_the_message(
    api: VendorApi, vendor: responses.RequestsMock, told: list[Any]
) -> None:
    vendor.post(URL, json={"results": told})
    ann, *_ = send_message(api, 17, [ANN, BEN])
    assert not ann.ok
    assert isinstance(ann.error, VendorInvalid)
    assert ann.error.may_have_worked


@pytest.mark.parametrize("body", ["[]", "{}", '{"results": 5}', '{"results": [5]}'])
def test_an_answer_without_results_is_an_error(
    api: VendorApi, vendor: responses.RequestsMock, body: str
) -> None:
    vendor.post(URL, body=body)
    with pytest.raises(VendorInvalid, match="holds no results") as caught:
        send_message(api, 17, [ANN])
    assert caught.value.may_have_worked


def test_a_thousand_are_sent_at_a_time_and_nobody_twice(
    api: VendorApi, vendor: responses.RequestsMock
) -> None:
    vendor.post(URL, json={"results": queued(*map(str, range(CHUNK)))})
    vendor.post(URL, json={"results": queued(str(CHUNK))[0]})
    everybody = [*customers(CHUNK + 1), *customers(5)]
    results = send_message(api, 17, everybody)
    assert sizes(vendor) == [CHUNK, 1]
    assert len(results) == CHUNK + 1
    assert all(result.ok for result in results)


def test_contacts_that_the_vendor_knows_by_one_name_are_one_recipient(
    api: VendorApi, vendor: responses.RequestsMock
) -> None:
    vendor.post(URL, json={"results": queued("ann@example.com", "7", "8")})
    twins = [
        Contact("ann@example.com"),
        Contact("Ann@Example.com", first_name="Ann"),
        Contact(external_customer_id="7"),
        Contact("bob@example.com", external_customer_id="7"),
        Contact("bob@example.com", external_customer_id="8"),
    ]
    assert [one.contact for one in send_message(api, 17, twins)] == [
        twins[0],
        twins[2],
        twins[4],
    ]
    assert sizes(vendor) == [3]


def test_a_phone_that_is_somebodys_id_has_its_own_result(
    api: VendorApi, vendor: responses.RequestsMock
) -> None:
    phone = "380501112233"
    failed = {"locator": phone, "status": "ERROR", "message": "no such phone"}
    vendor.post(URL, json={"results": [failed, {"locator": None, "status": "OK"}]})
    by_id, by_phone = Contact(external_customer_id=phone), Contact(phone=phone)
    results = send_message(api, 17, [by_id, by_phone])
    assert [(one.contact, one.ok) for one in results] == [
        (by_id, True),
        (by_phone, False),
    ]


def test_results_of_a_thousand_may_be_long(
    api: VendorApi, vendor: responses.RequestsMock
) -> None:
    long = [{**one, "message": "x" * 200} for one in queued(*map(str, range(CHUNK)))]
    vendor.post(URL, json={"results": long})
    assert all(result.ok for result in send_message(api, 17, customers(CHUNK)))


def test_if_the_first_call_fails_it_raises(
    api: VendorApi, vendor: responses.RequestsMock
) -> None:
    vendor.post(URL, status=401)
    with pytest.raises(VendorRejected) as caught:
        send_message(api, 17, customers(CHUNK + 1))
    assert sizes(vendor) == [CHUNK]
    assert not caught.value.may_have_worked


def test_if_a_later_call_fails_nothing_that_was_sent_is_lost(
    api: VendorApi, vendor: responses.RequestsMock
) -> None:
    vendor.post(URL, json={"results": queued(*map(str, range(CHUNK)))})
    vendor.post(URL, status=500)
    results = send_message(api, 17, customers(2 * CHUNK + 1))
    # The third call was not made: the vendor is down.
    assert sizes(vendor) == [CHUNK, CHUNK]
    assert [result.ok for result in results].count(True) == CHUNK
    second, third = results[CHUNK].error, results[2 * CHUNK].error
    assert isinstance(second, VendorUnavailable)
    assert isinstance(third, VendorUnavailable)
    assert second.may_have_worked
    assert not third.may_have_worked


def test_a_refused_thousand_stops_no_other(
    api: VendorApi, vendor: responses.RequestsMock
) -> None:
    vendor.post(URL, json={"results": queued(*map(str, range(CHUNK)))})
    vendor.post(URL, status=400)
    vendor.post(URL, json={"results": queued("x")[0]})
    results = send_message(api, 17, customers(2 * CHUNK + 1))
    assert [r.ok for r in results] == [True] * CHUNK + [False] * CHUNK + [True]
    assert isinstance(results[CHUNK].error, VendorInvalid)


def test_a_message_that_may_have_arrived_is_not_sent_again(
    transport: Transport, serve: Serve
) -> None:
    vendor = serve(answers())
    with pytest.raises(VendorUnavailable) as caught:
        send_message(client_of(transport, API_URL=vendor.url).api, 17, [ANN])
    assert caught.value.may_have_worked
    assert len(vendor.requests) == 1


def test_an_unknown_message_is_named(
    api: VendorApi, vendor: responses.RequestsMock
) -> None:
    vendor.post(URL, status=404)
    with pytest.raises(VendorInvalid, match="is there a message 17"):
        send_message(api, 17, [ANN])


def test_what_cannot_be_sent_is_refused_before(api: VendorApi) -> None:
    with pytest.raises(ValueError, match="number of a message"):
        send_message(api, 0, [ANN])
    wrong: Any
    for wrong in ("17", True):
        with pytest.raises(TypeError, match="whole number"):
            send_message(api, wrong, [ANN])
    wrong = ["ann@b.c"]
    with pytest.raises(TypeError, match="must be contacts, not a str"):
        send_message(api, 17, wrong)
    wrong = [1]
    with pytest.raises(TypeError, match="params must be a dict"):
        send_message(api, 17, [ANN], wrong)
    assert send_message(api, 17, []) == []

"""Many contacts at once, and the deletion of one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import responses
from responses.matchers import json_params_matcher, query_param_matcher

from flask_app_inbox import (
    Contact,
    SyncResult,
    VendorInvalid,
    VendorRejected,
    VendorUnavailable,
)
from flask_app_inbox.client.api import VendorApi
from flask_app_inbox.client.contacts import CHUNK, delete_contact, import_contacts
from flask_app_inbox.client.transport import Transport
from tests.conftest import API_URL, CONTACT, CONTACT_URL, client_of

CONTACTS_URL = f"{API_URL}/v1/contacts"
TAKEN = {"asyncSessionId": "s-1", "failedContacts": []}


@pytest.fixture
def api(transport: Transport) -> VendorApi:
    return client_of(transport).api


def customers(count: int) -> Iterator[Contact]:
    return (Contact(external_customer_id=number) for number in range(count))


def bodies(vendor: responses.RequestsMock) -> list[Any]:
    return [json.loads(call.request.body or "null") for call in vendor.calls]


def test_contacts_are_sent_with_what_they_are_found_by_and_what_is_replaced(
    api: VendorApi, vendor: responses.RequestsMock
) -> None:
    ann = Contact("a@b.c", "12", 7, "Ann", fields={5: "gold"})
    vendor.post(
        CONTACTS_URL,
        json=TAKEN,
        match=[
            json_params_matcher(
                {
                    "contacts": [
                        {
                            "externalCustomerId": "7",
                            "firstName": "Ann",
                            "fields": [{"id": 5, "value": "gold"}],
                            "channels": [
                                {"type": "email", "value": "a@b.c"},
                                {"type": "sms", "value": "12"},
                            ],
                        }
                    ],
                    "dedupeOn": "externalCustomerId",
                    "contactFields": [
                        "externalCustomerId",
                        "email",
                        "sms",
                        "firstName",
                    ],
                    "customFieldsIDs": [5],
                }
            )
        ],
    )
    [result] = import_contacts(api, [ann])
    assert result == SyncResult((ann,), 1, "s-1")
    assert result.accepted == 1


def test_contacts_with_other_values_have_a_call_of_their_own(
    api: VendorApi, vendor: responses.RequestsMock
) -> None:
    vendor.post(CONTACTS_URL, json=TAKEN)
    mixed = [
        Contact("a@b.c"),
        Contact(phone="1"),
        Contact("d@b.c"),
        Contact("e@b.c", first_name="Eve"),
        Contact("f@b.c", fields={5: "x"}),
        Contact("g@b.c", fields={6: "x"}),
    ]
    results = list(import_contacts(api, mixed))
    assert [len(result.contacts) for result in results] == [2, 1, 1, 1, 1]
    # Whoever stops within a batch has to send it again.
    assert [result.position for result in results] == [0, 0, 0, 0, 6]
    assert [body["dedupeOn"] for body in bodies(vendor)] == [
        *("email", "sms", "email", "email", "email")
    ]
    assert [body["contactFields"] for body in bodies(vendor)][:3] == [
        ["email"],
        ["sms"],
        ["email", "firstName"],
    ]
    assert [body.get("customFieldsIDs") for body in bodies(vendor)][3:] == [[5], [6]]


def test_three_thousand_are_sent_at_a_time_and_no_more_are_taken(
    api: VendorApi, vendor: responses.RequestsMock
) -> None:
    vendor.post(CONTACTS_URL, json=TAKEN)
    waiting = customers(2 * CHUNK + 1)
    results = import_contacts(api, waiting)
    assert len(vendor.calls) == 0
    assert next(results).position == CHUNK
    assert len(vendor.calls) == 1
    assert next(waiting).external_customer_id == str(CHUNK)
    assert [len(result.contacts) for result in results] == [CHUNK]
    assert [len(body["contacts"]) for body in bodies(vendor)] == [CHUNK, CHUNK]


def test_nobody_is_no_call(api: VendorApi, vendor: responses.RequestsMock) -> None:
    assert list(import_contacts(api, [])) == []


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        ({"externalCustomerId": "7", "error": "no"}, 0),
        ({"channels": [{"type": "email", "value": "A@B.c"}], "error": "no"}, 0),
        ({"channels": [{"type": "sms", "value": "55"}], "error": "no"}, 1),
        ({"channels": "?", "error": "no"}, None),
        ({"channels": [None, {"value": 1}], "error": "no"}, None),
    ],
)
@pytest.mark.parametrize("alone", [True, False])
def test_a_refused_contact_is_told_whether_alone_or_in_a_list(
    api: VendorApi,
    vendor: responses.RequestsMock,
    entry: dict[str, Any],
    found: int | None,
    alone: bool,
) -> None:
    sent = [Contact("a@b.c", "12", "7"), Contact("d@b.c", "55", "8")]
    failed = entry if alone else [entry]
    vendor.post(CONTACTS_URL, json={**TAKEN, "failedContacts": failed})
    [result] = import_contacts(api, sent)
    [refused] = result.refused
    assert refused.contact == (None if found is None else sent[found])
    assert refused.reason == "no"
    assert result.accepted == 1
    assert "no" not in repr(refused).replace("None", "")


def test_an_answer_about_thousands_of_refused_contacts_is_read(
    api: VendorApi, vendor: responses.RequestsMock
) -> None:
    failed = [
        {"externalCustomerId": str(number), "error": "why " * 50}
        for number in range(CHUNK)
    ]
    vendor.post(CONTACTS_URL, json={"failedContacts": failed})
    [result] = import_contacts(api, customers(CHUNK))
    assert (len(result.refused), result.accepted, result.error) == (CHUNK, 0, None)


@pytest.mark.parametrize(
    ("status", "body"),
    [(400, "Duplicated request"), (409, "Repeated request within 1 minute")],
)
def test_an_import_that_was_taken_just_now_is_success(
    api: VendorApi, vendor: responses.RequestsMock, status: int, body: str
) -> None:
    vendor.post(CONTACTS_URL, status=status, body=body)
    [result] = import_contacts(api, customers(2))
    assert (result.accepted, result.session_id, result.error) == (2, None, None)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"status": 400, "body": "crm-secret-8842"}, VendorInvalid),
        ({"status": 401}, VendorRejected),
        ({"status": 500}, VendorUnavailable),
        ({"body": "<p>Welcome</p>"}, VendorInvalid),
        ({"json": []}, VendorInvalid),
        ({"json": {"errorMessage": "ann.secret@example.com"}}, VendorInvalid),
        ({"json": {"asyncSessionId": 7}}, VendorInvalid),
    ],
)
def test_a_call_that_fails_has_its_error_and_the_next_one_is_made(
    api: VendorApi,
    vendor: responses.RequestsMock,
    answer: dict[str, Any],
    kind: type[Exception],
) -> None:
    vendor.post(CONTACTS_URL, **answer)
    vendor.post(CONTACTS_URL, json=TAKEN)
    failed, taken = import_contacts(api, [CONTACT, Contact(phone="1")])
    assert isinstance(failed.error, kind)
    assert "secret" not in str(failed.error)
    assert (failed.accepted, taken.accepted) == (0, 1)


def test_an_import_is_repeated_after_a_broken_connection(
    api: VendorApi, vendor: responses.RequestsMock, pauses: list[float]
) -> None:
    vendor.post(CONTACTS_URL, status=503)
    vendor.post(CONTACTS_URL, json=TAKEN)
    [result] = import_contacts(api, customers(1))
    assert result.accepted == 1
    assert len(pauses) == 1


@pytest.mark.parametrize("erase", [True, False])
def test_a_contact_is_deleted_by_the_external_id(
    api: VendorApi, vendor: responses.RequestsMock, erase: bool
) -> None:
    query = {"externalCustomerId": "a b&c", "erase": str(erase).lower()}
    vendor.delete(CONTACT_URL, body="deleted", match=[query_param_matcher(query)])
    assert delete_contact(api, Contact(external_customer_id="a b&c"), erase=erase)


def test_a_contact_whom_the_vendor_does_not_know_is_deleted_already(
    api: VendorApi, vendor: responses.RequestsMock
) -> None:
    vendor.delete(CONTACT_URL, status=404)
    assert not delete_contact(api, Contact(external_customer_id="7"))


def test_a_deletion_that_is_refused_is_told(
    api: VendorApi, vendor: responses.RequestsMock
) -> None:
    vendor.delete(CONTACT_URL, status=400, body="7 is bad")
    with pytest.raises(VendorInvalid, match="answered 400 to the deletion"):
        delete_contact(api, Contact(external_customer_id="7"))


def test_without_an_external_id_nobody_is_deleted(api: VendorApi) -> None:
    with pytest.raises(ValueError, match="external_customer_id"):
        delete_contact(api, Contact("a@b.c"))

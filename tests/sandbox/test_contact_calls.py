"""The vendor's calls about contacts as the sandbox speaks them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from flask_app_inbox.sandbox.imports import WAITING, WORKING
from flask_app_inbox.sandbox.repeats import SPAN
from tests.fixtures.clock import Clock
from tests.fixtures.sandbox import WithClock

Call = Callable[..., requests.Response]
Eventually = Callable[[Callable[[], object]], None]


class Vendor:
    """A sandbox within the process whose clock a test sets."""

    def __init__(self, client: FlaskClient, clock: Clock) -> None:
        self._client = client
        self.clock = clock

    def __call__(self, method: str, path: str, **options: Any) -> TestResponse:
        auth = ("any name", "sandbox-key")
        # Buffered: the answer is closed, so the sandbox is done with the request.
        return self._client.open(
            path, method=method, auth=auth, buffered=True, **options
        )

    def known(self) -> list[dict[str, Any]]:
        """Return the contacts, without their ids and empty values."""
        listed = self._client.get("/_sandbox/contacts").json or []
        return [
            {key: value for key, value in one.items() if value and key != "id"}
            for one in listed
        ]


@pytest.fixture
def timed(sandbox_with: WithClock) -> Iterator[Vendor]:
    clock = Clock()
    with sandbox_with(clock).app.test_client() as client:
        yield Vendor(client, clock)


def contact_body(**fields: Any) -> dict[str, Any]:
    channels = [
        {"type": kind, "value": fields.pop(kind)}
        for kind in ("email", "sms")
        if kind in fields
    ]
    return {**fields, "channels": channels}


def test_a_new_contact_is_created_with_its_fields(vendor: Call, control: Call) -> None:
    body = contact_body(
        externalCustomerId="42",
        firstName="Ann",
        lastName="Smith",
        email="ann@example.com",
        sms="380942583691",
        address={"town": "Kyiv"},
    )
    answer = vendor("POST", "/v1/contact", json=body)
    assert answer.status_code == 200
    assert control("GET", "contacts").json() == [
        {
            "id": answer.json()["id"],
            "externalCustomerId": "42",
            "email": "ann@example.com",
            "phone": "380942583691",
            "firstName": "Ann",
            "lastName": "Smith",
        }
    ]


@pytest.mark.parametrize(
    "again",
    [
        contact_body(externalCustomerId="42", email="new@example.com"),
        contact_body(email="ANN@example.com"),
        contact_body(sms="+380942583691", externalCustomerId="42"),
    ],
)
def test_a_contact_that_is_found_is_updated(
    vendor: Call, again: dict[str, Any]
) -> None:
    body = contact_body(
        externalCustomerId="42", email="ann@example.com", sms="380942583691"
    )
    first = vendor("POST", "/v1/contact", json=body).json()
    second = vendor("POST", "/api/v1/contact", json=again | {"firstName": "Ann"})
    assert second.json() == first


def test_an_updated_contact_is_no_longer_found_by_its_old_email(
    vendor: Call, issue: Callable[..., str]
) -> None:
    for email in ("old@example.com", "new@example.com"):
        body = contact_body(externalCustomerId="42", email=email)
        vendor("POST", "/v1/contact", json=body)
    assert issue(email="new@example.com")
    assert issue(email="old@example.com") == ""


def test_another_external_id_makes_another_contact(
    vendor: Call, issue: Callable[..., str]
) -> None:
    ids = [
        vendor(
            "POST",
            "/v1/contact",
            json=contact_body(externalCustomerId=number, email="family@example.com"),
        ).json()["id"]
        for number in ("1", "2")
    ]
    assert ids[0] != ids[1]
    assert issue(email="family@example.com")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"firstName": "Ann"},
        {"firstName": "Ann", "channels": []},
        {"externalCustomerId": "42"},
        {"externalCustomerId": "42", "channels": None},
        contact_body(externalCustomerId="42", fields={"7": "gold"}),
        contact_body(externalCustomerId="42", fields=[{"id": "7", "value": "x"}]),
        contact_body(externalCustomerId="42", fields=[{"id": 7, "value": 1}]),
        contact_body(externalCustomerId=[42]),
        {"channels": {"type": "email"}},
        {"channels": ["ann@example.com"]},
        {"channels": [{"type": "fax", "value": "1"}]},
        {"channels": [{"value": "ann@example.com"}]},
        {"channels": [{"type": "email", "value": None}]},
        {"channels": [{"type": "email", "value": 5}]},
        contact_body(email="ann@example.com", lastName=7),
    ],
)
def test_a_contact_of_wrong_types_or_without_identifier_is_refused(
    vendor: Call, body: object
) -> None:
    assert vendor("POST", "/v1/contact", json=body).status_code == 400


def test_the_same_contact_twice_at_the_same_time_is_refused(
    vendor: Call,
    control: Call,
    break_route: Callable[..., None],
    eventually: Eventually,
) -> None:
    body = contact_body(email="ann@example.com")
    break_route("contact", "delay", seconds=60)
    answers: list[requests.Response] = []
    slow = threading.Thread(
        target=lambda: answers.append(vendor("POST", "/v1/contact", json=body))
    )
    slow.start()
    eventually(lambda: control("GET", "contacts").json())
    refused = vendor("POST", "/v1/contact", json=body)
    other = vendor("POST", "/v1/contact", json=body | {"lastName": "Smith"})
    control("DELETE", "faults")
    slow.join(10)
    afterwards = vendor("POST", "/v1/contact", json=body)
    assert (refused.status_code, refused.text) == (400, "Duplicated request")
    assert [a.status_code for a in (*answers, other)] == [200, 200]
    assert afterwards.status_code == 409


def test_a_client_that_leaves_a_delayed_call_leaves_no_duplicate_behind(
    vendor: Call,
    control: Call,
    break_route: Callable[..., None],
    eventually: Eventually,
) -> None:
    body = contact_body(email="ann@example.com")
    break_route("contact", "delay", seconds=60)
    with pytest.raises(requests.ReadTimeout):
        vendor("POST", "/v1/contact", json=body, timeout=0.2)
    eventually(lambda: control("GET", "requests").json())
    assert vendor("POST", "/v1/contact", json=body).status_code == 409


def test_a_contact_may_be_known_by_the_external_id_alone(timed: Vendor) -> None:
    body = contact_body(externalCustomerId="42", fields=[{"id": 7, "value": "gold"}])
    assert timed("POST", "/v1/contact", json=body).status_code == 200
    assert timed.known() == [{"externalCustomerId": "42", "fields": {"7": "gold"}}]


def test_the_same_contact_again_within_a_minute_is_refused(timed: Vendor) -> None:
    body = contact_body(email="ann@example.com")
    statuses = []
    for seconds in (0, SPAN - 1, 1, SPAN - 1):
        timed.clock.now += seconds
        statuses.append(timed("POST", "/api/v1/contact", json=body).status_code)
    assert statuses == [200, 409, 200, 409]
    changed = contact_body(email="ann@example.com", firstName="Ann")
    assert timed("POST", "/api/v1/contact", json=changed).status_code == 200
    timed("POST", "/_sandbox/reset", json={})
    assert timed("POST", "/api/v1/contact", json=body).status_code == 200


def test_a_body_that_is_not_declared_as_json_is_answered_with_415(
    timed: Vendor,
) -> None:
    for path in ("/v1/contact", "/v1/contacts"):
        answer = timed("POST", path, data=b"{}", content_type="text/plain")
        assert answer.status_code == 415


@pytest.fixture
def four(timed: Vendor) -> Vendor:
    """A vendor who knows four contacts."""
    for body in (
        contact_body(externalCustomerId="1", email="ann@example.com", firstName="Ann"),
        contact_body(externalCustomerId="2", sms="380501", firstName="Bob"),
        contact_body(email="cy@example.com", firstName="Ann", lastName="Lee"),
        contact_body(externalCustomerId="4"),
    ):
        assert timed("POST", "/v1/contact", json=body).status_code == 200
    return timed


@pytest.mark.parametrize(
    ("query", "ids", "total"),
    [
        ("", [1, 2, 3, 4], 4),
        ("externalCustomerId=2", [2], 1),
        ("email=ANN@example.com", [1], 1),
        ("sms=%2B380501", [2], 1),
        ("firstname=Ann", [1, 3], 2),
        ("firstname=Ann&lastname=Lee", [3], 1),
        ("email=ann@example.com&lastname=Lee", [], 0),
        ("startindex=2&maxrows=2", [2, 3], 4),
        ("startindex=9", [], 4),
    ],
)
def test_contacts_are_found_by_what_is_asked_for(
    four: Vendor, query: str, ids: list[int], total: int
) -> None:
    answer = four("GET", f"/v1/contacts?{query}")
    assert [one["id"] for one in answer.json or []] == ids
    assert answer.headers["TotalCount"] == str(total)


@pytest.mark.parametrize("query", ["startindex=0", "maxrows=501", "maxrows=many"])
def test_a_page_that_cannot_be_is_refused(four: Vendor, query: str) -> None:
    assert four("GET", f"/v1/contacts?{query}").status_code == 400


def test_a_deleted_contact_is_restored_by_the_next_data(four: Vendor) -> None:
    path = "/v1/contact?externalCustomerId=1"
    assert four("DELETE", path).status_code == 200
    assert four("GET", "/v1/contacts").headers["TotalCount"] == "3"
    assert four("DELETE", path).status_code == 404
    body = contact_body(externalCustomerId="1", lastName="Lee")
    assert four("POST", "/v1/contact", json=body).json == {"id": 1}
    assert {
        "externalCustomerId": "1",
        "email": "ann@example.com",
        "firstName": "Ann",
        "lastName": "Lee",
    } in four.known()


def test_an_erased_contact_and_their_messages_are_gone(four: Vendor) -> None:
    who = {"externalCustomerId": "1"}
    four("POST", "/_sandbox/messages", json={**who, "title": "Hello"})
    issued = four("POST", "/v1/auth/contact/token", json=who).json or {}
    path = "/v1/contact?externalCustomerId=1&erase=true"
    assert four("DELETE", path).status_code == 200
    headers = {"ES-TOKEN": issued["token"]}
    left = four("GET", "/appinbox/v1/messages", headers=headers).json or {}
    assert left["list"] == []
    body = contact_body(**who)
    assert four("POST", "/v1/contact", json=body).json == {"id": 5}
    assert four("GET", "/_sandbox/messages?externalCustomerId=1").json == []


@pytest.mark.parametrize("query", ["", "erase=true", "externalCustomerId=1&erase=yes"])
def test_a_deletion_must_say_whom(four: Vendor, query: str) -> None:
    assert four("DELETE", f"/v1/contact?{query}").status_code == 400
    assert four("GET", "/v1/contacts").headers["TotalCount"] == "4"


def begin(vendor: Vendor, *contacts: Any, **more: Any) -> Any:
    """Begin an import and return its answer."""
    body = {"contacts": contacts, "dedupeOn": "externalCustomerId", **more}
    answer = vendor("POST", "/v1/contacts", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json


def finish(vendor: Vendor, *contacts: Any, **more: Any) -> Any:
    """Do a whole import and return its last status."""
    session = begin(vendor, *contacts, **more)["asyncSessionId"]
    vendor.clock.now += WAITING + WORKING
    return vendor("GET", f"/v1/importstatus/{session}").json


def test_an_import_is_worked_on_later(timed: Vendor) -> None:
    session = begin(timed, contact_body(externalCustomerId="7"))["asyncSessionId"]
    path = f"/api/v1/importstatus/{session}"
    seen = []
    for seconds in (0, WAITING, WORKING):
        timed.clock.now += seconds
        status = timed("GET", path).json or {}
        seen.append((status["status"], len(timed.known())))
    assert seen == [("STARTED", 0), ("IMPORTING", 0), ("FINISHED", 1)]
    assert status["mapping"] == [{"dedupeValue": "7", "contactId": 1}]
    assert timed("GET", "/v1/importstatus/other").status_code == 404


def test_an_import_empties_what_it_names_and_does_not_carry(four: Vendor) -> None:
    bare = contact_body(externalCustomerId="1")
    finish(four, bare, contactFields=["externalCustomerId", "email"])
    assert {"externalCustomerId": "1", "firstName": "Ann"} in four.known()
    finish(four, bare)
    assert {"externalCustomerId": "1"} in four.known()


def test_an_import_replaces_the_own_fields_that_it_names(timed: Vendor) -> None:
    who = {"externalCustomerId": "1"}
    first = [{"id": 7, "value": "gold"}, {"id": 8, "value": "x"}]
    finish(timed, contact_body(**who, fields=first))
    second = [{"id": 7, "value": "silver"}, {"id": 8, "value": "y"}]
    finish(timed, contact_body(**who, fields=second), customFieldsIDs=[7])
    assert timed.known() == [{**who, "fields": {"7": "silver", "8": "x"}}]


def test_an_import_finds_contacts_by_what_it_was_told(four: Vendor) -> None:
    finished = finish(
        four,
        contact_body(email="cy@example.com", lastName="Fox"),
        contact_body(sms="380777"),
        dedupeOn="email_or_sms",
        contactFields=["lastName"],
    )
    assert finished["mapping"] == [
        {"dedupeValue": "cy@example.com", "contactId": 3},
        {"dedupeValue": "380777", "contactId": 5},
    ]


def test_an_import_restores_deleted_contacts_only_if_told_so(four: Vendor) -> None:
    four("DELETE", "/v1/contact?externalCustomerId=1")
    bare = contact_body(externalCustomerId="1")
    assert finish(four, bare)["mapping"] == []
    assert len(finish(four, bare, restoreDeleted=True)["mapping"]) == 1


def test_an_import_tells_whom_it_cannot_take(timed: Vendor) -> None:
    good = contact_body(externalCustomerId="1")
    bad = contact_body(externalCustomerId="2", email="nowhere")
    answer = begin(timed, good, bad)
    assert answer["failedContacts"] == {**bad, "error": "The email is not valid."}
    answer = begin(timed, bad, contact_body(email="a@b.c"), dedupeOn="sms")
    assert [one["error"] for one in answer["failedContacts"]] == [
        "The email is not valid.",
        "The contact has no value to be found by.",
    ]
    digits = contact_body(externalCustomerId="3", firstName="R2D2")
    assert "Numbers" in begin(timed, digits)["failedContacts"]["error"]
    assert begin(timed, good)["failedContacts"] == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"dedupeOn": "email"}, 400),
        ({"contacts": [contact_body(email="a@b.c")]}, 400),
        ({"contacts": [], "dedupeOn": "name"}, 400),
        ({"contacts": [], "dedupeOn": "fieldId"}, 501),
        ({"contacts": [{"externalCustomerId": "1"}], "dedupeOn": "email"}, 400),
        ({"contacts": ["ann"], "dedupeOn": "email"}, 400),
        ({"contacts": [], "dedupeOn": "email", "contactFields": ["phone"]}, 400),
        ({"contacts": [], "dedupeOn": "email", "customFieldsIDs": ["7"]}, 400),
        ({"contacts": [contact_body(sms="1")] * 3001, "dedupeOn": "sms"}, 400),
        ({"contacts": [contact_body(sms="1")] * 3000, "dedupeOn": "sms"}, 200),
    ],
)
def test_an_import_of_another_form_is_refused(
    timed: Vendor, body: dict[str, Any], status: int
) -> None:
    assert timed("POST", "/v1/contacts", json=body).status_code == status

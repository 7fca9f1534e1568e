"""What the platform's OpenAPI description says of the calls that we make or simulate.

The tables are of our own making: paths, statuses, required fields, types and headers.
What the description leaves open is not in them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from flask_app_inbox import (
    Contact,
    VendorError,
    VendorInvalid,
    VendorRateLimited,
    VendorRejected,
)
from flask_app_inbox.client.account import read_account
from flask_app_inbox.client.app_inbox import AppInboxClient
from flask_app_inbox.client.contacts import delete_contact, import_contacts
from flask_app_inbox.client.site import register_domain
from flask_app_inbox.sandbox import create_sandbox
from flask_app_inbox.sandbox.imports import WAITING, WORKING
from tests.conftest import client_of
from tests.fixtures.clock import Clock

BASE = "https://yespo.io/api"

#: Contacts of every kind that a site may have.
CONTACTS = {
    "an external id alone": Contact(external_customer_id=7),
    "an email alone": Contact("ann@example.com"),
    "a phone alone": Contact(phone="+380 50 1"),
    "everything": Contact("a@b.c", "12", 7, "Ann", "Lee", fields={5: "gold"}),
}

CHANNEL_TYPES = {
    *("email", "sms", "viber", "mobilepush"),
    *("webpush", "appinbox", "widget", "inapp"),
}
DEDUPE_ON = {
    *("email", "sms", "push", "email_or_sms"),
    *("id", "externalCustomerId", "fieldId"),
}
CONTACT_FIELDS = {
    *("firstName", "lastName", "contactKey", "languageCode", "timeZone", "email"),
    *("sms", "mobilepush", "webpush", "address", "town", "region", "postcode"),
    *("externalCustomerId", "ordersInfo"),
}
#: The types of a contact's fields, as far as we send or answer them.
CONTACT: dict[str, type] = {
    "id": int,
    "externalCustomerId": str,
    "firstName": str,
    "lastName": str,
    "channels": list,
    "fields": list,
}


def check_contact(contact: dict[str, Any], required: set[str]) -> None:
    """Check the types of a contact and of what is in it."""
    assert required <= contact.keys() <= CONTACT.keys()
    for name, value in contact.items():
        assert type(value) is CONTACT[name], name
    for channel in contact["channels"]:
        assert channel["type"] in CHANNEL_TYPES
        assert type(channel["value"]) is str
    for one in contact.get("fields", ()):
        assert (type(one["id"]), type(one["value"])) == (int, str)


# --- our calls ----------------------------------------------------------------


@dataclass(frozen=True)
class Call:
    """One of our calls.

    :param make: makes it; raises, or returns what became of it.
    :param outcomes: what becomes of it at each status of the description: a value, or
        the class of an error.
    """

    method: str
    path: str
    make: Callable[[AppInboxClient], Any]
    outcomes: dict[int, Any]
    body: str = "{}"


def sync_one(client: AppInboxClient) -> None:
    client.sync_contact(CONTACTS["everything"])


def sync_many(client: AppInboxClient) -> int:
    [result] = import_contacts(client.api, [CONTACTS["everything"]])
    if result.error:
        raise result.error
    return result.accepted


_REFUSALS: dict[int, Any] = {
    400: VendorInvalid,
    401: VendorRejected,
    405: VendorInvalid,
    415: VendorInvalid,
    429: VendorRateLimited,
}

CALLS = {
    "sync_contact": Call(
        "POST",
        "/v1/contact",
        sync_one,
        {200: None, 409: None, **_REFUSALS},
        '{"id": 5}',
    ),
    "sync_contacts": Call(
        "POST",
        "/v1/contacts",
        sync_many,
        {200: 1, **_REFUSALS},
        '{"asyncSessionId": "s-1"}',
    ),
    "delete_contact": Call(
        "DELETE",
        "/v1/contact",
        lambda client: delete_contact(client.api, Contact(external_customer_id=7)),
        {200: True},
    ),
    "register_domain": Call(
        "POST",
        "/v1/site/domains",
        lambda client: register_domain(client.api, "shop.example"),
        {201: True, 200: False, 400: VendorInvalid, 404: VendorInvalid},
        "",
    ),
    "read_account": Call(
        "GET",
        "/v1/account/info",
        lambda client: read_account(client.api).name,
        {200: "Shop"},
        '{"userEmail": "a@b.c", "organisationName": "Shop"}',
    ),
}


@pytest.mark.parametrize(
    ("name", "status"),
    [(name, status) for name, call in CALLS.items() for status in call.outcomes],
)
def test_each_documented_status_has_a_meaning(name: str, status: int) -> None:
    """Every status that the description gives one of our calls is understood."""
    call = CALLS[name]
    outcome = call.outcomes[status]
    with responses.RequestsMock() as vendor:
        vendor.add(call.method, BASE + call.path, status=status, body=call.body)
        client = client_of(API_URL=BASE)
        if isinstance(outcome, type) and issubclass(outcome, VendorError):
            with pytest.raises(outcome):
                call.make(client)
        else:
            assert call.make(client) == outcome


def sent_by(call: Call, make: Callable[[AppInboxClient], Any]) -> Any:
    """Return the one request that a call sends."""
    with responses.RequestsMock() as vendor:
        vendor.add(call.method, BASE + call.path, body=call.body)
        make(client_of(API_URL=BASE))
        [sent] = vendor.calls
        return sent.request


@pytest.mark.parametrize("who", CONTACTS)
def test_a_contact_is_sent_with_the_required_channels(who: str) -> None:
    """``POST /v1/contact``: ``channels`` is required; the rest has its type."""
    call = CALLS["sync_contact"]
    sent = sent_by(call, lambda client: client.sync_contact(CONTACTS[who]))
    assert sent.headers["Content-Type"] == "application/json"
    check_contact(json.loads(sent.body), {"channels"})


@pytest.mark.parametrize("who", CONTACTS)
def test_an_import_has_what_is_required(who: str) -> None:
    """``POST /v1/contacts``: ``contacts`` and ``dedupeOn``; each with ``channels``."""
    call = CALLS["sync_contacts"]
    sent = sent_by(call, lambda client: [*import_contacts(client.api, [CONTACTS[who]])])
    body = json.loads(sent.body)
    assert body["dedupeOn"] in DEDUPE_ON
    assert set(body["contactFields"]) <= CONTACT_FIELDS
    assert all(type(number) is int for number in body.get("customFieldsIDs", []))
    [contact] = body["contacts"]
    check_contact(contact, {"channels"})
    # Own fields are updated only if their ids are listed.
    assert [one["id"] for one in contact.get("fields", [])] == (
        body.get("customFieldsIDs", [])
    )


def test_an_import_has_three_thousand_contacts_at_most() -> None:
    """``POST /v1/contacts``: 3,000 at most in a call."""
    customers = (Contact(external_customer_id=n) for n in range(3001))
    with responses.RequestsMock() as vendor:
        vendor.post(f"{BASE}/v1/contacts", json={"asyncSessionId": "s-1"})
        list(import_contacts(client_of(API_URL=BASE).api, customers))
        sizes = [
            len(json.loads(c.request.body or "")["contacts"]) for c in vendor.calls
        ]
    assert sizes == [3000, 1]


@pytest.mark.parametrize("erase", [True, False])
def test_a_deletion_says_whom_and_how(erase: bool) -> None:
    """``DELETE /v1/contact``: ``externalCustomerId`` and a boolean ``erase``."""
    sent = sent_by(
        CALLS["delete_contact"],
        lambda client: delete_contact(client.api, CONTACTS["everything"], erase=erase),
    )
    query = parse_qs(urlsplit(sent.url).query)
    assert query == {"externalCustomerId": ["7"], "erase": [str(erase).lower()]}


def test_a_domain_is_sent_under_its_name() -> None:
    """``POST /v1/site/domains``: ``domain`` is required."""
    call = CALLS["register_domain"]
    assert json.loads(sent_by(call, call.make).body) == {"domain": "shop.example"}


# --- the sandbox's answers ----------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """One answer of the sandbox.

    :param types: of the fields of its object, or of each object of its list; all are
        there.
    :param sent: a body, or None.
    :param headers: names of headers that it has.
    """

    method: str
    path: str
    status: int
    sent: Any = None
    types: dict[str, type] = field(default_factory=dict)
    is_list: bool = False
    headers: tuple[str, ...] = ()


ANN = {"externalCustomerId": "7", "channels": []}
MANY = {"contacts": [ANN], "dedupeOn": "externalCustomerId"}
IMPORT: dict[str, type] = {"asyncSessionId": str, "failedContacts": list}

#: Each on a sandbox that knows Ann, her domain, and nothing else.
ANSWERS = [
    Answer("POST", "/v1/contact", 200, {"firstName": "A", **ANN}, {"id": int}),
    Answer("POST", "/v1/contact", 409, ANN),
    Answer("POST", "/v1/contact", 400, {"externalCustomerId": "8"}),
    Answer("PUT", "/v1/contact", 405, ANN),
    Answer("POST", "/v1/contact", 415, "text"),
    Answer("DELETE", "/v1/contact?externalCustomerId=7", 200),
    Answer("DELETE", "/v1/contact?externalCustomerId=7&erase=true", 200),
    Answer("GET", "/v1/contacts", 200, None, CONTACT, True, ("TotalCount",)),
    Answer("GET", "/v1/contacts?maxrows=501", 400),
    Answer("POST", "/v1/contacts", 200, MANY, IMPORT),
    Answer("POST", "/v1/contacts", 400, {"contacts": [ANN]}),
    Answer("POST", "/v1/contacts", 400, {"dedupeOn": "email"}),
    Answer("POST", "/v1/contacts", 415, "text"),
    Answer("PUT", "/v1/contacts", 405),
    Answer(
        "GET",
        "/v1/account/info",
        200,
        types={"userEmail": str, "organisationName": str},
    ),
    Answer("POST", "/v1/site/domains", 201, {"domain": "new.example"}),
    Answer("POST", "/v1/site/domains", 200, {"domain": "shop.example"}),
    Answer("POST", "/v1/site/domains", 400, {"domain": "no domain"}),
    Answer("GET", "/v1/site/domains", 200, types={"domain": str}, is_list=True),
]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sandbox(clock: Clock) -> Iterator[FlaskClient]:
    with create_sandbox(clock=clock).test_client() as client:
        ask(client, "POST", "/v1/contact", ANN)
        ask(client, "POST", "/v1/site/domains", {"domain": "shop.example"})
        yield client


def ask(client: FlaskClient, method: str, path: str, sent: Any = None) -> TestResponse:
    body = {"data": sent} if isinstance(sent, str) else {"json": sent}
    return client.open(
        f"/api{path}",
        method=method,
        auth=("any", "sandbox-key"),
        buffered=True,
        **({} if sent is None else body),
    )


@pytest.mark.parametrize(
    "wanted", ANSWERS, ids=lambda one: f"{one.method} {one.path} {one.status}"
)
def test_the_sandbox_answers_as_described(sandbox: FlaskClient, wanted: Answer) -> None:
    """Statuses, fields, types and headers of the sandbox's answers are as described."""
    answer = ask(sandbox, wanted.method, wanted.path, wanted.sent)
    assert answer.status_code == wanted.status
    assert set(wanted.headers) <= set(answer.headers.keys())
    if wanted.types:
        assert answer.mimetype == "application/json"
        assert isinstance(answer.json, list) == wanted.is_list
        objects: Any = answer.json if wanted.is_list else [answer.json]
        assert objects
        for one in objects:
            assert {name: type(value) for name, value in one.items()} == wanted.types


@pytest.mark.parametrize("path", ["/v1/contact", "/v1/contacts", "/v1/account/info"])
def test_no_call_is_open_without_a_key(sandbox: FlaskClient, path: str) -> None:
    """The description's only security scheme is Basic; without it: 401."""
    method = "GET" if path.endswith("info") else "POST"
    assert sandbox.open(f"/api{path}", method=method).status_code == 401


def test_a_search_tells_how_many_there_are_and_shows_a_page(
    sandbox: FlaskClient,
) -> None:
    """``GET /v1/contacts``: ``startindex`` from 1, ``maxrows``, ``TotalCount``."""
    for number in range(3):
        body = {"externalCustomerId": f"n{number}", "channels": []}
        ask(sandbox, "POST", "/v1/contact", body)
    answer = ask(sandbox, "GET", "/v1/contacts?startindex=2&maxrows=2")
    assert answer.headers["TotalCount"] == "4"
    assert answer.json is not None
    assert [one["externalCustomerId"] for one in answer.json] == ["n0", "n1"]
    for one in answer.json:
        check_contact(one, {"channels"})


def test_an_import_passes_through_its_states(
    sandbox: FlaskClient, clock: Clock
) -> None:
    """``GET /v1/importstatus/{sessionId}``: its states, a time, then a mapping."""
    started = ask(sandbox, "POST", "/v1/contacts", MANY).json or {}
    path = f"/v1/importstatus/{started['asyncSessionId']}"
    states = []
    for seconds in (0, WAITING, WORKING):
        clock.now += seconds
        status = ask(sandbox, "GET", path).json or {}
        assert type(status["timestamp"]) is str
        states.append(status["status"])
    assert states == ["STARTED", "IMPORTING", "FINISHED"]
    [one] = status["mapping"]
    assert {name: type(value) for name, value in one.items()} == {
        "dedupeValue": str,
        "contactId": int,
    }


def test_one_refused_contact_is_an_object_and_more_are_a_list(
    sandbox: FlaskClient,
) -> None:
    """``failedContacts``: an object for one contact, a list for more, with reasons."""
    bad = {"channels": [{"type": "email", "value": "nowhere"}]}
    kinds: dict[int, Any] = {1: dict, 2: list}
    for count, kind in kinds.items():
        body = {"contacts": [bad] * count, "dedupeOn": "email"}
        told: Any = ask(sandbox, "POST", "/v1/contacts", body).json
        failed = told["failedContacts"]
        assert isinstance(failed, kind)
        for one in [failed] if count == 1 else failed:
            assert one["channels"] == bad["channels"]
            assert type(one["error"]) is str


def test_channels_of_every_kind_are_taken(sandbox: FlaskClient) -> None:
    """Every documented channel type is known, and no other."""
    for kind in (*sorted(CHANNEL_TYPES), "fax"):
        body = {**ANN, "channels": [{"type": kind, "value": "1"}]}
        answer = ask(sandbox, "POST", "/v1/contact", body)
        assert (answer.status_code == 200) == (kind in CHANNEL_TYPES), kind


def test_both_ends_understand_each_other(sandbox: FlaskClient, clock: Clock) -> None:
    """What our calls send, the sandbox takes: whatever is known of a contact."""
    for who, contact in CONTACTS.items():
        with responses.RequestsMock() as vendor:
            vendor.post(f"{BASE}/v1/contact", json={"id": 1})
            vendor.post(f"{BASE}/v1/contacts", json={"asyncSessionId": "s"})
            client = client_of(API_URL=BASE)
            client.sync_contact(contact)
            list(import_contacts(client.api, [contact]))
            for call in vendor.calls:
                path = urlsplit(call.request.url or "").path.removeprefix("/api")
                answer = ask(sandbox, "POST", path, json.loads(call.request.body or ""))
                # Ann of the fixture has been sent already.
                assert answer.status_code in (200, 409), who
        clock.now += 1

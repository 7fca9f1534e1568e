"""The platform's OpenAPI description: our calls, and what each answer means to them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses

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
from flask_app_inbox.client.events import event_body, send_event
from flask_app_inbox.client.import_status import read_import_status
from flask_app_inbox.client.site import read_script_id, register_domain
from flask_app_inbox.client.smartsend import send_message
from tests.conftest import client_of
from tests.contract.openapi import (
    BASE,
    CONTACT_FIELDS,
    CONTACTS,
    DEDUPE_ON,
    check_contact,
)


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
    "import_status": Call(
        "GET",
        "/v1/importstatus/s-1",
        lambda client: read_import_status(client.api, "s-1").contact_ids,
        {200: {"7": 5}},
        '{"status": "FINISHED", "mapping": [{"dedupeValue": "7", "contactId": 5}]}',
    ),
    "read_account": Call(
        "GET",
        "/v1/account/info",
        lambda client: (lambda one: (one.name, one.email))(read_account(client.api)),
        {200: ("Shop", "a@b.c")},
        '{"userEmail": "a@b.c", "organisationName": "Shop"}',
    ),
    "send_event": Call(
        "POST",
        "/v2/event",
        lambda client: send_event(client.api, event_body("e", CONTACTS["everything"])),
        {200: None, 400: VendorInvalid},
        "",
    ),
    "send_message": Call(
        "POST",
        "/v1/message/17/smartsend",
        lambda client: send_message(client.api, 17, [CONTACTS["everything"]])[0].ok,
        {200: True},
        '{"results": {"locator": "7", "status": "OK", "requestId": "r"}}',
    ),
    "read_script_id": Call(
        "GET",
        "/v1/site/script",
        lambda client: read_script_id(client.api),
        {200: "5329D46F"},
        "<script src='https://statics.esputnik.com/scripts/5329D46F.js'></script>",
    ),
}


@pytest.mark.parametrize(
    ("name", "status"),
    [(name, status) for name, call in CALLS.items() for status in call.outcomes],
)
def test_each_documented_status_has_a_meaning(name: str, status: int) -> None:
    """
    API §1.2: more calls than the limit get 429.
    API §2.7: a wrong contact gets 400.
    API §2.8: wrong credentials get 401.
    API §2.9: a wrong method gets 405.
    API §2.10: the same body again within a minute gets 409.
    API §2.11: what is no JSON gets 415.
    API §5.13: an import is refused with 400, 401, 405 or 415.
    API §7.2: a new domain gets 201.
    API §7.3: a domain that is known gets 200.
    API §7.4: what is no domain gets 400.
    API §7.5: a registration may get 404.
    API §8.1: the account's script is plain text.
    API §9.1: the account tells ``userEmail`` and ``organisationName``, two strings.
    API §2.6
    API §5.10
    """
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


@pytest.mark.parametrize("name", CALLS)
def test_every_call_proves_the_account(name: str) -> None:
    """API §1.1: HTTP Basic proves the account; without it, no call is open."""
    call = CALLS[name]
    sent = sent_by(call, call.make)
    assert sent.headers["Authorization"].startswith("Basic ")


# --- contacts -----------------------------------------------------------------


@pytest.mark.parametrize("who", CONTACTS)
def test_a_contact_is_sent_with_the_required_channels(who: str) -> None:
    """
    API §2.1: ``channels`` is required.
    API §2.2: a channel has a type of a list, and a string as its value.
    API §2.3: ``externalCustomerId`` is a string.
    API §2.4: ``firstName`` and ``lastName`` are strings.
    API §2.5: ``fields`` have a whole number as their id, and a string as their value.
    """
    contact = CONTACTS[who]
    call = CALLS["sync_contact"]
    sent = sent_by(call, lambda client: client.sync_contact(contact))
    assert sent.headers["Content-Type"] == "application/json"
    body = json.loads(sent.body)
    check_contact(body, {"channels"})
    values = {
        "externalCustomerId": contact.external_customer_id,
        "firstName": contact.first_name,
        "lastName": contact.last_name,
    }
    assert {name: body.get(name) for name in values} == values
    channels = {one["type"]: one["value"] for one in body["channels"]}
    known = {"email": contact.email, "sms": contact.phone}
    assert channels == {kind: value for kind, value in known.items() if value}
    own = {one["id"]: one["value"] for one in body.get("fields", [])}
    assert own == dict(contact.fields or {})


@pytest.mark.parametrize("erase", [True, False])
def test_a_deletion_says_whom_and_how(erase: bool) -> None:
    """
    API §3.1: a deletion names the ``externalCustomerId``.
    API §3.2: ``erase`` is true or false, and false if it is missing.
    """
    contact = CONTACTS["everything"]
    sent = sent_by(
        CALLS["delete_contact"],
        lambda client: delete_contact(client.api, contact, erase=erase),
    )
    query = parse_qs(urlsplit(sent.url).query)
    assert query == {"externalCustomerId": ["7"], "erase": [str(erase).lower()]}


def test_a_domain_is_sent_under_its_name() -> None:
    """API §7.1: ``domain`` is required."""
    call = CALLS["register_domain"]
    assert json.loads(sent_by(call, call.make).body) == {"domain": "shop.example"}


# --- imports ------------------------------------------------------------------


@pytest.mark.parametrize("who", CONTACTS)
def test_an_import_has_what_is_required(who: str) -> None:
    """
    API §5.1: ``contacts`` is required, and holds 3,000 at most.
    API §5.2: ``dedupeOn`` is required, and one of seven.
    API §5.3: each contact has ``channels``.
    API §5.5: ``contactFields`` names what is replaced, by nothing where it is missing;
        without it, all is.
    API §5.6: ``customFieldsIDs`` are whole numbers; own fields that are not among them
        stay.
    """
    contact = CONTACTS[who]
    call = CALLS["sync_contacts"]
    sent = sent_by(call, lambda client: [*import_contacts(client.api, [contact])])
    body = json.loads(sent.body)
    [one] = body["contacts"]
    check_contact(one, {"channels"})
    assert body["dedupeOn"] in DEDUPE_ON
    known = {
        "externalCustomerId": contact.external_customer_id,
        "email": contact.email,
        "sms": contact.phone,
        "firstName": contact.first_name,
        "lastName": contact.last_name,
    }
    assert known[body["dedupeOn"]]
    assert {*body["contactFields"]} == {name for name in known if known[name]}
    assert known.keys() <= CONTACT_FIELDS
    numbers = body.get("customFieldsIDs", [])
    assert all(type(number) is int for number in numbers)
    assert [one["id"] for one in one.get("fields", [])] == numbers


def test_an_import_has_three_thousand_contacts_at_most() -> None:
    """API §5.1"""
    customers = (Contact(external_customer_id=n) for n in range(3001))
    with responses.RequestsMock() as vendor:
        vendor.post(f"{BASE}/v1/contacts", json={"asyncSessionId": "s-1"})
        list(import_contacts(client_of(API_URL=BASE).api, customers))
        sizes = [
            len(json.loads(c.request.body or "")["contacts"]) for c in vendor.calls
        ]
    assert sizes == [3000, 1]


@pytest.mark.parametrize("count", [1, 2])
def test_refused_contacts_are_understood(count: int) -> None:
    """API §5.9: one refused contact is an object, more are a list; each says why."""
    contacts = [Contact(external_customer_id=n) for n in range(3)]
    told = [
        {"externalCustomerId": str(n), "channels": [], "error": f"no {n}"}
        for n in range(count)
    ]
    body = {
        "failedContacts": told[0] if count == 1 else told,
        "asyncSessionId": "s-1",
    }
    with responses.RequestsMock() as vendor:
        vendor.post(f"{BASE}/v1/contacts", json=body)
        [result] = import_contacts(client_of(API_URL=BASE).api, contacts)
    assert [(one.contact, one.reason) for one in result.refused] == [
        (contacts[n], f"no {n}") for n in range(count)
    ]
    assert (result.session_id, result.accepted) == ("s-1", 3 - count)


# --- events and messages ------------------------------------------------------


@pytest.mark.parametrize("who", CONTACTS)
@pytest.mark.parametrize("path", ["/v2/event", "/v1/event"])
def test_an_event_is_sent_as_described(who: str, path: str) -> None:
    """
    API §10.1: ``eventTypeKey`` is required.
    API §10.2: ``params`` is a list of objects with ``name`` and ``value``.
    API §10.3: a contact's identifier is among the parameters; a value is a text, or
        JSON.
    API §10.4: an event may have 20 KB.
    API §11.1: ``eventTypeKey`` is required, and has 100 characters at most.
    API §11.2: ``keyValue`` has 300 characters at most.
    API §11.3: without a ``keyValue``, ``params`` have one of five identifiers.
    API §11.4: a parameter's value is a text.
    """
    nested = {"items": [{"name": "Cup"}], "total": 5}
    body = json.loads(event_body("e", CONTACTS[who], nested, path=path))
    assert body.keys() == {"eventTypeKey", "params"}
    assert all(one.keys() == {"name", "value"} for one in body["params"])
    params = {one["name"]: one["value"] for one in body["params"]}
    assert {"externalCustomerId", "email", "phone"} & params.keys()
    is_text = {name: type(value) is str for name, value in params.items()}
    assert is_text.pop("items") == (path == "/v1/event")
    assert all(is_text.values())
    with pytest.raises(ValueError, match="100 characters"):
        event_body("k" * 101, CONTACTS[who], path=path)
    with pytest.raises(ValueError, match="300 characters"):
        event_body("e", CONTACTS[who], key_value="v" * 301, path=path)
    with pytest.raises(ValueError, match="20480 bytes"):
        event_body("e", CONTACTS[who], {"text": "x" * 20480}, path=path)
    with pytest.raises(ValueError, match="whose event"):
        event_body("e", path=path)


def test_a_prepared_message_is_sent_as_described() -> None:
    """
    API §12.1: ``recipients`` are required, and each is there once.
    API §12.2: a recipient has a ``contactId``, an ``externalCustomerId`` or a
        ``locator``.
    API §12.3: ``jsonParam`` is a text of JSON, ``languageCode`` a language.
    API §12.4: ``results`` is an object for one recipient, and a list for several.
    API §12.5: OK comes with a ``requestId``.
    API §12.6: ERROR comes with a ``message``.
    """
    contacts = [*CONTACTS.values(), *CONTACTS.values()]
    told = [
        {"locator": "7", "status": "OK", "requestId": "r"},
        {"locator": "ann@example.com", "status": "ERROR", "message": "why"},
        {"locator": "?", "status": "OK", "requestId": "s"},
    ]
    with responses.RequestsMock() as vendor:
        vendor.post(f"{BASE}/v1/message/17/smartsend", json={"results": told})
        vendor.post(f"{BASE}/v1/message/17/smartsend", json={"results": told[0]})
        api = client_of(API_URL=BASE).api
        many = send_message(api, 17, contacts, {"number": 1}, language="uk")
        [one] = send_message(api, 17, contacts[:1])
        sent = json.loads(vendor.calls[0].request.body or "")
    # The contact with everything has the external id of the one with nothing else.
    assert len(sent["recipients"]) == len(CONTACTS) - 1
    for recipient in sent["recipients"]:
        assert recipient["jsonParam"] == '{"number":1}'
        assert recipient["languageCode"] == "uk"
        assert {"externalCustomerId", "locator"} & recipient.keys()
    assert [(r.ok, r.request_id, r.reason) for r in many] == [
        (True, "r", ""),
        (False, None, "why"),
        (True, "s", ""),
    ]
    assert one.request_id == "r"

"""The vendor's calls, byte by byte, and what is made of the answers."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
import responses
from responses.matchers import header_matcher, json_params_matcher

from flask_app_inbox import (
    Contact,
    VendorError,
    VendorInvalid,
    VendorRejected,
    VendorUnavailable,
)
from flask_app_inbox.client.app_inbox import AppInboxClient, contact_body, token_body
from flask_app_inbox.client.deadline import Deadline
from flask_app_inbox.client.transport import Transport
from tests.conftest import (
    API_KEY,
    CONTACT,
    CONTACT_URL,
    TOKEN,
    TOKEN_URL,
    client_of,
)


@pytest.fixture
def client(transport: Transport) -> AppInboxClient:
    return client_of(transport)


@pytest.mark.parametrize(
    ("contact", "body"),
    [
        (Contact(email="a@b.c"), {"email": "a@b.c"}),
        (Contact(phone="+1 (2)"), {"phone": "12"}),
        (Contact(external_customer_id="7"), {"externalCustomerId": "7"}),
        (
            CONTACT,
            {
                "externalCustomerId": "crm-secret-8842",
                "email": "ann.secret@example.com",
                "phone": "380501234567",
            },
        ),
        (Contact(email="a@b.c", first_name="Ann"), {"email": "a@b.c"}),
    ],
)
def test_a_token_is_asked_for_with_the_identifiers_that_are_known(
    contact: Contact, body: dict[str, str]
) -> None:
    assert token_body(contact) == body


def test_a_contact_is_created_with_their_channels_and_names() -> None:
    contact = Contact("a@b.c", "123", "7", "Ann", "Lee")
    assert contact_body(contact) == {
        "externalCustomerId": "7",
        "firstName": "Ann",
        "lastName": "Lee",
        "channels": [
            {"type": "email", "value": "a@b.c"},
            {"type": "sms", "value": "123"},
        ],
    }


def test_what_is_not_known_of_a_contact_is_not_sent() -> None:
    contact = Contact(external_customer_id="7")
    assert contact_body(contact) == {"externalCustomerId": "7", "channels": []}


def test_the_accounts_own_fields_are_sent_by_their_numbers() -> None:
    contact = Contact(external_customer_id="7", fields={12: "gold", 7: ""})
    assert contact_body(contact)["fields"] == [
        {"id": 12, "value": "gold"},
        {"id": 7, "value": ""},
    ]


def test_the_request_has_these_headers_and_no_others(
    client: AppInboxClient, vendor: responses.RequestsMock
) -> None:
    credentials = b64encode(f"app-inbox:{API_KEY}".encode()).decode()
    headers = {
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "Authorization": f"Basic {credentials}",
        "Content-Length": "101",
        "Content-Type": "application/json",
        "User-Agent": "flask-app-inbox",
    }
    vendor.post(
        TOKEN_URL,
        json={"token": TOKEN},
        match=[
            json_params_matcher(token_body(CONTACT)),
            header_matcher(headers, strict_match=True),
        ],
    )
    assert client.issue_token(CONTACT) == TOKEN


@pytest.mark.parametrize("token", [TOKEN, "", "t" * 8192, "eyJ.a_b-c.d==", '!"~'])
def test_a_token_of_any_form_is_passed_on_as_it_is(
    client: AppInboxClient, vendor: responses.RequestsMock, token: str
) -> None:
    vendor.post(TOKEN_URL, json={"token": token, "more": [1]})
    assert client.issue_token(CONTACT) == token


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"token"',
        b"{}",
        b'{"token": null}',
        b'{"token": 1}',
        b'{"token": ["t"]}',
        b'{"token": "t\xff"}',
        b'{"Token": "t"}',
        b'{"token": "t"',
        b"<html>",
        b"\xff",
        b"[" * 60_000,
        b"9" * 60_000,
        b'{"token": "' + b"t" * 8193 + b'"}',
        # What no header can carry.
        b'{"token": " "}',
        b'{"token": " t"}',
        b'{"token": "t t"}',
        b'{"token": "t\\n"}',
        b'{"token": "t\\u0000"}',
        b'{"token": "t\\u00a0"}',
        '{"token": "жетон"}'.encode(),
    ],
)
def test_an_answer_without_a_token_is_invalid(
    client: AppInboxClient, vendor: responses.RequestsMock, body: bytes
) -> None:
    vendor.post(TOKEN_URL, body=body)
    with pytest.raises(VendorInvalid) as caught:
        client.issue_token(CONTACT)
    assert not caught.value.retryable


@pytest.mark.parametrize("status", [201, 202, 400, 404, 405, 415])
def test_another_status_than_200_is_invalid_and_names_the_settings(
    client: AppInboxClient, vendor: responses.RequestsMock, status: int
) -> None:
    vendor.post(TOKEN_URL, status=status, body=API_KEY)
    with pytest.raises(VendorInvalid, match=f"{status} .* APP_INBOX_TOKEN_PATH") as e:
        client.issue_token(CONTACT)
    assert e.value.status == status


@pytest.mark.parametrize("known", [TOKEN, ""])
def test_a_contact_is_created_only_where_that_is_set_and_the_vendor_knows_none(
    transport: Transport, vendor: responses.RequestsMock, known: str
) -> None:
    vendor.post(TOKEN_URL, json={"token": known})
    client = client_of(transport, CREATE_CONTACTS=bool(known))
    assert client.issue_token(CONTACT) == known
    assert len(vendor.calls) == 1


def test_an_unknown_contact_is_created_and_then_gets_their_token(
    transport: Transport, vendor: responses.RequestsMock
) -> None:
    vendor.post(TOKEN_URL, json={"token": ""})
    vendor.post(
        CONTACT_URL, json={"id": 1}, match=[json_params_matcher(contact_body(CONTACT))]
    )
    vendor.post(TOKEN_URL, json={"token": TOKEN})
    assert client_of(transport, CREATE_CONTACTS=True).issue_token(CONTACT) == TOKEN
    assert [call.request.url for call in vendor.calls] == [
        TOKEN_URL,
        CONTACT_URL,
        TOKEN_URL,
    ]


def test_a_contact_that_stays_unknown_has_no_token(
    transport: Transport, vendor: responses.RequestsMock
) -> None:
    vendor.post(TOKEN_URL, json={"token": ""})
    vendor.post(CONTACT_URL, json={"id": 1})
    assert client_of(transport, CREATE_CONTACTS=True).issue_token(CONTACT) == ""
    assert len(vendor.calls) == 3


@pytest.mark.parametrize(
    "answer",
    [
        {"json": {"id": 5}},
        {"json": {"id": "95064156"}},
        {"body": ""},
        {"body": "ok"},
        {"status": 400, "body": "Duplicated request"},
        {"status": 409, "body": '{"message": "duplicated request"}'},
        {"status": 409, "body": "Repeated request within 1 minute"},
        {"status": 409},
    ],
)
def test_a_contact_is_brought_to_the_vendor(
    client: AppInboxClient, vendor: responses.RequestsMock, answer: dict[str, Any]
) -> None:
    vendor.post(CONTACT_URL, **answer)
    client.sync_contact(CONTACT)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, VendorInvalid),
        (404, VendorInvalid),
        (403, VendorRejected),
        (500, VendorUnavailable),
    ],
)
def test_a_contact_that_the_vendor_does_not_take_is_an_error(
    client: AppInboxClient,
    vendor: responses.RequestsMock,
    status: int,
    kind: type[VendorError],
) -> None:
    vendor.post(CONTACT_URL, status=status, body="ann.secret@example.com")
    with pytest.raises(kind) as caught:
        client.sync_contact(CONTACT)
    assert "ann.secret" not in str(caught.value)


def test_all_calls_of_one_token_share_one_deadline(
    transport: Transport,
    vendor: responses.RequestsMock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    deadlines: list[Deadline] = []
    real = transport.send

    def send(request: Any, deadline: Deadline, **how: Any) -> Any:
        deadlines.append(deadline)
        return real(request, deadline, **how)

    monkeypatch.setattr(transport, "send", send)
    vendor.post(TOKEN_URL, json={"token": ""})
    vendor.post(CONTACT_URL, json={})
    client_of(transport, CREATE_CONTACTS=True).issue_token(CONTACT)
    assert len(deadlines) == 3
    assert len(set(map(id, deadlines))) == 1

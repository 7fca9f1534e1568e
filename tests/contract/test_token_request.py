"""The web guides on tokens: how a site asks for one, and what the vendor answers."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
import responses
from flask.testing import FlaskClient

from flask_app_inbox import Contact
from tests.contract.site import ANN, client_of, script_of
from tests.fixtures.clock import Clock
from tests.fixtures.sandbox import WithClock

#: Settings that lead to each address of a token that a guide shows.
ADDRESSES: dict[str, dict[str, Any]] = {
    "https://esputnik.com/v1/auth/contact/token": {"API_URL": "https://esputnik.com"},
    "https://reteno.com/v1/auth/contact/token": {"PLATFORM": "reteno"},
    "https://esputnik.com/api/v1/auth/contact/token": {},
}
ADDRESS, SETTINGS = next(iter(ADDRESSES.items()))

#: Contacts of every kind, and what is sent of each.
BODIES: list[tuple[Contact, dict[str, str]]] = [
    (Contact(email="a@b.example"), {"email": "a@b.example"}),
    (Contact(phone="+380 (94) 258-36-91"), {"phone": "380942583691"}),
    (Contact(external_customer_id=42), {"externalCustomerId": "42"}),
    (
        Contact("a@b.example", "380942583691", "42", "Ann", "Lee"),
        {"email": "a@b.example", "phone": "380942583691", "externalCustomerId": "42"},
    ),
]


@pytest.fixture
def vendor() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as vendor:
        yield vendor


# --- what the site asks -------------------------------------------------------


@pytest.mark.parametrize(("address", "settings"), ADDRESSES.items())
def test_every_token_address_of_the_guides_is_reachable(
    address: str, settings: dict[str, Any], vendor: responses.RequestsMock
) -> None:
    """
    000, 001, 002 §2.3: the request is a POST.
    000, 001, 002 §2.4: it goes to the address that the guide prints.
    """
    vendor.post(address, json={"token": "T"})
    assert client_of(**settings).post("/app-inbox/token").json == {"token": "T"}


def test_a_token_request_is_json(vendor: responses.RequestsMock) -> None:
    """000, 001, 002 §2.5: the request says that its body is JSON."""
    vendor.post(ADDRESS, json={"token": "T"})
    client_of(**SETTINGS).post("/app-inbox/token")
    assert vendor.calls[0].request.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(("contact", "body"), BODIES)
def test_the_body_holds_the_fields_that_are_known(
    contact: Contact, body: dict[str, str], vendor: responses.RequestsMock
) -> None:
    """
    000, 001, 002 §2.6: the body holds what is known of the contact.
    000, 001 §2.13: ``email`` is a string.
    000, 001 §2.14: ``phone`` is a string.
    000, 001 §2.15: ``externalCustomerId`` is a string.
    """
    vendor.post(ADDRESS, json={"token": "T"})
    client_of(contact, **SETTINGS).post("/app-inbox/token")
    assert json.loads(vendor.calls[0].request.body or "") == body


def test_the_request_is_authenticated_with_the_api_key(
    vendor: responses.RequestsMock,
) -> None:
    """000, 001, 002 §2.2: one of the API's ways proves who asks, such as the key."""
    vendor.post(ADDRESS, json={"token": "T"})
    client_of(**SETTINGS).post("/app-inbox/token")
    sent = vendor.calls[0].request.headers["Authorization"]
    scheme, _, credentials = sent.partition(" ")
    assert scheme == "Basic"
    assert base64.b64decode(credentials).partition(b":")[2] == b"the-key"


# --- what the vendor answers --------------------------------------------------


@pytest.mark.parametrize("told", [None, 42, ["T"]])
def test_what_is_no_string_is_no_token(
    told: object, vendor: responses.RequestsMock
) -> None:
    """000, 001 §2.16: the answer is 200 with an object whose ``token`` is a string."""
    vendor.post(ADDRESS, json={"token": told})
    answer = client_of(**SETTINGS).post("/app-inbox/token")
    assert answer.get_json(force=True)["code"] == "vendor_invalid"


@pytest.mark.parametrize(
    ("status", "expected"), [(400, "vendor_invalid"), (401, "vendor_rejected")]
)
def test_refusals_of_the_vendor_are_told_apart(
    status: int, expected: str, vendor: responses.RequestsMock
) -> None:
    """000 §2.17: refusals are 400 and 401, without a body."""
    vendor.post(ADDRESS, status=status)
    answer = client_of(**SETTINGS).post("/app-inbox/token")
    assert (answer.status_code, answer.get_json(force=True)["code"]) == (502, expected)


def test_a_contact_that_is_not_in_the_system_gets_an_empty_token(
    vendor: responses.RequestsMock,
) -> None:
    """000, 001, 002 §2.12: for somebody unknown, ``token`` is an empty string."""
    vendor.post(ADDRESS, json={"token": ""})
    answer = client_of(**SETTINGS).post("/app-inbox/token")
    assert (answer.status_code, answer.json) == (200, {"token": ""})


def test_each_callback_issues_a_token_of_its_own(
    vendor: responses.RequestsMock,
) -> None:
    """000, 001, 002 §2.10: a token may die at any moment, so one is not enough."""
    for token in ("first", "second"):
        vendor.post(ADDRESS, json={"token": token})
    client = client_of(**SETTINGS)
    answers = [client.post("/app-inbox/token").get_json() for _ in range(2)]
    assert answers == [{"token": "first"}, {"token": "second"}]


def test_only_users_who_are_logged_in_get_the_inbox() -> None:
    """000, 001, 002 §1.2: it works only for users who are logged in on the site."""
    client = client_of(None)
    assert "data-token-url" not in script_of(client)
    assert client_of(None, SCRIPT_ID="UUID").get("/").text == ""
    assert client.post("/app-inbox/token").status_code == 401
    assert "data-token-url" in script_of(client_of(ANN))


# --- the sandbox keeps to it, too ---------------------------------------------

KEY = ("any user name", "sandbox-key")
#: Whom the sandbox knows, each by one field.
KNOWN = [
    {"email": "ann@example.com"},
    {"phone": "380942583691"},
    {"externalCustomerId": "42"},
]


@pytest.fixture
def sandbox(clock: Clock, sandbox_with: WithClock) -> Iterator[FlaskClient]:
    with sandbox_with(clock).app.test_client() as client:
        for who in KNOWN:
            client.post("/_sandbox/contacts", json=who)
        yield client


def ask(sandbox: FlaskClient, body: object, auth: Any = KEY, path: str = "") -> Any:
    return sandbox.post(f"{path}/v1/auth/contact/token", json=body, auth=auth)


def test_the_sandbox_answers_at_each_path_of_the_guides(sandbox: FlaskClient) -> None:
    """
    000, 001, 002 §2.3
    000, 001, 002 §2.4
    000, 001 §2.16
    """
    for path in ("", "/api"):
        answer = ask(sandbox, KNOWN[0], path=path)
        assert answer.status_code == 200
        assert {name: type(v) for name, v in answer.json.items()} == {"token": str}
    assert sandbox.get("/v1/auth/contact/token", auth=KEY).status_code == 405


def test_the_sandbox_wants_the_key(sandbox: FlaskClient) -> None:
    """
    000, 001, 002 §2.2
    000 §2.17
    """
    for auth in (None, ("any user name", "wrong")):
        assert ask(sandbox, KNOWN[0], auth=auth).status_code == 401


@pytest.mark.parametrize("body", [{}, {"email": ""}, {"email": None, "phone": ""}])
def test_one_field_at_least_is_required(body: Any, sandbox: FlaskClient) -> None:
    """
    000, 001, 002 §2.7: at least one of the three fields is required.
    000 §2.17
    """
    assert ask(sandbox, body).status_code == 400
    with pytest.raises(ValueError, match="needs an email"):
        Contact(first_name="Ann")


def test_each_field_finds_the_contact(sandbox: FlaskClient) -> None:
    """
    000, 001, 002 §2.8: the fields are what the vendor searches the contact by.
    000, 001, 002 §2.12
    """
    for who in KNOWN:
        assert ask(sandbox, who).json["token"]
        stranger = dict.fromkeys(who, "7")
        assert ask(sandbox, stranger).json == {"token": ""}


@pytest.mark.parametrize("name", ["email", "phone", "externalCustomerId"])
def test_a_field_of_another_type_is_refused(name: str, sandbox: FlaskClient) -> None:
    """
    000, 001 §2.13
    000, 001 §2.14
    000, 001 §2.15
    """
    assert ask(sandbox, {name: [42]}).status_code == 400


def test_a_token_of_the_sandbox_may_die_at_any_moment(sandbox: FlaskClient) -> None:
    """000, 001, 002 §2.10"""
    path = "/appinbox/v1/messages/count"
    first = ask(sandbox, KNOWN[0]).json["token"]
    sandbox.delete("/_sandbox/tokens")
    assert sandbox.get(path, headers={"ES-TOKEN": first}).status_code == 401
    second = ask(sandbox, KNOWN[0]).json["token"]
    assert sandbox.get(path, headers={"ES-TOKEN": second}).status_code == 200

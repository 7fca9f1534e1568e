"""Facts of the platform's OpenAPI description, in tables of our own making.

Paths, statuses, required fields, types: what the description leaves open is not here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from flask_app_inbox import Contact
from tests.fixtures.clock import Clock
from tests.fixtures.sandbox import WithClock

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


#: Whom :func:`api` knows.
ANN = {"externalCustomerId": "7", "channels": []}


@pytest.fixture
def api(clock: Clock, sandbox_with: WithClock) -> Iterator[FlaskClient]:
    """A sandbox in this process that knows Ann, her domain, and nothing else."""
    with sandbox_with(clock).app.test_client() as client:
        ask(client, "POST", "/v1/contact", ANN)
        ask(client, "POST", "/v1/site/domains", {"domain": "shop.example"})
        yield client


def ask(client: FlaskClient, method: str, path: str, sent: Any = None) -> TestResponse:
    """Make a call: with a text, or with JSON."""
    body = {"data": sent} if isinstance(sent, str) else {"json": sent}
    return client.open(
        f"/api{path}",
        method=method,
        auth=("any", "sandbox-key"),
        buffered=True,
        **({} if sent is None else body),
    )


def found(client: FlaskClient, query: str = "") -> list[Any]:
    """Search contacts."""
    answer: Any = ask(client, "GET", f"/v1/contacts?{query}").json
    assert isinstance(answer, list)
    return answer

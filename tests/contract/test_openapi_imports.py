"""The platform's OpenAPI description: how the sandbox imports contacts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from flask_app_inbox.sandbox.imports import WAITING, WORKING
from tests.contract.openapi import (
    ANN,
    CONTACT_FIELDS,
    DEDUPE_ON,
    ask,
    found,
)
from tests.fixtures.clock import Clock

#: Those that the sandbox can find contacts by.
SIMULATED = {"email", "sms", "email_or_sms", "externalCustomerId"}

BEN = {
    "externalCustomerId": "8",
    "firstName": "Ben",
    "lastName": "Lee",
    "channels": [{"type": "email", "value": "ben@b.example"}],
    "fields": [{"id": 5, "value": "gold"}, {"id": 6, "value": "big"}],
}


@pytest.fixture
def ben(api: FlaskClient) -> FlaskClient:
    """A sandbox that knows Ben, too."""
    ask(api, "POST", "/v1/contact", BEN)
    return api


def bring(
    api: FlaskClient, clock: Clock, *contacts: dict[str, Any], **options: Any
) -> Any:
    """Import contacts, wait until they are there, and return the answer."""
    body = {"contacts": contacts, "dedupeOn": "externalCustomerId", **options}
    answer = ask(api, "POST", "/v1/contacts", body)
    assert answer.status_code == 200, answer.text
    clock.now += WAITING + WORKING
    return answer.json


def test_an_import_passes_through_its_states(api: FlaskClient, clock: Clock) -> None:
    """
    API §6.1: an import is STARTED, IMPORTING, then FINISHED.
    API §6.2: ``timestamp`` is when that began, in ISO 8601.
    API §6.3: ``mapping`` has each contact's value and id.
    API §5.12: contacts are imported later, and not at once.
    """
    body = {"contacts": [ANN | {"firstName": "Ann"}], "dedupeOn": "externalCustomerId"}
    started: Any = ask(api, "POST", "/v1/contacts", body).json
    path = f"/v1/importstatus/{started['asyncSessionId']}"
    states = []
    for seconds in (0, WAITING, WORKING):
        clock.now += seconds
        status: Any = ask(api, "GET", path).json
        moment = datetime.fromisoformat(status["timestamp"])
        assert moment.timestamp() == pytest.approx(clock.now)
        states.append((status["status"], found(api)[0]["firstName"]))
    assert states == [("STARTED", ""), ("IMPORTING", ""), ("FINISHED", "Ann")]
    [ann] = found(api)
    assert status["mapping"] == [{"dedupeValue": "7", "contactId": ann["id"]}]


@pytest.mark.parametrize("name", [*sorted(DEDUPE_ON), "name"])
def test_contacts_are_found_by_what_the_import_names(
    name: str, api: FlaskClient
) -> None:
    """API §5.2"""
    body = {"contacts": [], "dedupeOn": name}
    status = ask(api, "POST", "/v1/contacts", body).status_code
    assert status == (200 if name in SIMULATED else 501 if name in DEDUPE_ON else 400)


def test_an_external_id_goes_before_what_the_import_names(
    ben: FlaskClient, clock: Clock
) -> None:
    """
    API §5.4: where a contact has an external id, that finds them.
    API §5.7: what contacts are found by is not replaced.
    """
    mail = [{"type": "email", "value": "ben@b.example"}]
    ann = {"externalCustomerId": "7", "channels": mail, "firstName": "Ann"}
    bring(ben, clock, ann, dedupeOn="email")
    assert [one["firstName"] for one in found(ben)] == ["Ann", "Ben"]
    by_mail = {"channels": [{"type": "email", "value": "BEN@b.example"}]}
    bring(ben, clock, by_mail | {"firstName": "B"}, dedupeOn="email")
    [one] = found(ben, "firstname=B")
    assert one["channels"] == mail


def test_an_import_replaces_what_it_names(ben: FlaskClient, clock: Clock) -> None:
    """
    API §5.5
    API §5.6
    """
    bare = {"externalCustomerId": "8", "channels": []}
    named = bare | {"firstName": "B", "lastName": "L"}
    bring(ben, clock, named, contactFields=["firstName", "email"])
    [one] = found(ben, "externalCustomerId=8")
    assert (one["firstName"], one["lastName"], one["channels"]) == ("B", "Lee", [])
    assert one["fields"] == BEN["fields"]

    changed = {"fields": [{"id": 5, "value": "red"}, {"id": 6, "value": "small"}]}
    bring(ben, clock, bare | changed, contactFields=[], customFieldsIDs=[5])
    [one] = found(ben, "externalCustomerId=8")
    own = {field["id"]: field["value"] for field in one["fields"]}
    assert (one["firstName"], own) == ("B", {5: "red", 6: "big"})

    bring(ben, clock, bare)
    [one] = found(ben, "externalCustomerId=8")
    assert (one["firstName"], one["lastName"]) == ("", "")


@pytest.mark.parametrize(
    "wrong",
    [
        {"contactFields": ["nickname"]},
        {"contactFields": "email"},
        {"customFieldsIDs": ["5"]},
    ],
    ids=str,
)
def test_names_and_numbers_of_another_kind_are_refused(
    wrong: dict[str, Any], api: FlaskClient
) -> None:
    """
    API §5.5
    API §5.6
    API §5.13
    """
    body = {"contacts": [ANN], "dedupeOn": "email"}
    good = {"contactFields": sorted(CONTACT_FIELDS), "customFieldsIDs": [5]}
    assert ask(api, "POST", "/v1/contacts", body | good).status_code == 200
    assert ask(api, "POST", "/v1/contacts", body | wrong).status_code == 400


@pytest.mark.parametrize("restore", [True, False])
def test_an_import_restores_deleted_contacts_if_told_so(
    restore: bool, ben: FlaskClient, clock: Clock
) -> None:
    """API §5.8: ``restoreDeleted`` says whether deleted contacts come back."""
    ask(ben, "DELETE", "/v1/contact?externalCustomerId=8")
    bare = {"externalCustomerId": "8", "channels": []}
    bring(ben, clock, bare, restoreDeleted=restore)
    assert len(found(ben, "externalCustomerId=8")) == restore


def test_refused_contacts_are_told(api: FlaskClient, clock: Clock) -> None:
    """
    API §5.11: names hold no digits.
    API §5.9
    """
    bad = {"externalCustomerId": "9", "channels": [], "firstName": "B3n"}
    good = {**bad, "externalCustomerId": "10", "firstName": "Ben"}
    for count in (1, 2):
        told: Any = bring(api, clock, *[bad] * count, good)["failedContacts"]
        refused: list[Any] = [told] if count == 1 else told
        assert isinstance(told, dict if count == 1 else list)
        for one in refused:
            assert one == {**bad, "error": one["error"]}
            assert type(one["error"]) is str
    assert found(api, "externalCustomerId=9") == []
    assert len(found(api, "externalCustomerId=10")) == 1
    last = {**bad, "firstName": "", "lastName": "L33"}
    assert bring(api, clock, last)["failedContacts"]["lastName"] == "L33"

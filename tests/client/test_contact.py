"""Contact: what it takes, and what it never shows."""

from __future__ import annotations

import dataclasses
import pickle
from enum import IntEnum
from typing import Any
from uuid import UUID

import pytest

from flask_app_inbox import Contact
from tests.conftest import CONTACT, SECRETS


@pytest.mark.parametrize(
    "fields",
    [{"email": "a@b.c"}, {"phone": "123"}, {"external_customer_id": "7"}],
)
def test_any_one_identifier_is_enough(fields: dict[str, Any]) -> None:
    assert Contact(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"first_name": "Ann", "last_name": "Lee"},
        {"email": ""},
        {"email": "  "},
        {"phone": "none"},
        {"external_customer_id": None},
    ],
)
def test_without_an_identifier_there_is_no_contact(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="needs an email, a phone or an external"):
        Contact(**fields)


@pytest.mark.parametrize(
    "phone", ["+38 (050) 123-45-67", "+38\uff10501234567", "٣٨٠ 50 123 45 67"]
)
def test_of_a_phone_the_digits_are_kept_in_any_script(phone: str) -> None:
    assert Contact(phone=phone).phone == "380501234567"


@pytest.mark.parametrize("phone", ["38050123456⑦", "38²501234567", "3805012345½"])
def test_of_a_phone_nothing_is_dropped_that_may_be_a_digit(phone: str) -> None:
    with pytest.raises(ValueError, match="may or may not be digits") as caught:
        Contact(phone=phone)
    assert phone not in str(caught.value)


def test_blanks_around_a_value_are_dropped() -> None:
    contact = Contact(email=" a@b.c\n", first_name=" ")
    assert (contact.email, contact.first_name) == ("a@b.c", None)


class Tier(IntEnum):
    GOLD = 7


class DriversUUID(UUID):
    """As asyncpg makes them."""


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (42, "42"),
        (Tier.GOLD, "7"),
        (DriversUUID(int=42), "00000000-0000-0000-0000-00000000002a"),
        (UUID(int=42), "00000000-0000-0000-0000-00000000002a"),
    ],
)
def test_a_whole_number_or_a_uuid_may_be_an_external_id(given: Any, kept: str) -> None:
    assert Contact(external_customer_id=given).external_customer_id == kept


@pytest.mark.parametrize(
    "fields",
    [
        {"email": 5},
        {"email": b"a@b.c"},
        {"phone": 380501234567},
        {"external_customer_id": True},
        {"external_customer_id": 1.0},
        {"email": "a@b.c", "first_name": object()},
    ],
)
def test_other_types_are_refused_without_being_repeated(fields: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=r"^Contact\.\w+ must be a string or None\.$"):
        Contact(**fields)


def test_a_value_longer_than_any_address_is_refused() -> None:
    assert Contact(email="a" * 320)
    with pytest.raises(ValueError, match=r"Contact\.email is longer than 320"):
        Contact(email="a" * 321)


def test_the_accounts_own_fields_are_kept_as_they_were_given() -> None:
    given = {7: "gold", 12: ""}
    contact = Contact(email="a@b.c", fields=given)
    given[7] = "silver"
    assert contact.fields == {7: "gold", 12: ""}
    assert Contact(email="a@b.c", fields={}).fields is None


@pytest.mark.parametrize(
    "fields", ["7", [(7, "gold")], {"7": "gold"}, {True: "gold"}, {7: 1}, {7: None}]
)
def test_own_fields_map_whole_numbers_to_strings(fields: Any) -> None:
    with pytest.raises(TypeError, match=r"^Contact\.fields must map whole numbers"):
        Contact(email="a@b.c", fields=fields)


def test_a_contact_can_be_sent_to_another_process() -> None:
    contact = Contact(email="a@b.c", phone="1", first_name="Ann", fields={7: "gold"})
    assert pickle.loads(pickle.dumps(contact)) == contact
    assert hash(contact) == hash(Contact(email="a@b.c", phone="1", first_name="Ann"))


def test_a_contact_does_not_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        CONTACT.email = "eve@example.com"  # type: ignore[misc] # that is the point


@pytest.mark.parametrize("shown", [repr(CONTACT), str(CONTACT), f"{CONTACT}"])
def test_a_contact_shows_which_fields_it_has_and_none_of_their_values(
    shown: str,
) -> None:
    assert shown == "<Contact with email, phone, external_customer_id>"
    assert not any(secret in shown for secret in SECRETS)
    assert "gold" not in repr(Contact(email="a@b.c", fields={7: "gold"}))


def test_contacts_of_one_person_are_equal() -> None:
    assert Contact(phone="+1 2") == Contact(phone="12")
    assert len({Contact(phone="+1 2"), Contact(phone="12")}) == 1


@pytest.mark.parametrize(
    "other",
    [
        Contact(external_customer_id="x"),
        Contact(email="y"),
        Contact(phone="1"),
        Contact(external_customer_id="x", email="y", phone="1"),
    ],
)
def test_the_identity_tells_one_person_from_another(other: Contact) -> None:
    assert other.identity != Contact(external_customer_id="x", email="y").identity


def test_names_are_not_part_of_the_identity() -> None:
    assert Contact(email="y", first_name="Ann").identity == Contact(email="y").identity

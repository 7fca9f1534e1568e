"""Contact: what it takes, and what it never shows."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from flask_app_inbox import Contact
from tests.conftest import CONTACT, SECRETS


@pytest.mark.parametrize(
    "fields",
    [{"email": "a@b.c"}, {"phone": "123"}, {"external_customer_id": "7"}],
)
def test_any_one_identifier_is_enough(fields: dict[str, str]) -> None:
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


def test_of_a_phone_the_digits_are_kept() -> None:
    assert Contact(phone="+38 (050) 123-45-67").phone == "380501234567"


def test_digits_of_other_scripts_are_no_digits_to_the_vendor() -> None:
    assert Contact(phone="٣٨ 050").phone == "050"


def test_blanks_around_a_value_are_dropped() -> None:
    contact = Contact(email=" a@b.c\n", first_name=" ")
    assert (contact.email, contact.first_name) == ("a@b.c", None)


def test_a_whole_number_may_be_an_external_id() -> None:
    assert Contact(external_customer_id=42).external_customer_id == "42"  # type: ignore[arg-type] # what untyped sites pass


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


def test_a_contact_does_not_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        CONTACT.email = "eve@example.com"  # type: ignore[misc] # that is the point


@pytest.mark.parametrize("shown", [repr(CONTACT), str(CONTACT), f"{CONTACT}"])
def test_a_contact_shows_which_fields_it_has_and_none_of_their_values(
    shown: str,
) -> None:
    assert shown == "<Contact with email, phone, external_customer_id>"
    assert not any(secret in shown for secret in SECRETS)


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

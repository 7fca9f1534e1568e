"""A customer as the vendor knows them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from uuid import UUID

#: The fields by which the vendor finds a contact.
IDENTIFIERS = ("external_customer_id", "email", "phone")

#: Every field of a contact with a name of its own.
FIELDS = ("email", "phone", "external_customer_id", "first_name", "last_name")

_MAX_LENGTH = 320  # the longest address that SMTP allows


@dataclass(frozen=True, repr=False)
class Contact:
    """A customer at the vendor.

    At least one of the first three is required. The names and ``fields`` are sent only
    when a contact is created or updated.

    :param email: an address that the customer has proved to own.
    :param phone: with country code; everything but digits is dropped, and digits of
        other scripts become ASCII.
    :param external_customer_id: the id under which the vendor knows the customer; an
        int or a UUID becomes a string.
    :param first_name: stored at the vendor.
    :param last_name: stored at the vendor.
    :param fields: values of the account's own fields, by the number that the vendor
        gave each.
    :raises ValueError: if none of the first three is given, or one is unusable.
    :raises TypeError: if a value is of another type.
    """

    email: str | None = None
    phone: str | None = None
    external_customer_id: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    fields: Mapping[int, str] | None = field(default=None, hash=False)

    if TYPE_CHECKING:

        def __init__(
            self,
            email: str | None = None,
            phone: str | None = None,
            external_customer_id: str | int | UUID | None = None,
            first_name: str | None = None,
            last_name: str | None = None,
            fields: Mapping[int, str] | None = None,
        ) -> None: ...

    def __post_init__(self) -> None:
        for name in FIELDS:
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, _cleaned(name, value))
        if self.phone is not None:
            object.__setattr__(self, "phone", _digits(self.phone) or None)
        if not (self.external_customer_id or self.email or self.phone):
            raise ValueError(
                "A contact needs an email, a phone or an external_customer_id."
            )
        if self.fields is not None:
            object.__setattr__(self, "fields", _own_fields(self.fields))

    def __repr__(self) -> str:
        known = ", ".join(name for name in FIELDS if getattr(self, name))
        return f"<Contact with {known}>"

    def __reduce__(self) -> tuple[type[Contact], tuple[Any, ...]]:
        # A queue pickles contacts, and a read-only mapping cannot be pickled.
        own = None if self.fields is None else dict(self.fields)
        return Contact, (*(getattr(self, name) for name in FIELDS), own)

    @property
    def identity(self) -> tuple[str, str, str]:
        """The identifying fields, "" for an unknown one."""
        return (self.external_customer_id or "", self.email or "", self.phone or "")


def _cleaned(name: str, value: object) -> str | None:
    if name == "external_customer_id" and not isinstance(value, bool):
        # Database drivers have UUIDs of their own, and members of an IntEnum print
        # as something else.
        if isinstance(value, int):
            return str(int(value))
        if isinstance(value, UUID):
            return str(value)
    if not isinstance(value, str):
        raise TypeError(f"Contact.{name} must be a string or None.")
    value = value.strip()
    if len(value) > _MAX_LENGTH:
        raise ValueError(f"Contact.{name} is longer than {_MAX_LENGTH} characters.")
    return value or None


def _digits(phone: str) -> str:
    """Return the digits of a number, those of other scripts as ASCII."""
    numeric = [character for character in phone if character.isnumeric()]
    try:
        return "".join(str(unicodedata.decimal(character)) for character in numeric)
    except ValueError:  # a fraction, or a number in a circle
        raise ValueError(
            "Contact.phone has characters that may or may not be digits."
        ) from None


def _own_fields(fields: object) -> Mapping[int, str] | None:
    if not isinstance(fields, Mapping) or not all(
        type(number) is int and isinstance(value, str)
        for number, value in fields.items()
    ):
        raise TypeError("Contact.fields must map whole numbers to strings.")
    return MappingProxyType(dict(fields)) if fields else None

"""A customer as the vendor knows them."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields

#: The fields by which the vendor finds a contact.
IDENTIFIERS = ("external_customer_id", "email", "phone")

_MAX_LENGTH = 320  # the longest address that SMTP allows


@dataclass(frozen=True, repr=False)
class Contact:
    """A customer at the vendor.

    At least one of the first three is required. The names are sent only when a contact
    is created or updated.

    :param email: an address that the customer has proved to own.
    :param phone: with country code; everything but digits is dropped.
    :param external_customer_id: the id under which the vendor knows the customer; an
        int becomes a string.
    :param first_name: stored at the vendor.
    :param last_name: stored at the vendor.
    :raises ValueError: if none of the first three is given, or one is unusable.
    :raises TypeError: if a value is no string.
    """

    email: str | None = None
    phone: str | None = None
    external_customer_id: str | None = None
    first_name: str | None = None
    last_name: str | None = None

    def __post_init__(self) -> None:
        for field in FIELDS:
            value = getattr(self, field)
            if value is not None:
                object.__setattr__(self, field, _cleaned(field, value))
        if self.phone is not None:
            digits = re.sub(r"[^0-9]", "", self.phone)
            object.__setattr__(self, "phone", digits or None)
        if not (self.external_customer_id or self.email or self.phone):
            raise ValueError(
                "A contact needs an email, a phone or an external_customer_id."
            )

    def __repr__(self) -> str:
        known = ", ".join(field for field in FIELDS if getattr(self, field))
        return f"<Contact with {known}>"

    @property
    def identity(self) -> tuple[str, str, str]:
        """The identifying fields, "" for an unknown one."""
        return (self.external_customer_id or "", self.email or "", self.phone or "")


#: Every field of a contact, the identifying ones first.
FIELDS = tuple(field.name for field in fields(Contact))


def _cleaned(field: str, value: object) -> str | None:
    if field == "external_customer_id" and type(value) is int:
        return str(value)
    if not isinstance(value, str):
        raise TypeError(f"Contact.{field} must be a string or None.")
    value = value.strip()
    if len(value) > _MAX_LENGTH:
        raise ValueError(f"Contact.{field} is longer than {_MAX_LENGTH} characters.")
    return value or None

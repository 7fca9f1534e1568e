"""A customer as the vendor knows him, and how one is found by default."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app

from .errors import LoaderError

#: The fields by which the vendor finds a contact.
IDENTIFIERS = ("external_customer_id", "email", "phone")
FIELDS = (*IDENTIFIERS, "first_name", "last_name")

_MAX_LENGTH = 320  # the longest address that SMTP allows


@dataclass(frozen=True, repr=False)
class Contact:
    """A customer at the vendor.

    At least one of the first three names him; the names serve only where a
    contact is created.

    :param email: an address that the customer has proved to be his.
    :param phone: with country code; everything but digits is dropped.
    :param external_customer_id: the id under which the vendor knows him.
    :param first_name: his first name.
    :param last_name: his last name.
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
        """What tells this contact from another, "" for a field not known."""
        return (self.external_customer_id or "", self.email or "", self.phone or "")


def _cleaned(field: str, value: object) -> str | None:
    if field == "external_customer_id" and type(value) is int:
        return str(value)
    if not isinstance(value, str):
        raise TypeError(f"Contact.{field} must be a string or None.")
    value = value.strip()
    if len(value) > _MAX_LENGTH:
        raise ValueError(f"Contact.{field} is longer than {_MAX_LENGTH} characters.")
    return value or None


def load_flask_login_contact(
    fields: Mapping[str, str], verified_attribute: str | None
) -> Contact | None:
    """Make a contact of Flask-Login's current user.

    :param fields: which field of the contact is which attribute of the user.
    :param verified_attribute: an attribute of the user that is true once his
        email is proved; None: every email is taken as proved.
    :returns: None if nobody is logged in, or nothing that may be sent is known.
    :raises LoaderError: without Flask-Login, or if the user lacks an attribute.
    """
    if getattr(current_app, "login_manager", None) is None:
        raise LoaderError(
            "This app has neither Flask-Login nor a contact_loader. Register "
            "one with @app_inbox.contact_loader."
        )
    from flask_login import current_user

    user = current_user._get_current_object()  # the proxy itself is slow
    if not user or not user.is_authenticated:
        return None
    values = {name: _attribute(user, path) for name, path in fields.items()}
    if verified_attribute and not _attribute(user, verified_attribute):
        values.pop("email", None)
    if all(_is_blank(field, values.get(field)) for field in IDENTIFIERS):
        return None
    return _contact_of(values)


def _is_blank(field: str, value: object) -> bool:
    if not isinstance(value, str):
        return value is None
    # "none" or "-" in the place of a phone is nobody's phone.
    return not (re.search("[0-9]", value) if field == "phone" else value.strip())


def _attribute(user: Any, name: str) -> Any:
    try:
        value = getattr(user, name)
    except AttributeError:
        raise LoaderError(
            f"The user has no attribute {name!r}; see APP_INBOX_CONTACT_FIELDS "
            "and APP_INBOX_VERIFIED_ATTRIBUTE."
        ) from None
    if callable(value):
        # A bound method is always true: it would verify everybody's email.
        raise LoaderError(
            f"The user's {name!r} is a method. Name an attribute or a property."
        )
    return value


def _contact_of(values: Mapping[str, Any]) -> Contact:
    try:
        return Contact(**values)
    except (TypeError, ValueError) as error:
        raise LoaderError(f"The mapped attributes make no contact: {error}") from error

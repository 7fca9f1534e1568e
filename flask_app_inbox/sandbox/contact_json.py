"""A contact as the vendor's calls carry it.

Source: the platform's OpenAPI description; ``channels`` is the one required part.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .contacts import VALUES, Contact
from .json_body import BadBody, choice, text, text_or_number

_CHANNELS = (
    *("email", "sms", "viber", "mobilepush"),
    *("webpush", "appinbox", "widget", "inapp"),
)

#: What an import may replace, beside what the sandbox knows.
_OTHER_VALUES = (
    *("contactKey", "languageCode", "timeZone", "mobilepush", "webpush"),
    *("address", "town", "region", "postcode", "ordersInfo"),
)


def read_contact(body: dict[str, Any]) -> Contact:
    """Read a contact of a request.

    :raises BadBody: if it is of wrong types or lacks ``channels``.
    """
    channels = body.get("channels")
    if not isinstance(channels, list):
        raise BadBody('"channels" is required and must be a list.')
    values = {"email": "", "sms": ""}
    for channel in channels:
        if not isinstance(channel, dict):
            raise BadBody('"channels" must hold objects with "type" and "value".')
        kind = choice(channel, "type", _CHANNELS)
        if value := text(channel, "value"):
            values[kind] = values.get(kind) or value
    return Contact(
        # The platform's plugin for WooCommerce sends a number.
        external_customer_id=text_or_number(body, "externalCustomerId"),
        email=values["email"],
        phone=values["sms"],
        first_name=text(body, "firstName"),
        last_name=text(body, "lastName"),
        fields=tuple(_read_fields(body)),
    )


def _read_fields(body: dict[str, Any]) -> Iterator[tuple[int, str]]:
    fields = body.get("fields")
    if fields is None:
        return
    if not isinstance(fields, list):
        raise BadBody('"fields" must be a list.')
    for one in fields:
        if not isinstance(one, dict) or type(one.get("id")) is not int:
            raise BadBody('"fields" must hold objects with a whole number as "id".')
        yield one["id"], text(one, "value")


def contact_to_json(contact: Contact) -> dict[str, object]:
    """Return a contact of an answer; values that are not known are empty strings."""
    channels = {"email": contact.email, "sms": contact.phone}
    return {
        "id": contact.id,
        "externalCustomerId": contact.external_customer_id,
        "firstName": contact.first_name,
        "lastName": contact.last_name,
        "channels": [
            {"type": kind, "value": value} for kind, value in channels.items() if value
        ],
        "fields": [{"id": number, "value": value} for number, value in contact.fields],
    }


def names_of_values(body: dict[str, Any], key: str) -> list[str] | None:
    """Read the values that an import replaces; None: all."""
    given = body.get(key)
    if given is None:
        return None
    known = (*VALUES, *_OTHER_VALUES)
    if not isinstance(given, list) or not all(one in known for one in given):
        raise BadBody(f'"{key}" must be a list of names of fields.')
    return given


def whole_numbers(body: dict[str, Any], key: str) -> list[int]:
    """Read a list of whole numbers; one that is missing is empty."""
    given = body.get(key) or []
    if not isinstance(given, list) or not all(type(one) is int for one in given):
        raise BadBody(f'"{key}" must be a list of whole numbers.')
    return given

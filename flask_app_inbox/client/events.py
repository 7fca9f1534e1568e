"""Telling the vendor that something happened: an event, which may start a workflow."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import VendorInvalid
from .answer import Answer
from .api import VendorApi
from .contact import Contact
from .deadline import Deadline
from .params import Params, json_object, text_value, written
from .platforms import EVENT_PATH

#: The most characters of an event's key, and of its key value.
MAX_KEY = 100
MAX_KEY_VALUE = 300
#: The most bytes of a call.
MAX_BODY = 20 * 1024

#: The parameters by which the vendor finds the contact, and ours of the same meaning.
IDENTIFIERS = {
    "externalCustomerId": "external_customer_id",
    "email": "email",
    "phone": "phone",
    "contactId": None,
    "pushToken": None,
}

#: How it refuses an event where the account demands parameters.
_DEMANDED = rb"should have the following params:([^<>{}]{1,1000})"
_NAME = r"[A-Za-z_][A-Za-z0-9_.]{0,99}"


def send_event(
    api: VendorApi,
    body: bytes,
    *,
    path: str = EVENT_PATH,
    deadline: Deadline | None = None,
) -> None:
    """Send an event.

    Source: ``POST /v2/event`` in the platform's OpenAPI description, and ``POST
    /v1/event``, which it calls deprecated. Nothing says that the vendor recognizes an
    event that it has taken before, and each one starts a workflow. So it is sent again
    only where it cannot have arrived.

    :param body: of :func:`event_body`.
    :raises VendorError: with the cause.
    """
    answer = api.call("POST", path, deadline, body=body, repeatable=False)
    if answer.status < 400:
        return
    text = f"the vendor answered {answer.status} to an event"
    if demanded := _demanded(answer):
        text += f": the account demands these parameters of it: {', '.join(demanded)}"
    elif answer.status == 404:
        text += "; see APP_INBOX_API_URL and APP_INBOX_EVENT_PATH"
    raise VendorInvalid(text, status=answer.status)


def event_body(
    key: str,
    contact: Contact | None = None,
    params: Params | None = None,
    *,
    key_value: str | None = None,
    path: str = EVENT_PATH,
) -> bytes:
    """Return the body of an event, or say why the vendor would not take it.

    Source: ``Event`` and ``EventDto`` of the description, and the guides to events. The
    contact's identifiers travel among the parameters. A single value is a text, as in
    all the examples: ``"258.0"``, ``"true"``. A list or a dict is JSON; in the older
    call that JSON is a text, too.

    :param path: of the call; below ``/v1/`` it is the older one.
    :raises ValueError: if something is missing or too long.
    :raises TypeError: if something is of a wrong type.
    """
    if not _limited("key", key, MAX_KEY).strip():
        raise ValueError("An event needs a key.")
    if key_value is not None:
        _limited("key_value", key_value, MAX_KEY_VALUE)
    given = json_object(params or {})
    if contact is not None:
        given.update(_identifiers(contact, given))
    if not key_value and not any(given.get(name) for name in IDENTIFIERS):
        raise ValueError(
            "The vendor must know whose event this is: give a contact, or a key_value."
        )
    body: dict[str, Any] = {"eventTypeKey": key}
    if key_value:
        body["keyValue"] = key_value
    as_text = "/v1/" in path
    body["params"] = [
        {"name": name, "value": _value(value, as_text=as_text)}
        for name, value in given.items()
    ]
    sent = written(body).encode()
    if len(sent) > MAX_BODY:
        raise ValueError(
            f"An event may have {MAX_BODY} bytes with all its parameters; this one has "
            f"{len(sent)}."
        )
    return sent


def _identifiers(
    contact: Contact, given: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    for name, ours in IDENTIFIERS.items():
        value = getattr(contact, ours) if ours else None
        # Names of parameters may come from outside. One that the contact lacks could
        # be somebody else's.
        if given.get(name, value) != value:
            raise ValueError(f"The parameter {name!r} contradicts the contact.")
        if value is not None:
            yield name, value


def _limited(what: str, value: object, most: int) -> str:
    """Return a key. The guides allow every character but the backslash."""
    if not isinstance(value, str):
        raise TypeError(f"An event's {what} must be a string.")
    if len(value) > most:
        raise ValueError(f"An event's {what} may have {most} characters at most.")
    if "\\" in value:
        raise ValueError(f"An event's {what} may hold no backslash.")
    return value


def _value(value: Any, *, as_text: bool) -> Any:
    if isinstance(value, (dict, list)):
        return written(value) if as_text else value
    return text_value(value)


def _demanded(answer: Answer) -> list[str]:
    """Return the names of the parameters that it misses, and nothing else of it."""
    found = re.search(_DEMANDED, answer.body)
    if answer.status != 400 or not found:
        return []
    words = found[1].decode(errors="replace").replace(",", " ").split()
    names = (word.strip("\"'[].;:") for word in words)
    return [name for name in names if re.fullmatch(_NAME, name)]

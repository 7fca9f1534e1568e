"""Sending a message that was prepared at the vendor, to one contact or to many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from ..errors import VendorError, VendorInvalid, VendorUnavailable
from .answer import Answer
from .api import VendorApi
from .contact import Contact
from .deadline import Deadline
from .params import Params, json_object, written

SMARTSEND_PATH = "/v1/message/{id}/smartsend"

#: The most recipients that the vendor takes in one call.
CHUNK = 1000
#: Seconds for a call with several recipients. No page waits for it.
MANY_TIMEOUT = 30.0
#: The most bytes of its answer, which names all of them.
MAX_ANSWER = 1024 * 1024
#: The field with an address in the message's channel.
_LOCATOR = "locator"


@dataclass(frozen=True)
class SendResult:
    """What became of a message to one contact.

    :param ok: whether the vendor has queued it.
    :param request_id: the vendor's name of it.
    :param reason: why not, in the vendor's words, which may hold personal data.
    :param error: why the whole call failed; None if the vendor answered for this
        contact. If its ``may_have_worked`` is true, the message may be on its way.
    """

    contact: Contact
    ok: bool
    request_id: str | None = None
    reason: str = field(default="", repr=False)
    error: VendorError | None = None


def send_message(
    api: VendorApi,
    message_id: int,
    contacts: Iterable[Contact],
    params: Params | None = None,
    *,
    language: str | None = None,
) -> list[SendResult]:
    """Send a prepared message to each contact, once.

    Source: ``POST /v1/message/{id}/smartsend`` in the platform's OpenAPI description,
    and the guide "Using the Send Prepared Message API Method", which names App Inbox. A
    call takes at most 1,000 recipients. One that may have arrived is never made again.

    :returns: a result for each recipient. When a call fails, those of its contacts have
        the error; unless the vendor has answered it, no further call is made.
    :raises ValueError: if the id or a parameter cannot be.
    :raises TypeError: if something is of a wrong type.
    :raises VendorError: with the cause, if the first call fails.
    """
    if type(message_id) is not int:
        raise TypeError("message_id must be a whole number.")
    if message_id < 1:
        raise ValueError("message_id must be the number of a message at the vendor.")
    json_param = written(json_object(params)) if params else None
    # Contacts that differ in a name are the same recipient.
    distinct: dict[tuple[str, ...], Contact] = {}
    for contact in _checked(contacts):
        distinct.setdefault(_whom(contact), contact)
    waiting = iter(distinct.values())
    results: list[SendResult] = []
    is_down = False
    while chunk := list(islice(waiting, CHUNK)):
        try:
            if is_down:
                raise VendorUnavailable("not sent, because the call before failed")
            results += _send(api, message_id, chunk, json_param, language)
        except VendorError as error:
            if not results:
                raise
            is_down = is_down or not isinstance(error, VendorInvalid)
            results += [SendResult(one, ok=False, error=error) for one in chunk]
    return results


def smartsend_body(
    contacts: Sequence[Contact], json_param: str | None, language: str | None
) -> dict[str, Any]:
    """Return the body for some recipients.

    A contact with an external id is named by that. By the description, ``locator`` is
    the address in the message's channel, and the guide puts an email or a phone there.

    :param json_param: the parameters as a text of JSON; None: the message has none.
    """
    extra = {} if language is None else {"languageCode": language}
    return {
        "recipients": [
            {"jsonParam": json_param, **_recipient(contact), **extra}
            for contact in contacts
        ],
        "email": False,
    }


def _checked(contacts: Iterable[Contact]) -> Iterator[Contact]:
    for contact in contacts:
        if not isinstance(contact, Contact):
            raise TypeError(
                f"Recipients must be contacts, not a {type(contact).__name__}."
            )
        yield contact


def _recipient(contact: Contact) -> dict[str, str]:
    if contact.external_customer_id:
        return {"externalCustomerId": contact.external_customer_id}
    return {_LOCATOR: contact.email or contact.phone or ""}


def _whom(contact: Contact) -> tuple[str, ...]:
    """Return what is different for each recipient; addresses have no case."""
    [(name, value)] = _recipient(contact).items()
    return name, value.casefold() if name == _LOCATOR else value


def _send(
    api: VendorApi,
    message_id: int,
    contacts: list[Contact],
    json_param: str | None,
    language: str | None,
) -> list[SendResult]:
    body = written(smartsend_body(contacts, json_param, language)).encode()
    deadline = None
    if len(contacts) > 1:
        deadline = Deadline(MANY_TIMEOUT, max_body=MAX_ANSWER)
    path = SMARTSEND_PATH.format(id=message_id)
    answer = api.call("POST", path, deadline, body=body, repeatable=False)
    if answer.status >= 400:
        about = f"; is there a message {message_id}?" if answer.status == 404 else ""
        raise VendorInvalid(
            f"the vendor answered {answer.status} to a message{about}",
            status=answer.status,
        )
    return list(_results(_told(answer), contacts))


def _told(answer: Answer) -> list[dict[str, Any]]:
    """Return the entries of an answer; one alone is an object, more are a list."""
    body = answer.json()
    told = body.get("results") if isinstance(body, dict) else None
    entries = [told] if isinstance(told, dict) else told
    if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        error = VendorInvalid(
            "the vendor's answer to a message holds no results", status=answer.status
        )
        error.may_have_worked = True
        raise error
    return entries


def _results(
    entries: list[dict[str, Any]], contacts: list[Contact]
) -> Iterator[SendResult]:
    """Give each contact their entry: by its locator, the others by their order."""
    by_value: dict[str, Contact] = {}
    # What was sent as a locator goes before what only looks like one.
    for contact in contacts:
        if locator := _recipient(contact).get(_LOCATOR):
            by_value.setdefault(locator.casefold(), contact)
    for contact in contacts:
        for value in filter(None, contact.identity):
            by_value.setdefault(value.casefold(), contact)
    found: dict[Contact, dict[str, Any]] = {}
    others = []
    for entry in entries:
        known = by_value.get(str(entry.get(_LOCATOR)).casefold())
        if known is None or known in found:
            others.append(entry)
        else:
            found[known] = entry
    left = [contact for contact in contacts if contact not in found]
    if len(left) == len(others):
        found.update(zip(left, others, strict=True))
    for contact in contacts:
        yield _result(contact, found.get(contact))


def _result(contact: Contact, entry: dict[str, Any] | None) -> SendResult:
    status = entry.get("status") if entry else None
    if entry is None or status not in ("OK", "ERROR"):
        error = VendorInvalid("the vendor does not say what became of a message")
        error.may_have_worked = True
        return SendResult(contact, ok=False, error=error)
    request_id, reason = entry.get("requestId"), entry.get("message")
    return SendResult(
        contact,
        ok=status == "OK",
        request_id=request_id if isinstance(request_id, str) else None,
        reason=reason if status == "ERROR" and isinstance(reason, str) else "",
    )

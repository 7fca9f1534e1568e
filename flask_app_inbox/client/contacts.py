"""The vendor's calls for many contacts, and the one that deletes a contact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from ..errors import VendorError, VendorInvalid
from .answer import Answer
from .api import VendorApi
from .app_inbox import CONTACT_PATH, contact_body
from .contact import FIELDS, IDENTIFIERS, Contact
from .deadline import Deadline

CONTACTS_PATH = "/v1/contacts"

#: The most contacts that the vendor takes in one call.
CHUNK = 3000
#: Seconds for one import. No page waits for it, and its body is large.
IMPORT_TIMEOUT = 60.0
#: The most bytes of its answer, which repeats the contacts that were refused.
MAX_ANSWER = 8 * 1024 * 1024

#: The vendor's names of a contact's values.
_VALUES = {
    "external_customer_id": "externalCustomerId",
    "email": "email",
    "phone": "sms",
    "first_name": "firstName",
    "last_name": "lastName",
}


@dataclass(frozen=True)
class RefusedContact:
    """A contact that the vendor did not take.

    :param contact: None if the vendor does not say clearly which one it means.
    :param reason: in the vendor's words, which may hold personal data; "": none given.
    """

    contact: Contact | None
    reason: str = field(repr=False)


@dataclass(frozen=True)
class SyncResult:
    """What became of one call with many contacts.

    :param contacts: those that were sent.
    :param position: how many contacts, from the first one on, are done with. Whoever
        stops here goes on by leaving out that many.
    :param session_id: the vendor's name of the import, which it works on later; None
        if it gave none.
    :param refused: those that the vendor refused at once. It may refuse others later.
    :param error: why the whole call failed; None if it did not.
    """

    contacts: tuple[Contact, ...] = field(repr=False)
    position: int
    session_id: str | None = None
    refused: tuple[RefusedContact, ...] = ()
    error: VendorError | None = None

    @property
    def accepted(self) -> int:
        """How many contacts the vendor took."""
        return 0 if self.error else max(0, len(self.contacts) - len(self.refused))


def import_contacts(
    api: VendorApi, contacts: Iterable[Contact]
) -> Iterator[SyncResult]:
    """Create or update many contacts; the vendor works on them later.

    Source: ``POST /v1/contacts`` in the platform's OpenAPI description. A call takes at
    most 3,000 contacts. It replaces the values that ``contactFields`` and
    ``customFieldsIDs`` name, with nothing where a contact lacks one; without them it
    replaces all. So only contacts with the same values share a call, and nothing is
    emptied that the site does not know. A vendor's plugin knows a refusal of repeated
    contacts, which is success.

    :param contacts: taken 3,000 at a time, and no more than the caller asks for.
    """
    waiting = iter(contacts)
    position = 0
    while batch := list(islice(waiting, CHUNK)):
        groups = _alike(batch)
        for number, group in enumerate(groups, 1):
            if number == len(groups):
                position += len(batch)
            yield _import(api, group, position)


def delete_contact(
    api: VendorApi,
    contact: Contact,
    *,
    erase: bool = False,
    deadline: Deadline | None = None,
) -> bool:
    """Delete a contact by their external id.

    Source: ``DELETE /v1/contact`` in the platform's OpenAPI description and the
    vendor's plugins. What it answers for an unknown contact is not documented; a 404 is
    taken for that.

    :param erase: whether their history is erased, too, for good.
    :returns: whether the vendor knew the contact.
    :raises ValueError: if the contact has no external id.
    :raises VendorError: with the cause.
    """
    if contact.external_customer_id is None:
        raise ValueError(
            "The vendor deletes a contact by their external_customer_id; this one has "
            "none."
        )
    query = {"externalCustomerId": contact.external_customer_id}
    query["erase"] = "true" if erase else "false"
    answer = api.call("DELETE", CONTACT_PATH, deadline, query=query)
    if answer.status == 404:
        return False
    if answer.status >= 400:
        raise VendorInvalid(
            f"the vendor answered {answer.status} to the deletion of a contact",
            status=answer.status,
        )
    return True


def _alike(batch: Sequence[Contact]) -> list[list[Contact]]:
    """Group contacts that have the same values."""
    groups: dict[object, list[Contact]] = {}
    for contact in batch:
        known = tuple(name for name in FIELDS if getattr(contact, name))
        shape = (known, frozenset(contact.fields or ()))
        groups.setdefault(shape, []).append(contact)
    return list(groups.values())


def _import(api: VendorApi, contacts: list[Contact], position: int) -> SyncResult:
    sent = tuple(contacts)
    deadline = Deadline(IMPORT_TIMEOUT, max_body=MAX_ANSWER)
    try:
        answer = api.call("POST", CONTACTS_PATH, deadline, body=import_body(sent))
        session_id, refused = _read(answer, sent)
    except VendorError as error:
        return SyncResult(sent, position, error=error)
    return SyncResult(sent, position, session_id, refused)


def import_body(contacts: Sequence[Contact]) -> dict[str, Any]:
    """Return the body that creates or updates contacts with the same values."""
    one = contacts[0]
    found_by = next(name for name in IDENTIFIERS if getattr(one, name))
    body: dict[str, Any] = {
        "contacts": [contact_body(contact) for contact in contacts],
        "dedupeOn": _VALUES[found_by],
        "contactFields": [
            theirs for ours, theirs in _VALUES.items() if getattr(one, ours)
        ],
    }
    if one.fields:
        body["customFieldsIDs"] = list(one.fields)
    return body


def _read(
    answer: Answer, sent: Sequence[Contact]
) -> tuple[str | None, tuple[RefusedContact, ...]]:
    """Return an import's session and the contacts that were refused."""
    if answer.status >= 400:
        if answer.status == 409 or b"uplicated request" in answer.body:
            # The same contacts were taken just now, or are being worked on.
            return None, ()
        raise VendorInvalid(
            f"the vendor answered {answer.status} to an import of contacts",
            status=answer.status,
        )
    told = answer.json()
    if not isinstance(told, dict):
        raise VendorInvalid("the vendor's answer to an import is no object", status=200)
    refused = tuple(_refused(told.get("failedContacts"), sent))
    session_id = told.get("asyncSessionId")
    if not isinstance(session_id, str) or not session_id:
        if len(refused) < len(sent):
            raise VendorInvalid("the vendor began no import", status=answer.status)
        session_id = None
    return session_id, refused


def _refused(told: object, sent: Sequence[Contact]) -> Iterator[RefusedContact]:
    """Yield the refused contacts; one alone is told as an object, more as a list."""
    entries = [told] if isinstance(told, dict) else told
    if not isinstance(entries, list) or not entries:
        return
    known: dict[str, Contact] = {}
    for contact in sent:
        for value in filter(None, contact.identity):
            known.setdefault(value.casefold(), contact)
    for entry in entries:
        if isinstance(entry, dict):
            found = (known.get(value.casefold()) for value in _identifiers(entry))
            reason = entry.get("error")
            yield RefusedContact(
                next(filter(None, found), None),
                reason if isinstance(reason, str) else "",
            )


def _identifiers(entry: dict[str, Any]) -> Iterator[str]:
    values = [entry.get("externalCustomerId")]
    channels = entry.get("channels")
    for channel in channels if isinstance(channels, list) else ():
        if isinstance(channel, dict):
            values.append(channel.get("value"))
    yield from (value for value in values if isinstance(value, str))

"""The vendor's call that tells how an import of contacts is doing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from ..errors import VendorInvalid
from .api import VendorApi
from .contacts import IMPORT_TIMEOUT, MAX_ANSWER
from .deadline import Deadline

_FAILED = "ERROR"
_DONE = ("FINISHED", _FAILED)
_STATES = ("STARTED", "IMPORTING", *_DONE)


@dataclass(frozen=True)
class ImportStatus:
    """How the vendor is doing with an import.

    :param session_id: the vendor's name of the import.
    :param state: ``STARTED`` while it waits for its turn, then ``IMPORTING``, at the
        end ``FINISHED`` or ``ERROR``.
    :param since: when that state began, in ISO 8601; None if the vendor does not say.
    :param contact_ids: the vendor's ids of the contacts that were created or updated,
        by the values that they were found by, which may be personal data.
    :param description: in the vendor's words; "": none given.
    """

    session_id: str
    state: str
    since: str | None = None
    contact_ids: Mapping[str, int] = field(default_factory=dict, repr=False)
    description: str = field(default="", repr=False)

    @property
    def is_done(self) -> bool:
        """Whether the vendor is through with the import, well or not."""
        return self.state in _DONE

    @property
    def has_failed(self) -> bool:
        """Whether the import ended with an error."""
        return self.state == _FAILED


def read_import_status(
    api: VendorApi, session_id: str, deadline: Deadline | None = None
) -> ImportStatus:
    """Ask how an import is doing.

    Source: ``GET /v1/importstatus/{sessionId}`` in the platform's OpenAPI description.
    What it answers for an unknown session is not documented; a 404 is taken for that.

    :param session_id: from :attr:`.SyncResult.session_id`.
    :raises VendorInvalid: also if the vendor knows no such import.
    :raises VendorError: with any other cause.
    """
    # A mapping of 3,000 contacts is larger than other answers.
    deadline = deadline or Deadline(IMPORT_TIMEOUT, max_body=MAX_ANSWER)
    path = f"/v1/importstatus/{quote(session_id, safe='')}"
    answer = api.call("GET", path, deadline)
    if answer.status == 404:
        raise VendorInvalid("the vendor knows no import of that id", status=404)
    if answer.status != 200:
        raise VendorInvalid(
            f"the vendor answered {answer.status} to a question about an import",
            status=answer.status,
        )
    told = answer.json()
    state = told.get("status") if isinstance(told, dict) else None
    if state not in _STATES:
        raise VendorInvalid("the vendor does not say how the import is", status=200)
    return ImportStatus(
        session_id,
        state,
        _text(told.get("timestamp")) or None,
        dict(_mapped(told.get("mapping"))),
        _text(told.get("description")),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _mapped(told: object) -> Iterator[tuple[str, int]]:
    entries: list[Any] = told if isinstance(told, list) else []
    for entry in entries:
        if isinstance(entry, dict):
            value, number = entry.get("dedupeValue"), entry.get("contactId")
            if isinstance(value, str) and type(number) is int:
                yield value, number

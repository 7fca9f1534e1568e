"""Imports of many contacts, which take a while.

The platform's OpenAPI description: an import is taken at once and worked on later;
its status is STARTED, IMPORTING, then FINISHED or ERROR.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone

from .contacts import Contact

#: Seconds that an import waits, and then seconds that it takes.
WAITING = 0.25
WORKING = 0.25

#: Saves a contact; None for one that is left as it is.
Save = Callable[[Contact], "Contact | None"]


@dataclass
class _Import:
    began: float
    contacts: Sequence[tuple[str, Contact]]
    save: Save
    mapping: list[dict[str, object]] = field(default_factory=list)
    saved: bool = False


class Imports:
    """All imports; safe to use from many threads."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._imports: dict[str, _Import] = {}

    def begin(self, contacts: Sequence[tuple[str, Contact]], save: Save) -> str:
        """Take contacts, and return the id of the session.

        :param contacts: each with the value that it is found by.
        """
        session = uuid.uuid4().hex
        with self._lock:
            self._imports[session] = _Import(self._clock(), contacts, save)
        return session

    def work(self) -> None:
        """Save the contacts of the imports whose time has come."""
        with self._lock:
            now = self._clock()
            for one in self._imports.values():
                if not one.saved and now >= one.began + WAITING + WORKING:
                    one.saved = True
                    for value, given in one.contacts:
                        if saved := one.save(given):
                            one.mapping.append(
                                {"dedupeValue": value, "contactId": saved.id}
                            )

    def status(self, session: str) -> dict[str, object] | None:
        """Return how an import is doing; None for an unknown session."""
        with self._lock:
            one = self._imports.get(session)
            if one is None:
                return None
            if one.saved:
                status, since = "FINISHED", one.began + WAITING + WORKING
            elif self._clock() >= one.began + WAITING:
                status, since = "IMPORTING", one.began + WAITING
            else:
                status, since = "STARTED", one.began
            when = datetime.fromtimestamp(since, timezone.utc)
            told: dict[str, object] = {
                "status": status,
                "timestamp": when.isoformat(timespec="milliseconds"),
            }
            if one.saved:
                told["mapping"] = one.mapping
            return told

    def clear(self) -> None:
        """Forget all imports."""
        with self._lock:
            self._imports.clear()

"""The events that sites have sent."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from .contacts import Contact

#: How many events are kept; the oldest are dropped.
LIMIT = 1000


@dataclass(frozen=True)
class Event:
    """Something that happened on a site; ``at`` is in seconds since the epoch."""

    id: int
    at: float
    key: str
    key_value: str
    params: dict[str, Any]

    def to_json(self) -> dict[str, object]:
        """Return the event as the control API shows it."""
        at = datetime.fromtimestamp(self.at, timezone.utc)
        return {
            "id": self.id,
            "at": at.isoformat(timespec="milliseconds"),
            "key": self.key,
            "keyValue": self.key_value,
            "params": self.params,
        }

    def whose(self) -> list[Contact]:
        """Return whom it may be about, the surest first.

        The identifiers are among the parameters. Without one the key value is, as the
        description of the older call says, an email, a phone or an external id.
        """
        named = Contact(
            external_customer_id=_identifier(self.params.get("externalCustomerId")),
            email=_identifier(self.params.get("email")),
            phone=_identifier(self.params.get("phone")),
        )
        if any(named.identifiers()):
            return [named]
        value = self.key_value
        return [
            Contact(external_customer_id=value),
            Contact(email=value),
            Contact(phone=value),
        ]

    @property
    def contact_id(self) -> int | None:
        """The vendor's own number of the contact, if the event names it."""
        number = str(self.params.get("contactId") or "")
        return int(number) if number.isascii() and number.isdecimal() else None


class Events:
    """A ring of the last events; safe to use from many threads."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: deque[Event] = deque(maxlen=LIMIT)
        self._last_id = 0

    def add(self, key: str, key_value: str, params: dict[str, Any]) -> Event:
        """Keep an event and return it."""
        with self._lock:
            self._last_id += 1
            event = Event(self._last_id, self._clock(), key, key_value, params)
            self._entries.append(event)
            return event

    def since(self, last_seen: int) -> list[Event]:
        """Return the events with a higher id than ``last_seen``, the oldest first."""
        with self._lock:
            return [event for event in self._entries if event.id > last_seen]

    def clear(self) -> None:
        """Remove all events; ids go on."""
        with self._lock:
            self._entries.clear()


def _identifier(value: object) -> str:
    """Return an identifier; the guide has some values ignored that mean nothing."""
    text = "" if value is None else str(value).strip()
    return "" if text == "null" else text

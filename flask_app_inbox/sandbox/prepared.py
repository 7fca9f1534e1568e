"""The messages that are prepared in the account, by their numbers."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from .messages import Content


@dataclass(frozen=True)
class PreparedMessage:
    """A message with blanks; ``lifetime`` is in seconds."""

    id: int
    name: str
    says: Content
    lifetime: float


class Prepared:
    """All of them; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_id: dict[int, PreparedMessage] = {}
        self._last_id = 0

    def add(self, name: str, says: Content, lifetime: float) -> PreparedMessage:
        """Keep one and return it."""
        with self._lock:
            self._last_id += 1
            one = PreparedMessage(self._last_id, name, says, lifetime)
            self._by_id[one.id] = one
            return one

    def get(self, number: int) -> PreparedMessage | None:
        """Return the one with this number."""
        with self._lock:
            return self._by_id.get(number)

    def all(self) -> list[PreparedMessage]:
        """Return all of them, the oldest first."""
        with self._lock:
            return list(self._by_id.values())

    def clear(self) -> None:
        """Remove all of them; numbers go on."""
        with self._lock:
            self._by_id.clear()

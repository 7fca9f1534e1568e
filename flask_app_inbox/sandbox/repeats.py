"""Refusing the same contact twice.

The platform's OpenAPI description has a 409 for a request that is repeated within a
minute. Its own plugin expects the text "Duplicated request", for which no document has
a status. The sandbox answers that one with 400 while the first request is being worked
on, and 409 for a minute after it has been taken.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

#: Seconds for which a body that was taken is refused.
SPAN = 60.0


class Repeats:
    """The bodies of contact calls; safe to use from many threads."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._in_flight: set[bytes] = set()
        self._taken: dict[bytes, float] = {}

    def enter(self, body: bytes) -> tuple[str, int] | None:
        """Start to process a body; return the refusal of a repeated one."""
        with self._lock:
            if body in self._in_flight:
                return "Duplicated request", 400
            now = self._clock()
            self._taken = {
                one: when for one, when in self._taken.items() if now - when < SPAN
            }
            if body in self._taken:
                return "Repeated request within 1 minute", 409
            self._in_flight.add(body)
            self._taken[body] = now
            return None

    def leave(self, body: bytes) -> None:
        """Finish processing a body."""
        with self._lock:
            self._in_flight.discard(body)

    def clear(self) -> None:
        """Forget the bodies that were taken."""
        with self._lock:
            self._taken.clear()

"""Detecting the same request twice at the same time.

The vendor's own plugin expects the text "Duplicated request" for that (contact
calls); no document describes it.
"""

from __future__ import annotations

import threading


class InFlight:
    """The bodies in progress; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bodies: set[bytes] = set()

    def enter(self, body: bytes) -> bool:
        """Start to process a body; return False when it is in progress already."""
        with self._lock:
            if body in self._bodies:
                return False
            self._bodies.add(body)
            return True

    def leave(self, body: bytes) -> None:
        """Finish processing a body."""
        with self._lock:
            self._bodies.discard(body)

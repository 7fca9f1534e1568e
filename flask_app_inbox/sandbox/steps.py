"""What became of an event: event, workflow, message, webhook, for the live log."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

#: How many steps are kept; the oldest are dropped.
LIMIT = 1000

EVENT = "event"
WORKFLOW = "workflow"
MESSAGE = "message"
WEBHOOK = "webhook"


class Steps:
    """A ring of the last steps; safe to use from many threads.

    What they say holds keys, names and statuses, never what a parameter holds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: deque[dict[str, Any]] = deque(maxlen=LIMIT)
        self._last_id = 0

    def add(
        self,
        kind: str,
        says: str,
        *,
        ok: bool = True,
        event: int | None = None,
        status: int | None = None,
    ) -> None:
        """Note a step.

        :param kind: one of the four above.
        :param ok: whether it went on from there.
        :param event: the id of the event that led to it.
        :param status: the HTTP status of a webhook's answer; 0: there was none.
        """
        at = datetime.fromtimestamp(self._clock(), timezone.utc)
        with self._lock:
            self._last_id += 1
            self._entries.append(
                {
                    "id": self._last_id,
                    "at": at.isoformat(timespec="milliseconds"),
                    "kind": kind,
                    "says": says,
                    "ok": ok,
                    "event": event,
                    "status": status,
                }
            )

    def since(self, last_seen: int) -> list[dict[str, Any]]:
        """Return the steps with a higher id than ``last_seen``, the oldest first."""
        with self._lock:
            return [entry for entry in self._entries if entry["id"] > last_seen]

    def clear(self) -> None:
        """Remove all steps; ids go on."""
        with self._lock:
            self._entries.clear()

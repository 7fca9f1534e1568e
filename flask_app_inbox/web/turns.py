"""One at a time: threads of this process that want the same thing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ..per_process import PerProcess


class TooLate(Exception):
    """The turn did not come in time."""


@dataclass
class _Queue:
    lock: threading.Lock = field(default_factory=threading.Lock)
    #: Threads that have the turn or wait for it.
    members: int = 0


@dataclass(frozen=True)
class _Queues:
    lock: threading.Lock = field(default_factory=threading.Lock)
    by_key: dict[str, _Queue] = field(default_factory=dict)


class Turns:
    """Queues of this process's threads, one for each key."""

    def __init__(self) -> None:
        self._queues = PerProcess(_Queues)

    @contextmanager
    def wait(self, key: str, seconds: float) -> Iterator[None]:
        """Wait for the turn at a key, and have it.

        :raises TooLate: if it does not come within the seconds.
        """
        queues = self._queues.get()
        with queues.lock:
            queue = queues.by_key.setdefault(key, _Queue())
            queue.members += 1
        try:
            if not queue.lock.acquire(timeout=seconds):
                raise TooLate
            try:
                yield
            finally:
                queue.lock.release()
        finally:
            with queues.lock:
                queue.members -= 1
                if not queue.members:
                    del queues.by_key[key]

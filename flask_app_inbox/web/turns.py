"""Threads of this process that want the same thing: a few may wait, one has the turn.

Each thread that waits is one that serves nobody else.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ..per_process import PerProcess


class NoPlace(Exception):
    """As many wait as may."""


class TooLate(Exception):
    """The turn did not come in time."""


@dataclass
class _Queue:
    lock: threading.Lock = field(default_factory=threading.Lock)
    #: Threads that have a place.
    members: int = 0


@dataclass(frozen=True)
class _Queues:
    lock: threading.Lock = field(default_factory=threading.Lock)
    by_key: dict[str, _Queue] = field(default_factory=dict)


class Turns:
    """Queues of this process's threads, one for each key.

    :param most: how many places a queue has.
    """

    def __init__(self, most: float = math.inf) -> None:
        self._most = most
        self._queues = PerProcess(_Queues)

    @contextmanager
    def hold(self, key: str) -> Iterator[None]:
        """Have a place in a queue, without wanting the turn.

        :raises NoPlace: at once, if all are taken.
        """
        with self._place(key):
            yield

    @contextmanager
    def wait(self, key: str, seconds: float) -> Iterator[None]:
        """Wait for the turn at a key, and have it.

        :raises NoPlace: at once, if all places are taken.
        :raises TooLate: if it does not come within the seconds.
        """
        with self._place(key) as queue:
            if not queue.lock.acquire(timeout=seconds):
                raise TooLate
            try:
                yield
            finally:
                queue.lock.release()

    @contextmanager
    def _place(self, key: str) -> Iterator[_Queue]:
        queues = self._queues.get()
        with queues.lock:
            queue = queues.by_key.setdefault(key, _Queue())
            if queue.members >= self._most:
                raise NoPlace
            queue.members += 1
        try:
            yield queue
        finally:
            with queues.lock:
                queue.members -= 1
                if not queue.members:
                    del queues.by_key[key]

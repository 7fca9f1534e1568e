"""Counts of requests in this process: what ``memory://`` stands for.

A sliding window needs only the counts of two windows. A new window drops the oldest as
a whole, without threads and sweeps: the memory storage of the limits library starts a
thread up to a hundred times a second, and each sweeps over all keys.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from ..config.rate import Rate

#: How many keys a window holds. Beyond that it forgets the oldest, whose contacts start
#: again from zero.
CAPACITY = 100_000


class WindowCounts:
    """Sliding windows in this process, and bounded.

    :param clock: returns seconds since the epoch.
    """

    def __init__(
        self,
        rate: Rate,
        *,
        capacity: int = CAPACITY,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._rate = rate
        self._capacity = capacity
        self._clock = clock
        self._lock = threading.Lock()
        self._number = 0
        self._current: dict[str, int] = {}
        self._previous: dict[str, int] = {}

    def __len__(self) -> int:
        """Return how many keys it remembers."""
        with self._lock:
            return len(self._current.keys() | self._previous.keys())

    def count(self, key: str, seconds: float = 0.0) -> float | None:  # noqa: ARG002 - it never waits
        """Count a request; if it is one too many, return the seconds until the next."""
        with self._lock:
            number, elapsed = divmod(self._clock(), self._rate.seconds)
            self._turn_to(int(number))
            left = self._rate.seconds - elapsed
            previous, current = self._previous.get(key, 0), self._current.get(key, 0)
            overlap = int(previous * left / self._rate.seconds)
            if overlap + current >= self._rate.amount:
                return seconds_until_free(
                    self._rate, previous, left, current, left + self._rate.seconds
                )
            if key not in self._current and len(self._current) >= self._capacity:
                del self._current[next(iter(self._current))]
            self._current[key] = current + 1
            return None

    def _turn_to(self, number: int) -> None:
        if number == self._number:
            return
        follows = number == self._number + 1
        self._previous = self._current if follows else {}
        self._current = {}
        self._number = number


def seconds_until_free(
    rate: Rate,
    previous: int,
    previous_left: float,
    current: int,
    current_left: float,
) -> float:
    """Return when a sliding window has room for one more request; at least 1.

    :param previous: how many requests the window before has counted.
    :param previous_left: seconds until that counts nothing any more.
    :param current: how many requests this window has counted.
    :param current_left: seconds until the same is true of this window.
    """
    start = 0.0
    if current >= rate.amount:
        # Nothing is free before this window is the one before.
        start = max(0.0, current_left - rate.seconds)
        previous, previous_left, current = current, rate.seconds, 0
    room = rate.amount - current
    free = previous_left - room * rate.seconds / previous if previous else 0.0
    return max(1.0, start + max(0.0, free) + 0.001)

"""Counts of requests in this process: what ``memory://`` stands for.

The memory storage of limits starts a thread up to a hundred times a second, and each
sweeps over all keys. With 10,000 contacts that costs a quarter of a millisecond of
processor time per request. A sliding window needs only the counts of two windows. So
here a new window drops the oldest as a whole, without threads and sweeps.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from limits.storage import SlidingWindowCounterSupport, Storage

#: How many keys a window holds. Beyond that it forgets the oldest, whose contacts start
#: again from zero.
CAPACITY = 100_000


class WindowCounts(Storage, SlidingWindowCounterSupport):
    """Sliding windows of limits, in this process and bounded.

    It registers no scheme, so the site's own use of ``memory://`` with limits is not
    affected.

    :param clock: returns seconds since the epoch.
    """

    STORAGE_SCHEME = None

    def __init__(
        self, *, capacity: int = CAPACITY, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__()
        self._capacity = capacity
        self._clock = clock
        self._lock = threading.Lock()
        self._number = 0
        self._current: dict[str, int] = {}
        self._previous: dict[str, int] = {}

    def acquire_sliding_window_entry(
        self, key: str, limit: int, expiry: int, amount: int = 1
    ) -> bool:
        """Count a request and return True, if its window has room for it."""
        with self._lock:
            previous, weight, current, _ = self._look(key, expiry)
            if int(previous * weight / expiry) + current + amount > limit:
                return False
            if key not in self._current and len(self._current) >= self._capacity:
                del self._current[next(iter(self._current))]
            self._current[key] = current + amount
            return True

    def get_sliding_window(
        self, key: str, expiry: int
    ) -> tuple[int, float, int, float]:
        """Return count and seconds left of the previous and the current window."""
        with self._lock:
            return self._look(key, expiry)

    def clear_sliding_window(self, key: str, expiry: int) -> None:  # noqa: ARG002 - limits names the parameters
        """Forget a key."""
        self.clear(key)

    def _look(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        number, elapsed = divmod(self._clock(), expiry)
        self._turn_to(int(number))
        left = expiry - elapsed
        return (
            self._previous.get(key, 0),
            left,
            self._current.get(key, 0),
            left + expiry,
        )

    def _turn_to(self, number: int) -> None:
        if number == self._number:
            return
        follows = number == self._number + 1
        self._previous = self._current if follows else {}
        self._current = {}
        self._number = number

    @property
    def base_exceptions(self) -> type[Exception]:
        """What a storage raises when it is down; this one never is."""
        return OSError

    def check(self) -> bool:
        """Return whether the storage works."""
        return True

    def clear(self, key: str) -> None:
        """Forget a key."""
        with self._lock:
            self._current.pop(key, None)
            self._previous.pop(key, None)

    def reset(self) -> int | None:
        """Forget everything."""
        with self._lock:
            count = len(self._current.keys() | self._previous.keys())
            self._current, self._previous = {}, {}
            return count

    # limits wants every storage to have fixed windows, but they let twice the limit
    # through at their edges.
    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        raise NotImplementedError

    def get(self, key: str) -> int:
        raise NotImplementedError

    def get_expiry(self, key: str) -> float:
        raise NotImplementedError

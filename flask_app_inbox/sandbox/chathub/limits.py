"""How often one credential may call (the vendor's page on rate limits).

Messaging calls 100 a second with bursts of 150, all others 50 with bursts of 75.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

_DATA = (50.0, 75.0)
_MESSAGES = (100.0, 150.0)

#: How many callers are remembered; a flood of made-up tokens must not fill memory.
_MOST_CALLERS = 10_000


class Limits:
    """A token bucket for each caller; safe to use from many threads.

    :param clock: returns seconds that never run backwards.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: dict[tuple[str, bool], tuple[float, float]] = {}

    def reset(self) -> None:
        """Reset to the initial state: nobody has called."""
        with self._lock:
            self._buckets.clear()

    def take(self, caller: str, *, messaging: bool) -> bool:
        """Count one call; return False when it is one too many."""
        rate, burst = _MESSAGES if messaging else _DATA
        now = self._clock()
        with self._lock:
            if len(self._buckets) > _MOST_CALLERS:
                self._buckets.clear()
            left, before = self._buckets.get((caller, messaging), (burst, now))
            left = min(burst, left + (now - before) * rate)
            allowed = left >= 1
            self._buckets[caller, messaging] = (left - allowed, now)
            return allowed

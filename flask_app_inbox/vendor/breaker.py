"""A circuit breaker around calls that run at the same time.

pybreaker holds its lock while it calls, so that one slow call would stop all
others. Here calls run outside of it and their outcomes are told to it; when to
try again is decided here, too, so that one call goes ahead and not a crowd.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from ..errors import VendorError, VendorTimeout, VendorUnavailable

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

#: Failures in a row that open the breaker.
FAILURES = 5
#: Seconds until a call is let through to see whether the vendor is back.
PAUSE = 10.0

_NEVER = 10**9  # seconds; pybreaker's own clock is not used


class Breaker:
    """Fails fast while a host does not answer.

    :param host: for the log.
    :param pause: seconds between probes.
    :param clock: returns seconds that never run backwards.
    """

    def __init__(
        self,
        host: str,
        *,
        failures: int = FAILURES,
        pause: float = PAUSE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        # Importing pybreaker pulls in redis where that is installed.
        from pybreaker import CircuitBreaker

        self._host = host
        self._pause = pause
        self._clock = clock
        self._lock = threading.Lock()
        self._next_probe = 0.0
        self._breaker = CircuitBreaker(
            fail_max=failures,
            reset_timeout=_NEVER,
            exclude=[lambda error: not _is_silence(error)],
            throw_new_error_on_trip=False,
        )

    def call(self, function: Callable[[], Result]) -> Result:
        """Run a function, or fail at once while the host is down.

        :raises VendorUnavailable: without calling, while the breaker is open.
        """
        self._admit()
        try:
            result = function()
        except VendorError as error:
            self._record(error)
            raise
        self._record(None)
        return result

    def _admit(self) -> None:
        with self._lock:
            if self._breaker.current_state == "closed":
                return
            wait = self._next_probe - self._clock()
            if wait > 0:
                raise VendorUnavailable(
                    f"{self._host} did not answer lately; not asked", retry_after=wait
                )
            # Whoever comes while this probe is out is sent away.
            self._next_probe = self._clock() + self._pause
            self._breaker.half_open()

    def _record(self, error: VendorError | None) -> None:
        from pybreaker import CircuitBreakerError

        def outcome() -> None:
            if error is not None:
                raise error

        with self._lock:
            before = self._breaker.current_state
            with contextlib.suppress(VendorError, CircuitBreakerError):
                self._breaker.call(outcome)
            after = self._breaker.current_state
            if after == "open" and before != "open":
                self._next_probe = self._clock() + self._pause
        if before == "closed" and after == "open":
            logger.error(
                "%s does not answer: no more calls, one try every %g s. Pages of the "
                "site are not affected; their bells stay empty meanwhile.",
                self._host,
                self._pause,
            )
        elif before == "half-open" and after == "closed":
            logger.warning("%s answers again.", self._host)


def _is_silence(error: BaseException) -> bool:
    """Tell whether nothing came back, as opposed to an answer we dislike."""
    return isinstance(error, (VendorTimeout, VendorUnavailable)) and not error.status

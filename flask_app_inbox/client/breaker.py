"""A circuit breaker around concurrent calls.

It holds no lock during a call, so a slow call does not stop others. When it tries the
host again, it lets a single call through.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from ..errors import VendorError, VendorTimeout, VendorUnavailable
from .transport_errors import Inconclusive

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

#: Failures in a row that open the breaker.
FAILURES = 5
#: Seconds until one call is let through to see whether the vendor is back.
PAUSE = 10.0


class Breaker:
    """Fail fast while a host does not answer.

    :param host: for the log.
    :param failures: how many in a row open the breaker.
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
        self._host = host
        self._most = failures
        self._pause = pause
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        #: When the next probe may go; None while the breaker is closed.
        self._next_probe: float | None = None

    def call(self, function: Callable[[], Result]) -> Result:
        """Run a function, or fail at once while the host is down.

        :raises VendorUnavailable: without calling, while the breaker is open.
        """
        is_probe = self._admit()
        try:
            result = function()
        except Inconclusive:
            raise
        except VendorError as error:
            if _is_silence(error):
                self._note_silence(is_probe)
            else:
                self._note_answer(is_probe)
            raise
        self._note_answer(is_probe)
        return result

    def _admit(self) -> bool:
        """Let a call through; return whether it is a probe of an open breaker.

        :raises VendorUnavailable: if the call has to wait.
        """
        with self._lock:
            if self._next_probe is None:
                return False
            wait = self._next_probe - self._clock()
            if wait > 0:
                raise VendorUnavailable(
                    f"{self._host} did not answer lately; not asked",
                    retry_after=wait,
                )
            # Calls that come while this probe is out are turned away.
            self._next_probe = self._clock() + self._pause
            return True

    def _note_silence(self, is_probe: bool) -> None:
        with self._lock:
            was_open = self._next_probe is not None
            self._failures += 1
            if self._failures < self._most:
                return
            if is_probe or not was_open:
                self._next_probe = self._clock() + self._pause
        if not was_open:
            logger.error(
                "%s does not answer. Calls are stopped; one is tried every %g s. The "
                "site's pages work, but their bells stay empty meanwhile.",
                self._host,
                self._pause,
            )

    def _note_answer(self, is_probe: bool) -> None:
        with self._lock:
            was_open = self._next_probe is not None
            if was_open and not is_probe:
                return  # the call began before the breaker opened
            self._failures = 0
            self._next_probe = None
        if was_open:
            logger.warning("%s answers again.", self._host)


def _is_silence(error: VendorError) -> bool:
    """Return whether there was no answer at all."""
    return isinstance(error, (VendorTimeout, VendorUnavailable)) and not error.status

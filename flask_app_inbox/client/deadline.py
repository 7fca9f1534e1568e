"""The moment by which a call must have its answer, and a limit of what may arrive.

The timeouts of requests and urllib3 start again with each byte that arrives and with
each address that is tried. So a vendor that drips one byte a second keeps a caller for
as long as it likes. Our sockets ask the call's deadline before each wait, and count at
it what they read; see :mod:`.sockets`.
"""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable

#: The most bytes that may arrive for one call, headers included.
MAX_RECEIVED = 512 * 1024


class Deadline:
    """The moment by which a call must have its answer.

    :param seconds: from now.
    :param clock: returns seconds that never run backwards.
    :param max_body: the most bytes that the answer's body may have; None: as many as
        that of any call.
    """

    def __init__(
        self,
        seconds: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        max_body: int | None = None,
    ) -> None:
        self._clock = clock
        #: When it began, by the clock.
        self.start = clock()
        self._end = self.start + seconds
        self._received = 0
        self._max_received = MAX_RECEIVED + (max_body or 0)
        #: The most bytes of the answer's body, if they are not the usual number.
        self.max_body = max_body

    def remaining(self) -> float:
        """Return the seconds left, at least 0."""
        return max(0.0, self._end - self._clock())

    def patience(self) -> float:
        """Return the seconds left for a wait.

        :raises TimeoutError: if there are none.
        """
        seconds = self.remaining()
        if seconds <= 0:
            raise TimeoutError("the deadline has passed")
        return seconds

    def count(self, size: int) -> int:
        """Count bytes that arrived and return their number.

        :raises http.client.HTTPException: if too many have arrived by now.
        """
        self._received += size
        if self._received > self._max_received:
            raise http.client.HTTPException("far too much arrived")
        return size

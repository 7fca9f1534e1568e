"""The pauses that a vendor asks for with ``Retry-After``.

Calls of one kind share a pause: who is refused, or comes meanwhile, waits for its end.
Then one of them asks, and what that one hears counts for all.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable

from ..errors import VendorError

#: Seconds after its end until a pause is forgotten that nobody has come to.
FORGOTTEN = 60.0


class Pause:
    """A time in which no call of a kind is made.

    :param error: with which the vendor asked for it.
    :param seconds: how long it lasts.
    :param clock: returns seconds that never run backwards.
    """

    def __init__(
        self, error: VendorError, seconds: float, clock: Callable[[], float]
    ) -> None:
        self._error = error
        self._clock = clock
        self._end = clock() + seconds
        self._question = threading.Lock()
        #: Set once somebody has asked and heard.
        self.is_over = threading.Event()
        #: The refusal that this one heard, if it was one.
        self.heard: VendorError | None = None

    def left(self) -> float:
        """Return the seconds until somebody may ask, at least 0."""
        return max(0.0, self._end - self._clock())

    def is_forgotten(self) -> bool:
        """Return whether nobody has wanted to ask for long."""
        return self._clock() - self._end > FORGOTTEN

    def may_ask(self) -> bool:
        """Return True to the first who wants to ask, False to all others."""
        return self._question.acquire(blocking=False)

    def refusal(self) -> VendorError:
        """Return the vendor's last refusal, for a call that was not made."""
        last = self.heard or self._error
        return type(last)(
            str(last),
            status=last.status,
            retryable=last.retryable,
            retry_after=self.heard.retry_after if self.heard else self.left(),
        )


class Pauses:
    """The pauses of one process, by kinds of calls.

    :param clock: returns seconds that never run backwards.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._running: dict[Hashable, Pause] = {}

    def find(self, kind: Hashable) -> Pause | None:
        """Return the pause of a kind, None if there is none."""
        return self._running.get(kind)

    def begin(
        self, kind: Hashable, error: VendorError, seconds: float, after: Pause | None
    ) -> None:
        """Begin a pause, unless one runs.

        :param after: the pause that the refused call has waited for.
        """
        with self._lock:
            for other in [k for k, p in self._running.items() if p.is_forgotten()]:
                del self._running[other]
            if self._running.get(kind) in (None, after):
                self._running[kind] = Pause(error, seconds, self._clock)

    def end(self, kind: Hashable, pause: Pause) -> None:
        """End a pause after somebody has asked, and let the others know."""
        with self._lock:
            if self._running.get(kind) is pause:
                del self._running[kind]
        pause.is_over.set()

"""A storage that is down: when to try it again, and when to warn."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)

#: Seconds after a failure until one request tries the storage again.
PAUSE = 5.0
#: Seconds between two warnings about it.
WARN_EVERY = 60.0


class Outage:
    """What this process knows about the health of a storage.

    :param warning: what does not work meanwhile, for the log; None: whoever asks the
        storage tells of it.
    :param clock: returns seconds that never run backwards.
    """

    def __init__(
        self, warning: str | None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._warning = warning
        self._clock = clock
        self._lock = threading.Lock()
        self._next_try: float | None = None
        self._next_warning = clock()

    def is_worth_a_try(self) -> bool:
        """Return whether to ask the storage; while it is down, one request tries it."""
        if self._next_try is None:
            return True
        with self._lock:
            now = self._clock()
            if self._next_try is not None and now < self._next_try:
                return False
            # Others do not wait while this request tries.
            self._next_try = now + PAUSE
            return True

    def note(self, error: BaseException) -> None:
        """Remember that the storage failed; warn, at most once a minute."""
        with self._lock:
            now = self._clock()
            self._next_try = now + PAUSE
            if self._warning is None or now < self._next_warning:
                return
            self._next_warning = now + WARN_EVERY
        logger.warning(
            "%s (%s). One request tries it again every %g s.",
            self._warning,
            # The text of the error could hold parts of an address.
            type(error.__cause__ or error).__name__,
            PAUSE,
        )

    def end(self) -> None:
        """Remember that the storage works."""
        self._next_try = None

"""A log of failed requests that stays short however many fail.

While the vendor is down, every page asks and fails. One line says so at once, then
one line a minute.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from ..errors import AppInboxError, LoaderError
from ..per_process import PerProcess

logger = logging.getLogger(__name__)

#: Seconds between two lines about one code.
PAUSE = 60.0


class _Lines:
    """When each code's next line is due, and how many failures it will count."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.due: dict[str, float] = {}
        self.left_out: dict[str, int] = {}


class FailureLog:
    """Writes the first failure of each code at once, then one line a minute.

    :param what: the part that cannot answer.
    :param command: tells more about the cause.
    :param pause: seconds between two lines about one code.
    :param clock: returns seconds that never run backwards.
    """

    def __init__(
        self,
        what: str = "App Inbox",
        command: str = "flask app-inbox check",
        *,
        pause: float = PAUSE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._what = what
        self._command = command
        self._pause = pause
        self._clock = clock
        self._lines = PerProcess(_Lines)

    def write(self, error: AppInboxError) -> None:
        """Write a line about a failure, or count it for the next one.

        :param error: its message holds no secrets and no personal data.
        """
        lines = self._lines.get()
        with lines.lock:
            now = self._clock()
            if now < lines.due.get(error.code, now):
                lines.left_out[error.code] = lines.left_out.get(error.code, 0) + 1
                return
            lines.due[error.code] = now + self._pause
            left_out = lines.left_out.pop(error.code, 0)
        logger.warning(
            "%s cannot answer: %s (%s).%s%s",
            self._what,
            error,
            error.code,
            f" {left_out} more requests failed since the last line." * bool(left_out),
            f" {error.advice} See `{self._command}`." * bool(error.advice),
            # What a function of the site raised is the site's to mend.
            exc_info=error.__cause__ if isinstance(error, LoaderError) else None,
        )

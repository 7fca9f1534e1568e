"""A log of failed token requests that stays short however many fail.

While the vendor is down every page asks and fails. One line tells it, a line a
minute that it is still so.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from .errors import VendorRateLimited, VendorRejected

logger = logging.getLogger(__name__)

#: Seconds between two lines about one code.
PAUSE = 60.0

#: What an owner can do about it; the rest passes by itself.
ADVICE = {
    VendorRejected.code: (
        " Check APP_INBOX_API_KEY in the vendor's settings: the key is wrong, or "
        "disabled (the vendor does that after 90 days without use), or lacks the "
        "right to mint tokens (full access has it)."
    ),
    VendorRateLimited.code: (
        " The vendor allows an account 200 requests/s over most of its methods."
    ),
}


class FailureLog:
    """Writes the first failure of each code at once, then one line a minute.

    :param pause: seconds between two lines about one code.
    :param clock: returns seconds that never run backwards.
    """

    def __init__(
        self, *, pause: float = PAUSE, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._pause = pause
        self._clock = clock
        self._lock = threading.Lock()
        self._next_line: dict[str, float] = {}
        self._left_out: dict[str, int] = {}

    def write(self, code: str, reason: object) -> None:
        """Write a line about a failure, or count it for the next one.

        :param code: of the problem that was answered.
        :param reason: what happened: no secrets, no personal data.
        """
        with self._lock:
            now = self._clock()
            if now < self._next_line.get(code, now):
                self._left_out[code] = self._left_out.get(code, 0) + 1
                return
            self._next_line[code] = now + self._pause
            left_out = self._left_out.pop(code, 0)
        logger.warning(
            "App Inbox has no token to give: %s (%s).%s%s",
            reason,
            code,
            f" So had {left_out} more requests since the last line." * bool(left_out),
            ADVICE.get(code, ""),
        )

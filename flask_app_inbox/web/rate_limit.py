"""How often one contact may ask for a token.

We use a sliding window counter: it counts the requests of this window, and the part of
the previous window that still overlaps with the last minute. It keeps two numbers for
each contact whatever the limit is. With fixed windows, a contact could use up two
limits at once around the edge of a window.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..config.rate import read_rate
from ..per_process import PerProcess
from .problems import RateLimited
from .window_counts import WindowCounts

if TYPE_CHECKING:
    from .redis_counts import RedisCounts


class RateLimiter:
    """Limits how often one contact may ask; connects with the first request.

    If Redis is down, requests pass uncounted: a bell is worth more than a limit.

    :param limit: a checked rate; None: no limit.
    :param storage_url: where the counts are kept, ``memory://`` or ``redis://…``.
    :param patience: seconds that Redis may take for one request.
    :param clock: returns seconds that never run backwards.
    :raises ConfigError: if the storage URL cannot work.
    """

    def __init__(
        self,
        limit: str | None,
        storage_url: str,
        *,
        patience: float = 0.5,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._counts: PerProcess[WindowCounts | RedisCounts] | None = None
        if limit is None:
            return
        if storage_url == "memory://":
            rate = read_rate(limit)
            self._counts = PerProcess(lambda: WindowCounts(rate))
        else:
            from .redis_counts import RedisCounts  # most sites have no Redis

            self._counts = PerProcess(
                lambda: RedisCounts(limit, storage_url, patience=patience, clock=clock)
            )
        self._counts.get()  # a URL that cannot work is told now

    def check(self, user_tag: str, seconds: float = math.inf) -> None:
        """Count one request.

        :param user_tag: of the contact, so that no personal data is stored. It differs
            between apps with different ``SECRET_KEY``.
        :param seconds: what is left of the request's time.
        :raises RateLimited: if it is one too many.
        """
        if self._counts is None:
            return
        wait = self._counts.get().count(user_tag, seconds)
        if wait is not None:
            raise RateLimited(retry_after=wait)

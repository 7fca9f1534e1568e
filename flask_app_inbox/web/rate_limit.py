"""How often one contact may ask for a token.

A sliding window counter of limits: the requests of this window, and of the one
before the part that still overlaps with the last minute. It keeps two numbers
for each contact whatever the limit is, on Redis it is one step of Redis by its
own clock, and a contact cannot use up two limits at once around the edge of a
window, as with a fixed one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..errors import ConfigError
from .outage import Outage
from .problems import RateLimited

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.storage import Storage

#: Seconds that connecting to Redis, and then each of its answers, may take: both
#: together stay below 0.1.
REDIS_PATIENCE = 0.04
#: In every key, so that a Redis can be shared with others. What follows is a
#: contact's tag, which is another in an app of another ``SECRET_KEY``.
NAMESPACE = "flask-app-inbox"


class RateLimiter:
    """How often one contact may ask; nothing is connected before the first does.

    Without Redis, requests pass uncounted: a bell is worth more than a limit.

    :param limit: in the notation of the limits library; None: no limit.
    :param storage_url: where the counts are kept, ``memory://`` or ``redis://…``.
    :param clock: returns seconds that never run backwards.
    :raises ConfigError: if no storage can be made of its URL.
    """

    def __init__(
        self,
        limit: str | None,
        storage_url: str,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit = None
        if limit is None:
            return
        from limits import parse
        from limits.strategies import SlidingWindowCounterRateLimiter

        self._limit = parse(limit)
        self._windows = SlidingWindowCounterRateLimiter(_make_storage(storage_url))
        self._outage = Outage(
            "The rate limit is off, because APP_INBOX_STORAGE_URL does not work",
            clock=clock,
        )

    def check(self, tag: str) -> None:
        """Count one request.

        :param tag: of the contact, so that no personal data is stored.
        :raises RateLimited: if it is one too many.
        """
        if self._limit is None or not self._outage.is_worth_a_try():
            return
        try:
            wait = self._count(self._limit, tag)
        except Exception as error:  # whatever it is, it is no reason for a 500
            self._outage.note(error)
            return
        self._outage.end()
        if wait is not None:
            raise RateLimited(retry_after=wait)

    def _count(self, limit: RateLimitItem, tag: str) -> float | None:
        """Count a request, or return in how many seconds the next may come."""
        if self._windows.hit(limit, NAMESPACE, tag):
            return None
        stats = self._windows.get_window_stats(limit, NAMESPACE, tag)
        return max(0.0, stats.reset_time - time.time())


def _make_storage(url: str) -> Storage:
    try:
        return _storage_of(url)
    except Exception as error:
        # The text of the error could hold parts of the address.
        raise ConfigError(
            [
                "The rate limit cannot work: no connection to Redis can be made of "
                f"the STORAGE_URL ({type(error).__name__})."
            ]
        ) from None


def _storage_of(url: str) -> Storage:
    if url == "memory://":
        from .window_counts import WindowCounts

        return WindowCounts()
    from limits.storage import RedisStorage
    from redis import ConnectionPool
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    pool = ConnectionPool.from_url(url)
    # Given to from_url(), options in the URL would win over them.
    pool.connection_kwargs.update(
        socket_connect_timeout=REDIS_PATIENCE,
        socket_timeout=REDIS_PATIENCE,
        # By itself it would try for seconds.
        retry=Retry(NoBackoff(), 0),
    )
    # It connects to nothing, but fails of options that no connection takes.
    pool.connection_class(**pool.connection_kwargs)
    return RedisStorage(url, connection_pool=pool, wrap_exceptions=True)

"""How often one contact may ask for a token.

We use the sliding window counter of limits: it counts the requests of this window, and
the part of the previous window that still overlaps with the last minute. It keeps two
numbers for each contact whatever the limit is. On Redis it is one step, by the clock of
Redis. With fixed windows, a contact could use up two limits at once around the edge of
a window.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import ConfigError
from ..per_process import PerProcess
from .outage import Outage
from .problems import RateLimited

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.storage import Storage
    from limits.strategies import SlidingWindowCounterRateLimiter

#: Seconds that connecting to Redis may take, and each of its answers; together they
#: stay below 0.1.
REDIS_PATIENCE = 0.04
#: In every key, so that others can use the same Redis. The user tag follows, which
#: differs between apps with different ``SECRET_KEY``.
NAMESPACE = "flask-app-inbox"


@dataclass(frozen=True)
class _Counting:
    """What one process counts with."""

    windows: SlidingWindowCounterRateLimiter
    outage: Outage


class RateLimiter:
    """Limits how often one contact may ask; connects with the first request.

    If Redis is down, requests pass uncounted: a bell is worth more than a limit.

    :param limit: in the notation of the limits library; None: no limit.
    :param storage_url: where the counts are kept, ``memory://`` or ``redis://…``.
    :param clock: returns seconds that never run backwards.
    :raises ConfigError: if the storage URL cannot work.
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
        self._counting = PerProcess(
            lambda: _Counting(
                SlidingWindowCounterRateLimiter(_make_storage(storage_url)),
                Outage(
                    "The rate limit is off, because APP_INBOX_STORAGE_URL does not "
                    "work",
                    clock=clock,
                ),
            )
        )
        self._counting.get()  # a URL that cannot work is told now

    def check(self, user_tag: str) -> None:
        """Count one request.

        :param user_tag: of the contact, so that no personal data is stored.
        :raises RateLimited: if it is one too many.
        """
        if self._limit is None:
            return
        counting = self._counting.get()
        if not counting.outage.is_worth_a_try():
            return
        try:
            wait = _count(counting.windows, self._limit, user_tag)
        except Exception as error:  # no failure of the limit may cost the token
            counting.outage.note(error)
            return
        counting.outage.end()
        if wait is not None:
            raise RateLimited(retry_after=wait)


def _count(
    windows: SlidingWindowCounterRateLimiter, limit: RateLimitItem, user_tag: str
) -> float | None:
    """Count a request; if it is one too many, return the seconds until the next."""
    if windows.hit(limit, NAMESPACE, user_tag):
        return None
    stats = windows.get_window_stats(limit, NAMESPACE, user_tag)
    return max(0.0, stats.reset_time - time.time())


def _make_storage(url: str) -> Storage:
    try:
        return _storage_of(url)
    except Exception as error:
        # The text of the error could hold parts of the address.
        raise ConfigError(
            [
                "The rate limit cannot work: redis-py cannot use the STORAGE_URL "
                f"({type(error).__name__})."
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
    # If these went to from_url(), options in the URL would override them.
    pool.connection_kwargs.update(
        socket_connect_timeout=REDIS_PATIENCE,
        socket_timeout=REDIS_PATIENCE,
        # By default redis-py retries for seconds.
        retry=Retry(NoBackoff(), 0),
    )
    # This connects to nothing, but fails if the URL has unknown options.
    pool.connection_class(**pool.connection_kwargs)
    return RedisStorage(url, connection_pool=pool, wrap_exceptions=True)

"""Counts of requests on Redis, which processes and machines share.

The sliding window counter of limits is one step on Redis, by the clock of Redis. limits
itself tells when the window moves, which may be now and no help.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from limits import RateLimitItem, parse
from limits.storage import RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from ..config.rate import Rate
from ..errors import ConfigError
from .redis_access import RedisAccess
from .redis_pool import NAMESPACE
from .window_counts import seconds_until_free

_OFF = "The rate limit is off, because APP_INBOX_STORAGE_URL does not work"


class RedisCounts:
    """Sliding windows on Redis; nothing is connected before the first request.

    :param limit: in the notation of the limits library.
    :param patience: seconds that Redis may take for one request.
    :param clock: returns seconds that never run backwards.
    :raises ConfigError: if redis-py cannot use the URL.
    """

    def __init__(
        self,
        limit: str,
        url: str,
        *,
        patience: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit: RateLimitItem = parse(limit)
        self._rate = Rate(self._limit.amount, self._limit.get_expiry())
        try:
            self._redis = RedisAccess(
                url,
                warning=_OFF,
                patience=patience,
                is_failure=lambda _: True,  # limits may not fit the driver
                clock=clock,
            )
            self._storage = RedisStorage(url, connection_pool=self._redis.pool)
        except Exception as error:
            # The text of the error could hold parts of the address.
            raise ConfigError(
                [
                    "The rate limit cannot work: redis-py cannot use the STORAGE_URL "
                    f"({type(error).__name__})."
                ]
            ) from None
        self._windows = SlidingWindowCounterRateLimiter(self._storage)

    def count(self, key: str, seconds: float) -> float | None:
        """Count a request; if it is one too many, return the seconds until the next.

        :param seconds: what is left of the request's time.
        """
        try:
            return self._redis.ask(lambda: self._count(key), seconds)
        except Exception:  # the warning tells; no failure may cost the token
            return None

    def _count(self, key: str) -> float | None:
        if self._windows.hit(self._limit, NAMESPACE, key):
            return None
        window = self._storage.get_sliding_window(
            self._limit.key_for(NAMESPACE, key), self._rate.seconds
        )
        return seconds_until_free(self._rate, *window)

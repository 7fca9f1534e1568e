"""How often one contact may ask for a token.

We use the sliding window counter of limits: it counts the requests of this window, and
the part of the previous window that still overlaps with the last minute. It keeps two
numbers for each contact whatever the limit is. On Redis it is one step, by the clock of
Redis. With fixed windows, a contact could use up two limits at once around the edge of
a window.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import ConfigError
from ..per_process import PerProcess
from .problems import RateLimited
from .redis_pool import NAMESPACE

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.strategies import SlidingWindowCounterRateLimiter

    from .redis_access import RedisAccess

_OFF = "The rate limit is off, because APP_INBOX_STORAGE_URL does not work"


@dataclass(frozen=True)
class _Counting:
    """What one process counts with.

    :param redis: where the counts are; None: in this process.
    """

    windows: SlidingWindowCounterRateLimiter
    redis: RedisAccess | None = None


class RateLimiter:
    """Limits how often one contact may ask; connects with the first request.

    If Redis is down, requests pass uncounted: a bell is worth more than a limit.

    :param limit: in the notation of the limits library; None: no limit.
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
        self._limit = None
        if limit is None:
            return
        from limits import parse

        self._limit = parse(limit)
        if storage_url == "memory://":
            self._counting = PerProcess(_in_memory)
        else:
            self._counting = PerProcess(
                lambda: _over_redis(storage_url, patience, clock)
            )
        self._counting.get()  # a URL that cannot work is told now

    def check(self, user_tag: str, seconds: float = math.inf) -> None:
        """Count one request.

        :param user_tag: of the contact, so that no personal data is stored. It differs
            between apps with different ``SECRET_KEY``.
        :param seconds: what is left of the request's time.
        :raises RateLimited: if it is one too many.
        """
        limit = self._limit
        if limit is None:
            return
        counting = self._counting.get()
        if counting.redis is None:
            wait = _count(counting, limit, user_tag)
        else:
            try:
                wait = counting.redis.ask(
                    lambda: _count(counting, limit, user_tag), seconds
                )
            except Exception:  # the warning tells; no failure may cost the token
                return
        if wait is not None:
            raise RateLimited(retry_after=wait)


def _count(counting: _Counting, limit: RateLimitItem, user_tag: str) -> float | None:
    """Count a request; if it is one too many, return the seconds until the next."""
    if counting.windows.hit(limit, NAMESPACE, user_tag):
        return None
    expiry = limit.get_expiry()
    window = counting.windows.storage.get_sliding_window(  # type: ignore[attr-defined] # both have it
        limit.key_for(NAMESPACE, user_tag), expiry
    )
    return seconds_until_free(limit.amount, expiry, *window)


def seconds_until_free(
    amount: int,
    expiry: float,
    previous: int,
    previous_left: float,
    current: int,
    current_left: float,
) -> float:
    """Return when a sliding window has room for one more request; at least 1.

    limits itself tells when the window moves, which may be now and no help.

    :param amount: how many requests a window may hold.
    :param expiry: seconds that a window lasts.
    :param previous: how many requests the window before has counted.
    :param previous_left: seconds until that counts nothing any more.
    :param current_left: seconds until the same is true of this window.
    """
    start = 0.0
    if current >= amount:
        # Nothing is free before this window is the one before.
        start = max(0.0, current_left - expiry)
        previous, previous_left, current = current, expiry, 0
    room = amount - current
    free = previous_left - room * expiry / previous if previous else 0.0
    return max(1.0, start + max(0.0, free) + 0.001)


def _in_memory() -> _Counting:
    from limits.strategies import SlidingWindowCounterRateLimiter

    from .window_counts import WindowCounts

    return _Counting(SlidingWindowCounterRateLimiter(WindowCounts()))


def _over_redis(url: str, patience: float, clock: Callable[[], float]) -> _Counting:
    from limits.storage import RedisStorage
    from limits.strategies import SlidingWindowCounterRateLimiter

    from .redis_access import RedisAccess  # most sites have no Redis

    try:
        redis = RedisAccess(
            url,
            warning=_OFF,
            patience=patience,
            is_failure=lambda _: True,  # limits may not fit the driver
            clock=clock,
        )
        storage = RedisStorage(url, connection_pool=redis.pool)
    except Exception as error:
        # The text of the error could hold parts of the address.
        raise ConfigError(
            [
                "The rate limit cannot work: redis-py cannot use the STORAGE_URL "
                f"({type(error).__name__})."
            ]
        ) from None
    return _Counting(SlidingWindowCounterRateLimiter(storage), redis)

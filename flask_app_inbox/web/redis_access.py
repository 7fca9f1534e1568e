"""Asking Redis on behalf of a request that has only so much time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from .outage import PAUSE
from .redis_pool import make_pool
from .storage_guard import SILENCE, StorageGuard, StorageSilent

if TYPE_CHECKING:
    from redis import ConnectionPool

Result = TypeVar("Result")


class RedisDown(Exception):
    """Redis does not answer; the text says why.

    :param retry_after: seconds to wait before the next try.
    """

    def __init__(self, message: str, retry_after: float = PAUSE) -> None:
        super().__init__(message)
        self.retry_after = retry_after


def is_of_redis(error: Exception) -> bool:
    """Return whether redis-py has raised an error."""
    return any(
        kind.__module__.partition(".")[0] == "redis" for kind in type(error).mro()
    )


class RedisAccess:
    """A pool of connections to Redis, and the way to ask it.

    Nothing is connected before the first question.

    :param warning: what does not work while Redis is down, for the log; None: whoever
        asks tells of it.
    :param patience: seconds that Redis may take for one answer.
    :param is_failure: tells which errors of a call say that Redis is down; any other
        is an answer.
    :param clock: returns seconds that never run backwards.
    :raises Exception: if redis-py can make no connection of the URL.
    """

    def __init__(
        self,
        url: str,
        *,
        warning: str | None,
        patience: float,
        is_failure: Callable[[Exception], bool] = is_of_redis,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.pool: ConnectionPool = make_pool(url, patience)
        self._patience = patience
        self._is_failure = is_failure
        self._guard = StorageGuard(
            warning, (RedisDown,), silence=min(SILENCE, patience), clock=clock
        )

    def ask(self, call: Callable[[], Result], seconds: float) -> Result:
        """Make a call that uses the pool, and return its result.

        :param seconds: what is left of the request's time.
        :raises RedisDown: if Redis does not answer in time, or did not lately.
        """

        def ask() -> Result:
            try:
                return call()
            except Exception as error:
                if not self._is_failure(error):
                    raise
                # After a failover they may all lead to a server that takes no changes.
                self.pool.disconnect(inuse_connections=False)
                # The text of the error could hold parts of the address.
                raise RedisDown(type(error).__name__) from error

        try:
            return self._guard.ask(ask, min(self._patience, seconds))
        except StorageSilent as error:
            raise RedisDown(str(error), error.retry_after) from None

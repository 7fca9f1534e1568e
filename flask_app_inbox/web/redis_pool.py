"""Connections to Redis, for what processes share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from redis import ConnectionPool

#: In every key, so that others can use the same Redis.
NAMESPACE = "flask-app-inbox"


def make_pool(url: str, patience: float) -> ConnectionPool:
    """Return a pool of connections, without connecting yet.

    It speaks protocol 2, because older servers and some proxies know no ``HELLO``.

    :param patience: seconds for connecting and for each answer, whatever the URL says.
    :raises Exception: if redis-py can make no connection of the URL.
    """
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    ours: dict[str, Any] = {
        "socket_connect_timeout": patience,
        "socket_timeout": patience,
        # By default redis-py retries for seconds.
        "retry": Retry(NoBackoff(), 0),
    }
    if int(redis.__version__.split(".")[0]) >= 5:  # before, there was no other
        ours["protocol"] = 2
    pool = redis.ConnectionPool.from_url(url, **ours)
    # Options in the URL have overridden them.
    pool.connection_kwargs.update(ours)
    # This fails if the URL has unknown options.
    pool.connection_class(**pool.connection_kwargs)
    return pool

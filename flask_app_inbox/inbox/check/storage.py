"""Is what processes share in a place that they share?"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..settings import Settings
from .finding import Area

_GUNICORN = re.compile(r"(?:^|\s)(?:-w|--workers)[=\s]?\s*(\d+)")


def processes_of(environ: Mapping[str, str]) -> int | None:
    """Return how many processes the environment tells servers to start, if it does."""
    found = _GUNICORN.search(environ.get("GUNICORN_CMD_ARGS", ""))
    given = found[1] if found else environ.get("WEB_CONCURRENCY", "")
    return int(given) if given.isdigit() else None


def check_storage(settings: Settings, processes: int | None, area: Area) -> None:
    """Find counts that each process keeps for itself, or a Redis that is not there.

    :param processes: of the site in operation; None: unknown.
    """
    if settings.storage_url == "memory://":
        _check_memory(processes, area)
        return
    try:
        from redis import Redis
        from redis.exceptions import RedisError
    except ImportError:
        area.error(
            "redis_missing",
            "APP_INBOX_STORAGE_URL needs the Redis client, which is not installed.",
            why="Requests cannot be counted.",
            mend='pip install "flask-app-inbox[redis]"',
        )
        return
    with Redis.from_url(
        settings.storage_url, socket_timeout=2, socket_connect_timeout=2
    ) as redis:
        try:
            redis.ping()
        except RedisError as error:
            area.error(
                "redis_unreachable",
                "Redis at APP_INBOX_STORAGE_URL does not answer "
                f"({type(error).__name__}).",
                why="The rate limit does not work without it.",
                mend='APP_INBOX_STORAGE_URL = "redis://host:6379/0"',
            )
        else:
            area.ok("Redis answers: all processes count together.")


def _check_memory(processes: int | None, area: Area) -> None:
    if processes == 1:
        area.ok("One process keeps its counts in memory.")
        return
    if processes is None:
        area.ok(
            "Counts are kept in memory, which fits one process; with more, say "
            "--processes N to have it checked."
        )
        return
    area.error(
        "storage_not_shared",
        f"{processes} processes count in memory, each for itself.",
        why=f"A contact may ask {processes} times as often as the rate limit says.",
        mend='APP_INBOX_STORAGE_URL = "redis://localhost:6379/0"  '
        '# pip install "flask-app-inbox[redis]"',
    )

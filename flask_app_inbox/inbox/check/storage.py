"""Do the site's processes count in a place that they share?"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...web.redis_pool import make_pool
from ..settings import Settings
from .finding import FindingKind, Section

REDIS_MISSING = FindingKind(
    "redis_missing",
    "error",
    what="APP_INBOX_STORAGE_URL needs the Redis client, which is not installed.",
    why="Without it the site cannot count requests.",
    fix='pip install "flask-app-inbox[redis]"',
)
REDIS_UNREACHABLE = FindingKind(
    "redis_unreachable",
    "error",
    what="Redis at APP_INBOX_STORAGE_URL does not answer ({error}).",
    why="The rate limit does not work without it.",
    fix='APP_INBOX_STORAGE_URL = "redis://host:6379/0"',
)
STORAGE_NOT_SHARED = FindingKind(
    "storage_not_shared",
    "error",
    what="Each of {processes} processes counts requests in its own memory.",
    why="A contact may ask {processes} times as often as the rate limit says.",
    fix='APP_INBOX_STORAGE_URL = "redis://localhost:6379/0"  '
    '# pip install "flask-app-inbox[redis]"',
)

WEBHOOK_NOT_SHARED = FindingKind(
    "webhook_not_shared",
    "warning",
    what="Each of {processes} processes knows only the messages that its own webhook "
    "took.",
    why="A message that the vendor sends again may come to another process: receivers "
    "of message_received hear it twice. And bells that other processes serve learn of "
    "a message later.",
    fix='APP_INBOX_STORAGE_URL = "redis://localhost:6379/0"  '
    '# pip install "flask-app-inbox[redis]"',
)

#: Seconds that Redis may take to answer.
_PATIENCE = 2.0

_GUNICORN = re.compile(r"(?:^|\s)(?:-w|--workers)[=\s]?\s*(\d+)")


def processes_of(environ: Mapping[str, str]) -> int | None:
    """Return how many processes the environment tells servers to start, if it does."""
    found = _GUNICORN.search(environ.get("GUNICORN_CMD_ARGS", ""))
    given = found[1] if found else environ.get("WEB_CONCURRENCY", "")
    return int(given) if given.isdigit() else None


def check_storage(settings: Settings, processes: int | None, section: Section) -> None:
    """Find counts that processes do not share, or a Redis that does not answer.

    :param processes: how many the site runs in operation; None: unknown.
    """
    if settings.rate_limit is None:
        section.ok("There is no rate limit, so nothing is counted.")
        return
    if settings.storage_url == "memory://":
        _check_memory(settings, processes, section)
        return
    try:
        from redis import Redis
        from redis.exceptions import RedisError
    except ImportError:
        section.report(REDIS_MISSING)
        return
    # As the site itself connects.
    pool = make_pool(settings.storage_url, _PATIENCE)
    try:
        Redis(connection_pool=pool).ping()
    except RedisError as error:
        section.report(REDIS_UNREACHABLE, error=type(error).__name__)
    else:
        section.ok("Redis answers: all processes count together.")
    finally:
        pool.disconnect()


def _check_memory(settings: Settings, processes: int | None, section: Section) -> None:
    if processes == 1:
        section.ok("One process keeps its counts in memory.")
    elif processes is None:
        section.ok(
            "Counts are kept in memory, which is right for one process. If the site "
            "runs more, check with --processes N."
        )
    else:
        section.report(STORAGE_NOT_SHARED, processes=processes)
        if settings.webhook_password is not None:
            section.report(WEBHOOK_NOT_SHARED, processes=processes)

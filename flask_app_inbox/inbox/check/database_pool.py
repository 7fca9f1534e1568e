"""Does the site's own database have connections to spare while the vendor is slow?"""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask

from ..settings import Settings
from .finding import FindingKind, Section

POOL_TOO_SMALL = FindingKind(
    "pool_too_small",
    "warning",
    what="{calls} requests may wait for the vendor at once, and the pool of your "
    "database has {connections} connections.",
    why="A request that has looked up its user holds a connection to its end. While "
    "the vendor is slow, other pages wait for one.",
    fix="APP_INBOX_MAX_CONCURRENT = {fewer}  # or a larger pool_size in "
    "SQLALCHEMY_ENGINE_OPTIONS",
)


def check_database_pool(app: Flask, settings: Settings, section: Section) -> None:
    """Compare the pools of Flask-SQLAlchemy with the calls at once, where they are."""
    sizes = list(_sizes(app))
    if not sizes:
        return
    connections = min(sizes)
    if settings.max_concurrent < connections:
        section.ok(f"The database's pool has {connections} connections.")
        return
    section.report(
        POOL_TOO_SMALL,
        calls=settings.max_concurrent,
        connections=connections,
        fewer=max(1, connections // 2),
    )


def _sizes(app: Flask) -> Iterator[int]:
    """Yield how many connections each pool gives out, if it has a limit.

    Nothing is connected for that.
    """
    database = app.extensions.get("sqlalchemy")
    if database is None:
        return
    from sqlalchemy.pool import QueuePool

    with app.app_context():
        for engine in database.engines.values():
            pool = engine.pool
            # A pool of SQLAlchemy tells its size, but not how far it may grow.
            if isinstance(pool, QueuePool) and pool._max_overflow >= 0:
                yield pool.size() + pool._max_overflow

"""A SQL database that many threads, processes and machines may write to.

We support two kinds, each with its own lock. SQLite locks the whole file, with
``BEGIN IMMEDIATE``; PostgreSQL locks a row. Both release the lock when the process that
holds it dies, and neither makes readers wait.
"""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from ..errors import StorageError
from ..per_process import PerProcess

#: Seconds after which PostgreSQL ends a transaction whose client is silent, because its
#: machine may have vanished. It is longer than any call to the vendor.
ABANDONED = 90
#: Seconds that a short write waits for others.
PATIENCE = 10.0


class LockBusy(StorageError):
    """Somebody else held the lock for too long."""


class Database:
    """Where connections are kept.

    :param url: ``sqlite:///path`` or ``postgresql://…``.
    """

    def __init__(self, url: str) -> None:
        self._url = make_url(re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url))
        self.is_sqlite = self._url.get_backend_name() == "sqlite"
        self._engines = PerProcess(self._make_engine)

    @property
    def engine(self) -> Engine:
        """The engine of this process; a forked child gets its own."""
        return self._engines.get()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield a connection for reading, which waits for no writer.

        :raises StorageError: if the database cannot be used.
        """
        with _told_plainly(), self.engine.connect() as connection:
            yield connection.execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def write(self, patience: float = PATIENCE) -> Iterator[Connection]:
        """Yield a transaction for writing; it commits unless the block raises.

        :param patience: seconds to wait for the lock. SQLite takes it at the start,
            PostgreSQL at ``SELECT … FOR UPDATE``.
        :raises LockBusy: if others hold the lock for longer.
        :raises StorageError: if the database cannot be used.
        """
        milliseconds = str(max(1, int(patience * 1000)))
        with _told_plainly(), self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql(f"PRAGMA busy_timeout = {milliseconds}")
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                for name, value in (
                    ("lock_timeout", milliseconds),
                    ("idle_in_transaction_session_timeout", f"{ABANDONED}s"),
                ):
                    connection.execute(
                        text("SELECT set_config(:name, :value, true)"),
                        {"name": name, "value": value},
                    )
            yield connection
            connection.commit()

    def close(self) -> None:
        """Close the connections that this process keeps; it may open others later."""
        engine = self._engines.forget()
        if engine is not None:
            engine.dispose()

    def _make_engine(self) -> Engine:
        if not self.is_sqlite:
            return create_engine(
                self._url,
                pool_pre_ping=True,
                hide_parameters=True,
                connect_args={"connect_timeout": 5},
            )
        if self._url.database:
            _create_private_file(Path(self._url.database))
        # A connection of SQLite costs less than a pool that forks may share.
        engine = create_engine(self._url, poolclass=NullPool, hide_parameters=True)
        event.listen(engine, "connect", _set_up_sqlite)
        return engine


def _create_private_file(path: Path) -> None:
    """Create the file before SQLite does: SQLite would let everybody read it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise StorageError(
            f"The database {path} cannot be created ({error.strerror}). Set "
            "APP_INBOX_DATABASE_URL to a place where the site may write."
        ) from error


def _set_up_sqlite(connection: Any, _record: object) -> None:
    # Stop the driver from beginning transactions itself: they would be deferred.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout = 10000")
    cursor.execute("PRAGMA journal_mode = WAL")
    # A commit must reach the disk: the vendor accepts only these tokens.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


@contextmanager
def _told_plainly() -> Iterator[None]:
    """Turn SQLAlchemy's errors into ours, whose text holds no values and no URL."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        if _is_busy(error):
            raise LockBusy(
                "The database is locked by another process.", retryable=True
            ) from None
        # The first line of a driver's message names host or file, never a password.
        reason = next(iter(str(error.orig).splitlines()), "")
        raise StorageError(
            f"The database with the OAuth connections cannot be used ({reason}). See "
            "APP_INBOX_DATABASE_URL; `flask app-inbox oauth init-db` makes its table.",
            # A server may come back; a file that is missing or full needs somebody.
            retryable=not isinstance(error.orig, sqlite3.Error),
        ) from None
    except SQLAlchemyError as error:
        kind = error.orig if isinstance(error, DBAPIError) else error
        raise StorageError(
            "The database with the OAuth connections answered "
            f"{type(kind).__name__}. `flask app-inbox oauth init-db` makes its table."
        ) from None


def _is_busy(error: DBAPIError) -> bool:
    # PostgreSQL's lock_not_available, SQLite's SQLITE_BUSY.
    if getattr(error.orig, "sqlstate", None) == "55P03":
        return True
    return "database is locked" in str(error.orig)

"""A SQL database that many threads, processes and machines may write to.

We support two kinds, each with its own lock. SQLite locks the whole file, with
``BEGIN IMMEDIATE``; PostgreSQL locks a row. Both release the lock when the process that
holds it dies, and neither makes readers wait.

PostgreSQL may stand behind a pooler that gives each transaction another session. So
limits are set for a transaction, never for a session, and no statement is prepared.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from ..config.database_url import DatabaseAddress, read_database_url
from ..errors import StorageError
from ..per_process import PerProcess
from .database_errors import LockBusy, ReadOnly, told

#: Seconds after which PostgreSQL ends a transaction whose client is silent, because its
#: machine may have vanished. It is longer than any call to the vendor.
ABANDONED = 90
#: Seconds that a short write waits for others.
PATIENCE = 10.0
#: Transactions at once in a process. A refresh holds one while the vendor is slow, and
#: many of them must not take all that the server has.
WRITERS = 8
#: Seconds after which a connection is made anew: another server may stand there now.
RECYCLE = 300

#: How PostgreSQL's client notices a server that has vanished; the URL goes first.
_NETWORK = {
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "15000",
}
_LIMITS = text(
    "SELECT set_config('lock_timeout', :patience, true), "
    "set_config('statement_timeout', :longest, true), "
    "set_config('idle_in_transaction_session_timeout', :abandoned, true), "
    "current_setting('transaction_read_only') AS read_only"
)


class Database:
    """Where connections are kept.

    :param url: ``sqlite:///path`` or ``postgresql://…``.
    :param folder: where a relative path of SQLite begins; an absolute one.
    """

    def __init__(self, url: str, folder: str | Path = ".") -> None:
        address = read_database_url(url)
        assert address is not None, "the setting is checked"  # noqa: S101
        self.is_sqlite = address.path is not None
        self._path = Path(folder, address.path) if address.path else None
        self._address = address
        self._engines = PerProcess(self._make_engine)
        self._writers = PerProcess(lambda: threading.BoundedSemaphore(WRITERS))

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
    def write(self, patience: float | None = None) -> Iterator[Connection]:
        """Yield a transaction for writing; it commits unless the block raises.

        :param patience: seconds to wait for the lock. SQLite takes it at the start,
            PostgreSQL at ``SELECT … FOR UPDATE``.
        :raises LockBusy: if others hold the lock for longer.
        :raises StorageError: if the database cannot be used.
        """
        patience = PATIENCE if patience is None else patience
        writers, end = self._writers.get(), time.monotonic() + patience
        if not writers.acquire(timeout=patience):
            raise LockBusy
        try:
            with _told_plainly(), self._begin(end - time.monotonic()) as connection:
                yield connection
                connection.commit()
        finally:
            writers.release()

    def close(self) -> None:
        """Close the connections that this process keeps; it may open others later."""
        engine = self._engines.forget()
        if engine is not None:
            engine.dispose()

    def _begin(self, patience: float) -> Connection:
        """Return a connection in a transaction that may write."""
        milliseconds = max(1, int(patience * 1000))
        for _ in range(2):
            connection = self.engine.connect()
            try:
                if self.is_sqlite:
                    connection.exec_driver_sql(f"PRAGMA busy_timeout = {milliseconds}")
                    connection.exec_driver_sql("BEGIN IMMEDIATE")
                    return connection
                if not _is_read_only(connection, milliseconds):
                    return connection
            except BaseException:
                connection.close()
                raise
            connection.close()
            # After a failover the pool's connections may all lead to the standby.
            self.engine.dispose()
        raise ReadOnly

    def _make_engine(self) -> Engine:
        if self._path is None:
            return _postgresql(self._address)
        # A connection of SQLite costs less than a pool that forks may share.
        engine = create_engine(
            URL.create("sqlite", database=str(self._path)),
            poolclass=NullPool,
            hide_parameters=True,
        )
        path = self._path
        # Somebody may delete the file while we run.
        event.listen(engine, "do_connect", lambda *_: _create_private_file(path))
        event.listen(engine, "connect", _set_up_sqlite)
        return engine


def _postgresql(address: DatabaseAddress) -> Engine:
    url = URL.create(
        "postgresql+psycopg",
        address.user,
        address.password,
        address.host,
        address.port,
        address.name,
        address.options,
    )
    network = {
        name: value for name, value in _NETWORK.items() if name not in address.options
    }
    return create_engine(
        url,
        pool_pre_ping=True,
        pool_recycle=RECYCLE,
        # Readers and writers have limits of their own, so nobody waits for the pool.
        max_overflow=-1,
        # Under another level, who waits for a row's lock fails as soon as it is free.
        isolation_level="READ COMMITTED",
        hide_parameters=True,
        connect_args={**network, "prepare_threshold": None},
    )


def _is_read_only(connection: Connection, milliseconds: int) -> bool:
    """Set the limits of a transaction; tell whether it may only read."""
    limits = {
        "patience": str(milliseconds),
        "longest": str(milliseconds + int(PATIENCE * 1000)),
        "abandoned": f"{ABANDONED}s",
    }
    return bool(connection.execute(_LIMITS, limits).one().read_only == "on")


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
    except DBAPIError as error:
        raise told(error) from None
    except SQLAlchemyError as error:
        raise StorageError(
            "The database with the OAuth connections cannot be used "
            f"({type(error).__name__}). See APP_INBOX_DATABASE_URL."
        ) from None

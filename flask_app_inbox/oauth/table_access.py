"""Short reads and changes of the table, for requests that have only so much time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeVar

from sqlalchemy import Connection

from ..client.deadline import Deadline
from ..errors import VendorTimeout
from ..per_process import PerProcess
from ..web.storage_guard import StorageGuard, StorageSilent
from .database import PATIENCE, Database
from .database_errors import DatabaseDown
from .table import add_missing_columns, is_complete, metadata

#: Seconds for a call without a deadline: a wait for the lock, and more.
LONGEST = PATIENCE + 5.0

Result = TypeVar("Result")


class TableAccess:
    """A database whose table is made with its first use.

    Whatever the database does, a call with a deadline ends by then.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.is_made = False
        self._making = PerProcess(threading.Lock)
        # The failure of a request is logged anyway.
        self._guard = StorageGuard(None, (DatabaseDown,))

    def make_tables(self) -> None:
        """Make the table unless it is there; add columns that are newer than it."""
        with self._making.get():
            if self.is_made:
                return
            # Looking waits for nobody, making waits for whoever writes.
            with self._database.read() as connection:
                self.is_made = is_complete(connection)
            if self.is_made:
                return
            with self._database.write() as connection:
                if not self._database.is_sqlite:
                    # Of two processes that make it at once, one would fail.
                    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(704120)")
                metadata.create_all(connection)
                add_missing_columns(connection)
            self.is_made = True

    def read(
        self, read: Callable[[Connection], Result], deadline: Deadline | None = None
    ) -> Result:
        """Return what a function reads, without waiting for writers.

        :raises StorageError: if the database cannot be used, or not in time.
        :raises VendorTimeout: if no time was left.
        """
        return self._ask(self._database.read, read, deadline)

    def write(
        self, write: Callable[[Connection], Result], deadline: Deadline | None = None
    ) -> Result:
        """Run a function in a transaction of its own and return what it returns.

        :raises StorageError: if the database cannot be used, or not in time.
        :raises VendorTimeout: if no time was left.
        """
        return self._ask(self._database.write, write, deadline)

    def _ask(
        self,
        begin: Callable[[], AbstractContextManager[Connection]],
        work: Callable[[Connection], Result],
        deadline: Deadline | None,
    ) -> Result:
        def call() -> Result:
            self.make_tables()
            with begin() as connection:
                return work(connection)

        if deadline is not None and not deadline.remaining():
            # The site used up the time itself, so it is not the database's fault.
            raise VendorTimeout("no time was left to ask the database")
        try:
            if deadline is None:
                return self._guard.ask(call, LONGEST, insist=True)
            return self._guard.ask(call, deadline.remaining())
        except StorageSilent as error:
            raise DatabaseDown(str(error), retry_after=error.retry_after) from None

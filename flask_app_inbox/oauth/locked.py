"""A connection that nobody else can change now, and what a refresh may do to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from .client import Tokens
from .table import RECONNECT_NEEDED, StoredConnection, update


class LockedConnection:
    """A row under the database's lock.

    :param row: as it was when the lock was taken.
    :param fresh: returns the columns of new tokens and their account.
    """

    def __init__(
        self,
        connection: Connection,
        row: StoredConnection,
        fresh: Callable[[Tokens, dict[str, Any]], dict[str, Any]],
    ) -> None:
        self._connection = connection
        self.row = row
        self._fresh = fresh

    def rehearse(self) -> None:
        """Execute the statement of :meth:`renew` with the values that are there.

        The first time of a statement takes several times as long as the second. Once
        the vendor has changed the tokens, a process that dies loses them, so the first
        time is now. And a database that takes no such write says so now.
        """
        values = self._fresh(self.row.tokens, self.row.account)
        kept = {name: getattr(self.row, name) for name in values if name != "sealed"}
        self._set(generation=self.row.generation, **{**values, **kept})

    def renew(self, tokens: Tokens) -> None:
        """Store the tokens of a refresh."""
        values = self._fresh(tokens, self.row.account)
        self._set(generation=self.row.generation + 1, **values)

    def lose(self, problem: str) -> None:
        """Mark that the owner has to connect again."""
        self._set(state=RECONNECT_NEEDED, problem=problem, unfinished=0, retry_at=0.0)

    def put_off(self, problem: str, retry_at: float, *, answered: bool) -> None:
        """Note a refresh that may succeed later.

        :param retry_at: when it may be repeated, in seconds since the epoch.
        :param answered: whether the vendor answered at all.
        """
        self._set(
            problem=problem,
            failures=self.row.failures + 1,
            retry_at=retry_at,
            **({"unfinished": 0} if answered else {}),
        )

    def _set(self, **values: Any) -> None:
        self._connection.execute(update(self.row.name).values(**values))

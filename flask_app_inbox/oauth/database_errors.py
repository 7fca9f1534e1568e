"""What a database's failure means, in our words.

A driver's text is read here and goes no further: it may hold addresses, names of users,
and whatever an unlucky URL made of them.
"""

from __future__ import annotations

import re
import sqlite3
from typing import TYPE_CHECKING

from ..errors import StorageError

if TYPE_CHECKING:
    from sqlalchemy.exc import DBAPIError

_DATABASE = "The database with the OAuth connections"
_SETTING = "See APP_INBOX_DATABASE_URL."


class LockBusy(StorageError):
    """Somebody else held the lock for too long."""

    def __init__(self) -> None:
        super().__init__(
            f"{_DATABASE} is busy: another process is changing it.", retryable=True
        )


class DatabaseDown(StorageError):
    """The database cannot be reached, or does not answer.

    :param reason: how the sentence about the database goes on.
    """

    def __init__(self, reason: str, *, retry_after: float | None = None) -> None:
        super().__init__(f"{_DATABASE} {reason}. {_SETTING}", retryable=True)
        self.retry_after = retry_after


class ReadOnly(StorageError):
    """The server takes no changes: it is a standby, or was told to."""

    def __init__(self) -> None:
        super().__init__(
            f"{_DATABASE} is read-only: a standby answers at its address. {_SETTING}",
            retryable=True,
        )


#: What PostgreSQL says in an SQLSTATE.
_BUSY = {"55P03", "40001", "40P01", "57014"}
_READ_ONLY = {"25006"}
_NO_TABLE = {"42P01", "42703"}
_NOT_ALLOWED = {"42501"}
#: No connection, no resources, or the server is going down.
_DOWN = ("08", "53", "57P")

#: What drivers say in words, and what we say. The first that fits is taken.
_REASONS = (
    ("database is locked", ""),
    ("no such table|no such column", "has no table for them"),
    ("unable to open", "cannot be opened"),
    ("readonly database", "is a file that the site may not write"),
    ("is full", "has no room left on its disk"),
    ("disk I/O", "has a disk that fails"),
    ("not a database|malformed", "is a file that is no sound database"),
    ("password|authentication|pg_hba", "refuses the user or the password"),
    ("does not exist", "does not exist, or its user does not"),
    ("resolve|translate host|not known|getaddrinfo", "has a host without an address"),
    ("refused", "cannot be reached: nobody listens at its address"),
    ("time[d ]?.?out", "did not answer in time"),
    ("too many|remaining connection", "has no connection left for us"),
    ("SSL|certificate", "cannot be reached over TLS as asked"),
    ("starting up|shutting down", "is starting or stopping"),
)


def told(error: DBAPIError) -> StorageError:
    """Return an error of ours for one of a driver."""
    state = getattr(error.orig, "sqlstate", None) or ""
    reason = _reason(str(error.orig))
    if state in _BUSY or reason == "":
        return LockBusy()
    if state in _READ_ONLY:
        return ReadOnly()
    if state in _NO_TABLE or "no table" in (reason or ""):
        return StorageError(
            f"{_DATABASE} has no table for them, or an older one. `flask app-inbox "
            "oauth init-db` makes it."
        )
    if state in _NOT_ALLOWED:
        return StorageError(
            f"{_DATABASE} does not allow its user to do this. Run `flask app-inbox "
            "oauth init-db` once as a user who may create tables, and grant the "
            "site's user SELECT, INSERT, UPDATE and DELETE on app_inbox_connections."
        )
    if _is_down(error, state):
        return DatabaseDown(reason or f"cannot be reached ({_name(error)})")
    # A file that is missing or full needs somebody.
    return StorageError(
        f"{_DATABASE} {reason or f'cannot be used ({_name(error)})'}. {_SETTING}"
    )


def _reason(text: str) -> str | None:
    for pattern, reason in _REASONS:
        if re.search(pattern, text, re.IGNORECASE):
            return reason
    return None


def _is_down(error: DBAPIError, state: str) -> bool:
    if isinstance(error.orig, sqlite3.Error):
        return False
    return state.startswith(_DOWN) or (not state and _name(error) != "ProgrammingError")


def _name(error: DBAPIError) -> str:
    return type(error.orig).__name__

"""What a driver says is told in our words, whatever it says."""

from __future__ import annotations

import sqlite3
from typing import Any

import psycopg
import pytest
from psycopg import errors
from sqlalchemy.exc import OperationalError

from flask_app_inbox import StorageError
from flask_app_inbox.oauth.database_errors import (
    DatabaseDown,
    LockBusy,
    ReadOnly,
    told,
)

SECRET = "half-a-secret"


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (errors.SerializationFailure, LockBusy, "busy"),
        (errors.DeadlockDetected, LockBusy, "busy"),
        (errors.LockNotAvailable, LockBusy, "busy"),
        (errors.QueryCanceled, LockBusy, "busy"),
        (errors.ReadOnlySqlTransaction, ReadOnly, "read-only"),
        (errors.AdminShutdown, DatabaseDown, "AdminShutdown"),
        (errors.TooManyConnections, DatabaseDown, "TooManyConnections"),
        (errors.UndefinedTable, StorageError, "init-db` makes it"),
        (errors.UndefinedColumn, StorageError, "init-db` makes it"),
        (errors.DiskFull, DatabaseDown, "DiskFull"),
        ("password authentication failed for", DatabaseDown, "refuses the user"),
        ("failed to resolve host", DatabaseDown, "a host without an address"),
        ("Name or service not known:", DatabaseDown, "a host without an address"),
        ("connection timeout expired", DatabaseDown, "in time"),
        ("server closed the connection", DatabaseDown, "OperationalError"),
        ("ключ не підходить", DatabaseDown, "OperationalError"),
        (sqlite3.OperationalError("database is locked"), LockBusy, "busy"),
        (sqlite3.OperationalError("no such table: x"), StorageError, "init-db"),
        (sqlite3.OperationalError("disk I/O error"), StorageError, "that fails"),
        (sqlite3.DatabaseError("file is not a database"), StorageError, "sound"),
    ],
)
def test_an_error_has_our_words_and_none_of_the_drivers(
    error: Any, kind: type[StorageError], words: str
) -> None:
    if isinstance(error, str):
        error = psycopg.OperationalError(f"{error} {SECRET}")
    elif isinstance(error, type):
        error = error(SECRET)
    ours = told(OperationalError("SELECT 1", {}, error))
    assert type(ours) is kind
    assert words in str(ours)
    assert SECRET not in str(ours)
    assert "SELECT" not in str(ours)

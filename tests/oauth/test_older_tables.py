"""A database that an earlier version has made goes on working."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import inspect

from flask_app_inbox import StorageError
from flask_app_inbox.oauth.client import Tokens
from flask_app_inbox.oauth.database import Database
from flask_app_inbox.oauth.store import TokenStore
from flask_app_inbox.oauth.table import table
from flask_app_inbox.web.encryption import Encryptor

KEY = Fernet.generate_key()
TOKENS = Tokens("access-1", "refresh-1", "code-1", 100.0)

#: The table as the first version made it.
OLD_TABLE = """
CREATE TABLE app_inbox_connections (
    name VARCHAR(200) NOT NULL,
    state VARCHAR(20) NOT NULL,
    generation INTEGER NOT NULL,
    sealed TEXT NOT NULL,
    connected_at FLOAT NOT NULL,
    issued_at FLOAT NOT NULL,
    expires_at FLOAT NOT NULL,
    unfinished INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    retry_at FLOAT NOT NULL,
    useless INTEGER NOT NULL,
    problem TEXT NOT NULL,
    PRIMARY KEY (name)
)
"""


def insert_as_before(database: Database, name: str) -> None:
    """Insert a row as code does that knows no newer columns."""
    sealed = Encryptor([KEY]).encrypt(
        {
            "access_token": TOKENS.access_token,
            "refresh_token": TOKENS.refresh_token,
            "code": TOKENS.code,
            "account": {"name": "Ann"},
        }
    )
    columns = (
        "name, state, generation, sealed, connected_at, issued_at, expires_at, "
        "unfinished, failures, retry_at, useless, problem"
    )
    with database.write() as connection:
        connection.exec_driver_sql(
            f"INSERT INTO app_inbox_connections ({columns}) VALUES ('{name}', "
            f"'connected', 7, '{sealed}', 1, 1, 101, 0, 0, 0, 0, '')"
        )


def make_store(database: Database) -> TokenStore:
    return TokenStore(database, Encryptor([KEY]))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with the table of the first version and a connection in it."""
    database = Database(database_url)
    with database.write() as connection:
        connection.exec_driver_sql(OLD_TABLE)
    insert_as_before(database, "default")
    yield database
    database.close()


def test_a_connection_of_the_first_version_is_kept(database: Database) -> None:
    store = make_store(database)
    row = store.read("default")
    assert row is not None
    assert (row.generation, row.tokens, row.script_id) == (7, TOKENS, "")
    assert store.set_script_id("default", "ABC")
    with store.lock("default", 1) as locked:
        assert locked is not None
        locked.renew(TOKENS)
    row = store.read("default")
    assert row is not None
    assert (row.generation, row.script_id) == (8, "ABC")


def test_a_process_with_the_code_of_before_still_stores(database: Database) -> None:
    store = make_store(database)
    store.make_tables()
    insert_as_before(database, "north")
    row = store.read("north")
    assert row is not None
    assert row.script_id == ""


def test_a_table_is_brought_up_to_date_once_and_like_a_new_one(
    database: Database, database_url: str
) -> None:
    databases = [Database(database_url) for _ in range(4)]
    failures: list[Exception] = []

    def begin(database: Database) -> None:
        try:
            make_store(database).read("default")
        except StorageError as error:
            failures.append(error)

    threads = [threading.Thread(target=begin, args=(each,)) for each in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    make_store(database).make_tables()
    assert shape(database) == [column.name for column in table.columns]
    for each in databases:
        each.close()


def shape(database: Database) -> list[str]:
    return [each["name"] for each in inspect(database.engine).get_columns(table.name)]

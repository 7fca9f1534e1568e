"""The table of OAuth connections, and a row of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    Update,
    inspect,
)
from sqlalchemy import update as update_rows
from sqlalchemy.schema import CreateColumn

from .client import REFRESH_TOKEN_LIFE, Tokens

CONNECTED = "connected"
RECONNECT_NEEDED = "reconnect_needed"

metadata = MetaData()

table = Table(
    "app_inbox_connections",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("state", String(20), nullable=False),
    # Whoever changes the tokens raises it by one.
    Column("generation", Integer, nullable=False),
    # Tokens and account, encrypted.
    Column("sealed", Text, nullable=False),
    Column("connected_at", Float, nullable=False),
    Column("issued_at", Float, nullable=False),
    Column("expires_at", Float, nullable=False),
    # Refreshes that began and whose outcome is unknown.
    Column("unfinished", Integer, nullable=False, default=0),
    Column("failures", Integer, nullable=False, default=0),
    Column("retry_at", Float, nullable=False, default=0.0),
    # The generation of tokens that the vendor's API refused though they were new.
    Column("useless", Integer, nullable=False, default=0),
    Column("problem", Text, nullable=False, default=""),
    # Added later, so it has a default in the database itself: a process with the code
    # of before inserts rows without it.
    Column("script_id", String(64), nullable=False, server_default=""),
)


def is_complete(connection: Connection) -> bool:
    """Return whether the table is there with all that this code needs."""
    if not inspect(connection).has_table(table.name):
        return False
    return not _missing_columns(connection)


def add_missing_columns(connection: Connection) -> None:
    """Add to an older table the columns that it lacks; do nothing to a new one."""
    for column in _missing_columns(connection):
        definition = CreateColumn(column).compile(connection)
        connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {definition}")


def _missing_columns(connection: Connection) -> list[Column[Any]]:
    there = {column["name"] for column in inspect(connection).get_columns(table.name)}
    return [column for column in table.columns if column.name not in there]


@dataclass(frozen=True)
class StoredConnection:
    """A connection as it is stored; times are seconds since the epoch.

    :param generation: changes whenever the tokens change.
    :param account: what the vendor says about the account.
    :param unfinished: how many refreshes began and whose outcome is unknown.
    :param failures: how many refreshes in a row failed.
    :param retry_at: when a failed refresh may be repeated.
    :param useless: the generation of tokens that the vendor's API refused.
    :param problem: why the last refresh failed or the connection was lost; "": it is
        well.
    :param script_id: of the account's page script; "": that of the setting.
    """

    name: str
    state: str
    generation: int
    tokens: Tokens = field(repr=False)
    account: dict[str, Any] = field(repr=False)
    connected_at: float
    issued_at: float
    expires_at: float
    unfinished: int
    failures: int
    retry_at: float
    useless: int
    problem: str
    script_id: str

    @property
    def identity(self) -> str | None:
        """What no other connection of this name has; None if this one is lost."""
        return repr(self.connected_at) if self.state == CONNECTED else None

    @property
    def refresh_expires_at(self) -> float:
        """When the refresh token expires, by the vendor's guide."""
        return self.issued_at + REFRESH_TOKEN_LIFE

    @property
    def is_useless(self) -> bool:
        """Whether the vendor's API refused these tokens right after a refresh."""
        return self.useless == self.generation


def update(name: str) -> Update:
    """Return the statement that changes the connection of a name."""
    return update_rows(table).where(table.c.name == name)

"""Where OAuth connections are kept, each under a name.

What happens when a process or its machine dies, by the place where it was:

==== ============================================== ==============================
     place                                          what the next process finds
==== ============================================== ==============================
 C1  consent given, code not exchanged yet          no change; connect again
 C2  tokens received, not stored yet                no change; connect again
 C3  connection stored, owner not told yet          the connection
 R1  before a refresh is noted                      the old tokens, which work
 R2  refresh noted, vendor not asked yet            the old tokens, which work
 R3  vendor asked, has not changed the tokens       the old tokens, which work
 R4  vendor has changed them, answer on its way     the old tokens; see below
 R5  answer here, not committed yet                 the old tokens; see below
 R6  new tokens committed                           the new tokens
 D1  disconnect: before the commit                  the connection
 D2  disconnect: after the commit                   nothing
==== ============================================== ==============================

A request of the dead process may reach the vendor later: then R3 turns into R4. At R4
and R5 nobody has the new tokens, and the vendor accepts no others. The next process
cannot know this. It tries the old tokens, the vendor refuses them, and the connection
is marked ``reconnect_needed``. No client can do better, so this window is short:
between R4 and R6 a process only encrypts, executes one statement that it has rehearsed
in the same transaction, and commits. If the database fails there and not the process,
the tokens stay in memory and the database is tried again (:meth:`TokenStore.rescue`).

A refresh takes the database's lock before it asks the vendor and holds it until its
commit, so no two refreshes run at once. So does an exchange of a code, which works only
once. The lock dies with the process; there are no leases and no clocks. Before that, a
transaction of its own notes that the refresh begins: a database that is read-only or
full says so before the vendor changes anything.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from secrets import randbelow
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from ..client.deadline import Deadline
from ..errors import StorageError
from ..web.encryption import Encryptor, WrongKey
from .client import Tokens, token_life
from .database import Database
from .known import KnownConnections
from .locked import LockedConnection
from .table import CONNECTED, StoredConnection, table, update
from .table_access import TableAccess

#: Seconds for which the database is asked to take tokens that it refused.
RESCUE = 30.0

#: Stores the tokens of a new connection, and what the vendor says of its account.
Keep = Callable[[Tokens, "dict[str, Any]"], None]


class KeyChanged(StorageError):
    """A connection was stored under another encryption key."""


class TokenStore:
    """The connections of one site.

    :param clock: returns seconds since the epoch.
    :param sleep: waits for seconds.
    """

    def __init__(
        self,
        database: Database,
        encryptor: Encryptor,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._database = database
        self._encryptor = encryptor
        self._clock = clock
        self._sleep = sleep
        self._access = TableAccess(database)
        #: For pages, which must not wait for the database.
        self.known = KnownConnections()

    def make_tables(self) -> None:
        """Make the table unless it is there; add columns that are newer than it."""
        self._access.make_tables()

    def read(
        self, name: str, deadline: Deadline | None = None
    ) -> StoredConnection | None:
        """Return a connection; None if there is none of that name.

        :raises StorageError: if it cannot be read or decrypted.
        """

        def read(connection: Connection) -> StoredConnection | None:
            return self._find(connection, name, lock=False)

        row = self._access.read(read, deadline)
        self.known.note(name, row.identity if row else None)
        return row

    def names(self) -> list[str]:
        """Return the names of all connections."""
        query = select(table.c.name).order_by(table.c.name)
        return self._access.read(lambda connection: [*connection.scalars(query)])

    def script_ids(self) -> dict[str, str]:
        """Return the script ids of all connections that have one."""
        columns = select(table.c.name, table.c.script_id)
        query = columns.where(table.c.script_id != "")
        return self._access.read(
            lambda connection: {
                row.name: row.script_id for row in connection.execute(query)
            }
        )

    def set_script_id(self, name: str, script_id: str) -> bool:
        """Store the id of the account's page script; return False without a row."""
        statement = update(name).values(script_id=script_id)
        return self._access.write(
            lambda connection: bool(connection.execute(statement).rowcount)
        )

    def connect(self, name: str, tokens: Tokens, account: dict[str, Any]) -> None:
        """Store a new connection, in place of one of the same name.

        :raises StorageError: as :meth:`connecting`.
        """
        with self.connecting(name) as keep:
            keep(tokens, account)

    @contextmanager
    def connecting(self, name: str, patience: float | None = None) -> Iterator[Keep]:
        """Lock the place of a new connection; yield what stores it there.

        It is committed at the end, unless the block raises.

        :param patience: seconds to wait for the lock.
        :raises LockBusy: if others hold it for longer.
        :raises StorageError: also if an old one of the same name cannot be decrypted:
            then the key that is set now is wrong, and storing would destroy it.
        """
        self.make_tables()
        with self._database.write(patience) as connection:
            old = self._find(connection, name, lock=True)

            def keep(tokens: Tokens, account: dict[str, Any]) -> None:
                values = self._fresh(tokens, account)
                # Never the generation of a connection that was forgotten before.
                start = old.generation if old else randbelow(2**30)
                values["generation"] = start + 1
                values["connected_at"] = values["issued_at"]
                if old is not None and old.account != account:
                    # The script belongs to the account that was connected before.
                    values["script_id"] = ""
                if old is None:
                    connection.execute(insert(table).values(name=name, **values))
                else:
                    connection.execute(update(name).values(**values))

            yield keep
        self.known.forget(name)

    def disconnect(self, name: str, deadline: Deadline | None = None) -> bool:
        """Forget a connection, even one that cannot be decrypted.

        :returns: whether there was one.
        """
        statement = delete(table).where(table.c.name == name)
        was_there = self._access.write(
            lambda connection: bool(connection.execute(statement).rowcount), deadline
        )
        self.known.forget(name)
        return was_there

    def note_refresh(self, name: str, generation: int, patience: float) -> bool:
        """Note that a refresh begins; return False if the tokens have changed."""
        with self._database.write(patience) as connection:
            row = self._find(connection, name, lock=True)
            if row is None or row.generation != generation:
                return False
            values = {"unfinished": row.unfinished + 1}
            connection.execute(update(name).values(**values))
            return True

    @contextmanager
    def lock(self, name: str, patience: float) -> Iterator[LockedConnection | None]:
        """Lock a connection; yield None if there is none of that name.

        Changes are committed at the end, unless the block raises.

        :param patience: seconds to wait for the lock.
        :raises LockBusy: if others hold it for longer.
        """
        with self._database.write(patience) as connection:
            row = self._find(connection, name, lock=True)
            yield LockedConnection(connection, row, self._fresh) if row else None

    def rescue(self, row: StoredConnection, tokens: Tokens) -> None:
        """Store the tokens that follow a row's, after the database failed.

        Tokens that others have stored meanwhile are left as they are.

        :raises StorageError: if the database still fails after :data:`RESCUE` seconds.
        """
        values = self._fresh(tokens, row.account)
        statement = update(row.name).where(table.c.generation == row.generation)
        statement = statement.values(generation=row.generation + 1, **values)

        def store() -> None:
            with self._database.write() as connection:
                connection.execute(statement)

        self.insist(store)

    def insist(self, store: Callable[[], None]) -> None:
        """Store what would be lost, as soon as the database takes it.

        :raises StorageError: if it still fails after :data:`RESCUE` seconds.
        """
        end = self._clock() + RESCUE
        pause = 0.05
        while True:
            try:
                store()
            except StorageError:
                if self._clock() + pause > end:
                    raise
                self._sleep(pause)
                pause = min(2.0, pause * 2)
            else:
                return

    def mark_useless(self, name: str, generation: int, deadline: Deadline) -> None:
        """Note that the vendor's API refuses these tokens though they are new."""
        statement = update(name).values(useless=generation)
        self._access.write(lambda connection: connection.execute(statement), deadline)

    def _fresh(self, tokens: Tokens, account: dict[str, Any]) -> dict[str, Any]:
        now = self._clock()
        secrets = {
            "access_token": tokens.access_token,
            "refresh_token": tokens.refresh_token,
            "code": tokens.code,
            "account": account,
        }
        return {
            "state": CONNECTED,
            "sealed": self._encryptor.encrypt(secrets),
            "issued_at": now,
            "expires_at": now + tokens.expires_in,
            "unfinished": 0,
            "failures": 0,
            "retry_at": 0.0,
            "useless": 0,
            "problem": "",
        }

    def _decrypt(self, encrypted: str) -> dict[str, Any]:
        try:
            secrets: dict[str, Any] = self._encryptor.decrypt(encrypted)
        except WrongKey:
            raise KeyChanged(
                "The connection was stored under another key. Nothing was deleted. "
                "Put the key back: APP_INBOX_ENCRYPTION_KEYS takes earlier keys after "
                "the newest one, and without it the key comes from SECRET_KEY (and "
                "SECRET_KEY_FALLBACKS). If it is lost, `flask app-inbox oauth "
                "disconnect` forgets the connection, so that you can connect again."
            ) from None
        return secrets

    def _find(
        self, connection: Connection, name: str, *, lock: bool
    ) -> StoredConnection | None:
        query = select(table).where(table.c.name == name)
        if lock:
            # On SQLite the file is locked already, and this adds nothing.
            query = query.with_for_update()
        found = connection.execute(query).mappings().one_or_none()
        if found is None:
            return None
        values = dict(found)
        secrets = self._decrypt(values.pop("sealed"))
        account = {
            name: _well_formed(told) for name, told in secrets.pop("account").items()
        }
        # An earlier version stored whatever life the vendor told.
        life = token_life(values["expires_at"] - values["issued_at"])
        values["expires_at"] = values["issued_at"] + life
        tokens = Tokens(**secrets, expires_in=life)
        return StoredConnection(**values, tokens=tokens, account=account)


def _well_formed(told: Any) -> Any:
    """Return a text that every page and terminal can show: JSON holds others, too."""
    if not isinstance(told, str):
        return told
    return told.encode(errors="replace").decode()

"""PostgreSQL as sites run it: behind a pooler, after a failover, set up otherwise."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from cryptography.fernet import Fernet

from flask_app_inbox import StorageError
from flask_app_inbox.oauth.client import Tokens
from flask_app_inbox.oauth.database import Database
from flask_app_inbox.oauth.database_errors import ReadOnly
from flask_app_inbox.oauth.store import TokenStore
from flask_app_inbox.web.encryption import Encryptor
from tests.fixtures.forwarder import forwarding
from tests.fixtures.programs import find_program
from tests.oauth import pgbouncer, postgres
from tests.oauth.postgres import PostgresServer

TOKENS = Tokens("access-1", "refresh-1", "code-1", 100.0)
KEY = Fernet.generate_key()


@contextmanager
def opened(url: str) -> Iterator[TokenStore]:
    database = Database(url)
    yield TokenStore(database, Encryptor([KEY]))
    database.close()


@contextmanager
def default(server: PostgresServer, name: str, value: str) -> Iterator[None]:
    """Let new sessions of a server begin with another value of a setting."""
    server.execute(f"ALTER DATABASE postgres SET {name} = '{value}'")
    try:
        yield
    finally:
        server.execute(f"ALTER DATABASE postgres RESET {name}")


def port_of(url: str) -> int:
    port = urlsplit(url).port
    assert port is not None
    return port


def test_a_pooler_may_give_each_transaction_another_session(postgres_url: str) -> None:
    program = find_program("pgbouncer", "pgbouncer")
    with pgbouncer.run(program, postgres_url) as url, opened(url) as store:
        store.connect("default", TOKENS, {})

        def work(number: int) -> bool:
            row = store.read("default")
            return row is not None and store.set_script_id("default", f"S{number}")

        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(work, range(120))) == [True] * 120


def test_after_a_failover_connections_to_the_standby_are_dropped(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    with opened(postgres_url) as store:
        store.connect("default", TOKENS, {})
    with (
        postgres.run(postgres_server.binaries, primary=postgres_url) as standby,
        forwarding(port_of(standby.url)) as address,
        opened(f"postgresql://tests@127.0.0.1:{address.port}/postgres") as store,
    ):
        with pytest.raises(ReadOnly) as caught:
            store.set_script_id("default", "NO")
        assert caught.value.retryable
        assert "init-db" not in str(caught.value)
        assert store.read("default") is not None, "reading works"
        # From now on new connections find the new primary, and kept ones do not.
        address.target = port_of(postgres_url)
        assert store.set_script_id("default", "YES")


@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
def test_who_waits_for_a_refresh_sees_what_it_has_stored(
    postgres_server: PostgresServer, postgres_url: str, level: str
) -> None:
    seen = []

    def wait(store: TokenStore) -> None:
        with store.lock("default", 20) as locked:
            assert locked is not None
            seen.append(locked.row.tokens.access_token)

    with (
        default(postgres_server, "default_transaction_isolation", level),
        opened(postgres_url) as store,
    ):
        store.connect("default", TOKENS, {})
        with store.lock("default", 1) as locked:
            assert locked is not None
            locked.renew(Tokens("access-2", "refresh-2", "code-1", 100.0))
            waiting = threading.Thread(target=wait, args=(store,))
            waiting.start()
            postgres_server.wait_until_somebody_waits()
        waiting.join(30)
    assert seen == ["access-2"]


def test_a_user_without_rights_is_told_what_to_grant(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    with opened(postgres_url) as store:
        store.make_tables()
    postgres_server.execute("DROP ROLE IF EXISTS guest")
    postgres_server.execute("CREATE ROLE guest LOGIN")
    with opened(postgres_url.replace("tests@", "guest@")) as store:
        with pytest.raises(StorageError, match="grant the site's user SELECT"):
            store.read("default")
        postgres_server.execute(
            "GRANT SELECT, INSERT, UPDATE, DELETE ON app_inbox_connections TO guest"
        )
        store.connect("default", TOKENS, {})
        assert store.read("default") is not None

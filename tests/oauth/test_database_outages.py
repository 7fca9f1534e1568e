"""A database that hangs, is busy or moves: pages go on, and nothing is lost."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest
from sqlalchemy import Connection

from flask_app_inbox import StorageError
from flask_app_inbox.oauth import pages
from flask_app_inbox.oauth.database import WRITERS, Database
from flask_app_inbox.oauth.database_errors import LockBusy
from tests.fixtures.waiting import wait_until
from tests.oauth.conftest import MakeSite, connect
from tests.oauth.postgres import PostgresServer
from tests.oauth.site import Site
from tests.oauth.test_pages import begin, come_back
from tests.oauth.vendor import Vendor

#: What these sites promise, in seconds, and what a busy machine may add to it.
TIMEOUT = 1.0
GRACE = 4.0

FAILED = (503, "storage_failed")

HOLD_LOCK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def write_lock(path: str) -> Iterator[None]:
    """Let another process hold a database's write lock."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD_LOCK, path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        yield
        holder.kill()


def asked_at_once(site: Site, requests: int) -> tuple[set[tuple[int, str]], float]:
    """Ask for tokens in as many threads; return the answers and the seconds."""
    began = time.monotonic()
    with ThreadPoolExecutor(requests) as pool:
        answers = list(pool.map(lambda _: site.token(), range(requests)))
    return set(answers), time.monotonic() - began


def test_a_database_that_stays_silent_costs_no_more_than_the_timeout(
    make_site: MakeSite,
) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=64) as silent:
        port = silent.getsockname()[1]
        site = make_site(
            DATABASE_URL=f"postgresql://shop@127.0.0.1:{port}/shop", TIMEOUT=TIMEOUT
        )
        answers, seconds = asked_at_once(site, 12)
        assert answers == {FAILED}
        assert seconds < TIMEOUT + GRACE
        answers, seconds = asked_at_once(site, 1)
        assert answers == {FAILED}
        assert seconds < TIMEOUT, "the database is not asked all the time"


def test_a_server_that_is_stopped_costs_no_more_and_comes_back(
    make_site: MakeSite, postgres_server: PostgresServer, postgres_url: str
) -> None:
    site = make_site(DATABASE_URL=postgres_url, connected=True, TIMEOUT=TIMEOUT)
    assert asked_at_once(site, 3)[0] == {(200, "")}
    with postgres_server.frozen():
        answers, seconds = asked_at_once(site, 12)
        assert answers == {FAILED}
        assert seconds < TIMEOUT + GRACE
    wait_until(lambda: site.token() == (200, ""))


def test_the_first_read_of_a_process_waits_for_no_writer(
    make_site: MakeSite, tmp_path: object
) -> None:
    url = f"sqlite:///{tmp_path}/connections.sqlite3"
    make_site(DATABASE_URL=url, connected=True)
    with write_lock(f"{tmp_path}/connections.sqlite3"):
        assert make_site(DATABASE_URL=url).token() == (200, "")


def test_refreshes_that_hold_their_connections_leave_some_to_pages(
    database_url: str,
) -> None:
    database = Database(database_url)
    with ExitStack() as stack:
        for _ in range(1 if database.is_sqlite else WRITERS):
            stack.enter_context(database.write())
        with pytest.raises(LockBusy), database.write(0.05):
            pass
        with database.read() as connection:
            assert connection.exec_driver_sql("SELECT 1").scalar() == 1
    with database.write(0.05):
        pass
    database.close()


# An owner comes back from the vendor, and the code works once.


def test_a_code_is_not_used_while_others_hold_the_lock(
    vendor: Vendor, make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PATIENCE", 0.1)
    site = make_site()
    connect(vendor, site, "north")
    location = vendor.consent(begin(site))
    asked = vendor.paths().count("/uaa/oauth/token")
    with site.oauth.store.lock("north", 1):
        status, _, text = come_back(site, location)
    assert (status, "Reload this page" in text) == (503, True)
    assert vendor.paths().count("/uaa/oauth/token") == asked
    assert come_back(site, location)[0] == 303
    assert site.token() == (200, "")
    assert come_back(site, location)[0] == 400, "the visit is over"


def test_a_visit_goes_on_when_the_database_is_back(
    vendor: Vendor,
    make_site: MakeSite,
    postgres_server: PostgresServer,
    postgres_url: str,
) -> None:
    site = make_site(DATABASE_URL=postgres_url, TIMEOUT=TIMEOUT)
    location = vendor.consent(begin(site))
    with postgres_server.frozen():
        assert come_back(site, location)[0] == 503
    wait_until(lambda: come_back(site, location)[0] == 303)


def test_tokens_are_kept_until_a_database_that_failed_takes_them(
    vendor: Vendor,
    make_site: MakeSite,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = make_site(DATABASE_URL=database_url)
    database = site.oauth.store._database
    write, failures = database.write, ["once"]

    @contextmanager
    def failing(patience: float | None = None) -> Iterator[Connection]:
        with write(patience) as connection:
            yield connection
            if failures:
                raise StorageError(failures.pop())

    site.oauth.store.make_tables()
    monkeypatch.setattr(database, "write", failing)
    connect(vendor, site)
    assert not failures
    assert site.token() == (200, "")

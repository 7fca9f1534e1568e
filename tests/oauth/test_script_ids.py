"""Several tenants, each with the page script of its own account."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping

import pytest
from flask import render_template_string
from werkzeug.exceptions import NotFound

from flask_app_inbox import StorageError
from flask_app_inbox.oauth import script_ids
from flask_app_inbox.oauth.client import Tokens
from flask_app_inbox.oauth.script_ids import LIFE, ScriptIds
from tests.fixtures.clock import Clock
from tests.oauth.conftest import MakeSite, connect
from tests.oauth.site import Site
from tests.oauth.vendor import Vendor

SETTING = 'data-script="https://statics.esputnik.com/scripts/SITE.js"'


def page(site: Site, connection: str | None = None) -> str:
    """Render a page of a tenant."""
    site.connection = connection
    with site.app.test_request_context():
        return render_template_string("{{ app_inbox() }}")


def run(site: Site, *arguments: str) -> tuple[int, str, str]:
    result = site.app.test_cli_runner().invoke(args=["app-inbox", *arguments])
    return result.exit_code, result.stdout, result.stderr


def register(site: Site, name: str) -> tuple[int, str, str]:
    return run(site, "script", "--connection", name, "--domain", f"{name}.example")


def count_reads(site: Site, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that grows with every use of the database."""
    reads: list[str] = []
    read = site.oauth.store._database.read

    def counted() -> object:
        reads.append("read")
        return read()

    monkeypatch.setattr(site.oauth.store._database, "read", counted)
    return reads


def test_a_connection_loads_the_script_of_its_own_account(
    vendor: Vendor, make_site: MakeSite, database_url: str
) -> None:
    site = make_site(SCRIPT_ID="SITE", DATABASE_URL=database_url)
    for name in ("north", "south"):
        connect(vendor, site, name)
    # The command runs where no tenant can be told from a request.
    site.connection = 42
    status, script_id, told = register(site, "north")
    assert status == 0, told
    assert "north.example is registered now" in told
    assert "/api/v1/site/domains" in vendor.paths()
    script_id = script_id.strip()
    assert site.row("north").script_id == script_id != "SITE"
    assert f"/scripts/{script_id}.js" in page(site, "north")
    assert SETTING in page(site, "south")
    assert SETTING in page(site)
    assert f"script id:     {script_id}" in run(site, "oauth", "status")[1]


def test_a_refresh_keeps_the_script_and_another_account_forgets_it(
    vendor: Vendor, make_site: MakeSite
) -> None:
    site = make_site(connected=True)
    site.oauth.store.set_script_id("default", "OWN")
    site.oauth.keeper("default").refresh()
    connect(vendor, site)
    assert site.row().script_id == "OWN", "the same account again"
    tokens = Tokens("access", "refresh", "code", 100.0)
    site.oauth.store.connect("default", tokens, {"name": "Somebody else"})
    assert site.row().script_id == ""


def test_a_connection_that_is_not_there_gets_no_script(make_site: MakeSite) -> None:
    status, _, told = register(make_site(connected=True), "north")
    assert (status, "oauth connect" in told) == (1, True)


def test_a_site_that_names_no_connections_is_told(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_site(SCRIPT_ID="SITE", connected=True)
    site.inbox._loaders.connection = None
    status, _, told = register(site, "default")
    assert (status, "no connection_loader" in told) == (0, True)
    reads = count_reads(site, monkeypatch)
    assert SETTING in page(site)
    assert reads == []


def test_many_pages_read_the_database_once(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_site(SCRIPT_ID="SITE", connected=True)
    reads = count_reads(site, monkeypatch)
    for name in (None, "north", "south") * 5:
        assert SETTING in page(site, name)
    assert reads == ["read"]


def test_a_page_is_whole_while_the_database_is_down(
    make_site: MakeSite, caplog: pytest.LogCaptureFixture
) -> None:
    site = make_site(
        SCRIPT_ID="SITE", DATABASE_URL="postgresql://shop:pass@127.0.0.1:1/shop"
    )
    for _ in range(3):
        assert SETTING in page(site, "north")
    lines = [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING]
    assert len(lines) == 1
    assert "script ids of connections cannot be read" in lines[0]
    assert "pass@" not in caplog.text


@pytest.mark.parametrize("failure", [RuntimeError("no tenant"), NotFound(), 42])
def test_a_page_is_whole_where_the_loader_fails(
    make_site: MakeSite, caplog: pytest.LogCaptureFixture, failure: object
) -> None:
    site = make_site(SCRIPT_ID="SITE", ANONYMOUS="tracking")

    def loader() -> object:
        if isinstance(failure, Exception):
            raise failure
        return failure

    site.inbox.connection_loader(loader)
    html = page(site)
    assert SETTING in html
    assert "data-token-url" not in html, "the endpoint has no token for it"
    assert "connection_loader" in caplog.text


# The memory


class Shelf:
    """What the database holds, and how it is."""

    def __init__(self) -> None:
        self.ids: dict[str, str] = {"north": "ONE"}
        self.reads = 0
        self.open = threading.Event()
        self.open.set()
        self.broken = False

    def read(self) -> Mapping[str, str]:
        self.reads += 1
        assert self.open.wait(20)
        if self.broken:
            raise StorageError("away")
        return dict(self.ids)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The threads that somebody has waited for."""
    waits: list[str] = []
    join = threading.Thread.join

    def counted(thread: threading.Thread, timeout: float | None = None) -> None:
        waits.append(thread.name)
        join(thread, timeout)

    monkeypatch.setattr(threading.Thread, "join", counted)
    return waits


def settled(ids: ScriptIds) -> None:
    """Wait until no thread reads."""
    reader = ids._memory.get().reader
    assert reader is not None
    reader.join(20)


def test_ids_are_read_again_after_their_life_and_pages_do_not_wait(
    shelf: Shelf, clock: Clock, waits: list[str]
) -> None:
    ids = ScriptIds(shelf.read, clock=clock)
    assert (ids.find("north"), ids.find("south")) == ("ONE", None)
    shelf.ids = {"north": "TWO"}
    clock.now += LIFE - 1
    assert (ids.find("north"), shelf.reads) == ("ONE", 1)
    clock.now += 1
    shelf.open.clear()
    waits.clear()
    assert [ids.find("north") for _ in range(3)] == ["ONE"] * 3
    assert waits == []
    shelf.open.set()
    settled(ids)
    assert (ids.find("north"), shelf.reads) == ("TWO", 2)


def test_a_database_that_fails_leaves_the_ids_that_were_read(
    shelf: Shelf, clock: Clock
) -> None:
    ids = ScriptIds(shelf.read, clock=clock)
    ids.find("north")
    shelf.broken = True
    clock.now += LIFE
    for _ in range(3):
        assert ids.find("north") == "ONE"
        settled(ids)
    assert shelf.reads == 2, "it is not asked for each page"
    shelf.broken = False
    shelf.ids = {"north": "TWO"}
    clock.now += LIFE
    ids.find("north")
    settled(ids)
    assert ids.find("north") == "TWO"


def test_a_database_that_hangs_holds_up_one_page_for_a_moment(
    shelf: Shelf, clock: Clock, waits: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(script_ids, "PATIENCE", 0.01)
    shelf.open.clear()
    ids = ScriptIds(shelf.read, clock=clock)
    assert [ids.find("north") for _ in range(5)] == [None] * 5
    assert (len(waits), shelf.reads) == (1, 1)
    shelf.open.set()
    settled(ids)
    assert ids.find("north") == "ONE"

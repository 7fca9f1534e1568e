"""A vendor, sites that are connected to it, and both kinds of database."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from flask_app_inbox.sandbox import SandboxServer
from tests.fixtures.waiting import wait_until
from tests.oauth import postgres
from tests.oauth.nursery import Nursery
from tests.oauth.postgres import PostgresServer
from tests.oauth.site import Site
from tests.oauth.vendor import CALLBACK, Vendor

MakeSite = Callable[..., Site]


@pytest.fixture(scope="session")
def running_sandbox() -> Iterator[SandboxServer]:
    with SandboxServer() as server:
        yield server


@pytest.fixture
def vendor(running_sandbox: SandboxServer) -> Iterator[Vendor]:
    """A sandbox in its initial state, with an app registered."""
    running_sandbox.reset()
    vendor = Vendor(running_sandbox)
    yield vendor
    vendor.clear_faults()
    vendor.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    binaries = postgres.find_binaries()
    if binaries is None:
        assert not os.environ.get("CI"), "CI needs PostgreSQL"
        pytest.skip("PostgreSQL is not installed")
    with postgres.run(binaries) as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> str:
    """The address of an empty database."""
    postgres_server.execute("DROP TABLE IF EXISTS app_inbox_connections")
    return postgres_server.url


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'connections.sqlite3'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def make_site(vendor: Vendor, tmp_path: Path) -> Iterator[MakeSite]:
    """Make a site; ``connected=True``: by OAuth already."""
    sites = []

    def make(*, connected: bool = False, **settings: Any) -> Site:
        ours = {
            "API_URL": f"{vendor.url}/api",
            "OAUTH_URL": f"{vendor.url}/uaa",
            "OAUTH_CLIENT_ID": vendor.client_id,
            "OAUTH_CLIENT_SECRET": vendor.client_secret,
            "OAUTH_REDIRECT_URI": CALLBACK,
            # A machine with more to do than these tests is slow, not broken.
            "TIMEOUT": 20.0,
            **settings,
        }
        config: dict[str, Any] = {"SECRET_KEY": "shop-secret"}
        config |= {f"APP_INBOX_{name}": value for name, value in ours.items()}
        site = Site(config, str(tmp_path))
        sites.append(site)
        if connected:
            connect(vendor, site)
        return site

    yield make
    # Calls that a site did not wait for.
    wait_until(lambda: not any(map(is_asking, threading.enumerate())))
    for site in sites:
        site.wait_for_refresh()
        site.oauth.store._database.close()


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    nursery = Nursery(tmp_path_factory.mktemp("results"))
    yield nursery
    nursery.close()


@pytest.fixture
def lone_nursery(tmp_path: Path) -> Iterator[Nursery]:
    """A nursery of one test, which may leave it unfit for others."""
    nursery = Nursery(tmp_path)
    yield nursery
    nursery.close()


def is_asking(thread: threading.Thread) -> bool:
    """Whether a thread waits for a storage."""
    return thread.name == "app-inbox storage"


def connect(vendor: Vendor, site: Site, name: str = "default") -> None:
    """Connect a site without its pages."""
    verifier = "v" * 43
    code = vendor.code(site.oauth.client.authorize_url("state", verifier))
    site.oauth.connect(name, code, verifier)

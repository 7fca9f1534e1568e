"""Sites, vendors, and a look into every log record of every test here."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from flask_app_inbox.sandbox import SandboxServer
from tests.faults.raw_vendor import RawVendor
from tests.faults.records import SECRETS, Records
from tests.faults.servers import discreet
from tests.faults.sites import API_KEY, Site
from tests.fixtures.certificates import Authority
from tests.fixtures.fault_table import Leak


@pytest.fixture(autouse=True)
def records() -> Iterator[Records]:
    """Everything that is logged; a test that logs a secret or a traceback fails."""
    handler = Records()
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)
    log = "\n".join(handler.lines)
    told = [secret for secret in (*SECRETS, "Traceback") if secret in log]
    if told:
        raise Leak(f"the log holds {told}")


@pytest.fixture
def site() -> Iterator[Callable[..., Site]]:
    """Start a site: `site(vendor.url, timeout=0.6, max_concurrent=2)`."""
    with ExitStack() as stack:
        yield lambda *given, **settings: stack.enter_context(Site(*given, **settings))


@pytest.fixture
def vendor() -> Iterator[Callable[..., RawVendor]]:
    """Start a vendor of bare sockets: `vendor(answers(b"…"))`."""
    with ExitStack() as stack:
        yield lambda *given, **how: stack.enter_context(RawVendor(*given, **how))


@pytest.fixture(scope="session")
def running_sandbox() -> Iterator[SandboxServer]:
    """One sandbox for all tests of this folder."""
    with SandboxServer(api_key=API_KEY) as server:
        yield server


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority that no browser knows."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def trusted(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """The authority, trusted by the sites that are started after this."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.bundle))
    return authority


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """A file for a server's output, in which no secret and no traceback may be."""
    with discreet(tmp_path / "log") as path:
        yield path

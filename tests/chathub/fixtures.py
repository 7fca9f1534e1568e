"""A staff site that uses the sandbox, and a Redis server."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from flask_app_inbox.sandbox import SandboxServer
from tests.browser.complaints import Complaints
from tests.chathub.site import make_app


@pytest.fixture
def make_staff_app(sandbox: SandboxServer) -> Callable[..., Flask]:
    """Make a staff site that uses the sandbox."""

    def make(**settings: Any) -> Flask:
        return make_app(
            **{
                "CHATHUB_API_URL": sandbox.url,
                "CHATHUB_SCRIPT_URL": sandbox.url,
                **settings,
            }
        )

    return make


@pytest.fixture
def make_staff_site(
    make_staff_app: Callable[..., Flask], serve: Callable[[Flask], str]
) -> Callable[..., str]:
    """Serve a staff site that uses the sandbox; returns its address."""
    return lambda **settings: serve(make_staff_app(**settings))


@pytest.fixture(name="complaints")
def complaints_before_the_end(
    sandbox: SandboxServer, serve: Callable[[Flask], str]
) -> Iterator[Complaints]:
    """Console errors, page errors and CSP reports, of pages that end before servers.

    A panel asks the vendor all the time, and would complain that it is gone.
    """
    complaints = Complaints()
    yield complaints
    assert complaints.unexpected == []


@pytest.fixture(scope="package")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis server on a free port; without one, a skip, or a failure in CI."""
    program = shutil.which("redis-server")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("CI needs Redis: apt-get install redis-server")
        pytest.skip("no redis-server found")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder: Path = tmp_path_factory.mktemp("redis")
    options = ["--save", "", "--appendonly", "no", "--dir", str(folder)]
    server = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", *options],
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_for_port(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait(timeout=10)


def _wait_for_port(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("redis-server does not listen")

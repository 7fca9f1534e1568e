"""A server that ends its workers ends no refresh half way."""

from __future__ import annotations

import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.faults.servers import run_server
from tests.fixtures.waiting import wait_until
from tests.oauth.conftest import MakeSite
from tests.oauth.vendor import Vendor

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="this server inherits a socket"
)

GUNICORN = (
    *(sys.executable, "-m", "gunicorn", "worker_site:create_app()", "--workers=1"),
    *("--graceful-timeout=20", "--bind=fd://{descriptor}"),
)


FORKS_IN_A_REFRESH = """
import os, sys
from concurrent.futures import Future
from flask_app_inbox.oauth.process_end import finish_before_the_end

running = Future()
finish_before_the_end(running)
child = os.fork()
if not child:
    sys.exit()
assert os.waitpid(child, 0)[1] == 0
running.set_result(None)
"""


@pytest.mark.parametrize("kind", ["gthread", "gevent"])
def test_a_worker_that_is_told_to_end_stores_the_tokens_that_it_asked_for(
    vendor: Vendor, make_site: MakeSite, tmp_path: Path, kind: str
) -> None:
    url = f"sqlite:///{tmp_path}/connections.sqlite3"
    site = make_site(DATABASE_URL=url, connected=True)
    row = site.row()
    # A worker refreshes ahead of time, and no request waits for it.
    site.shift_expiry(time.time() + 60 - row.expires_at)
    vendor.fault(route="oauth_token", kind="delay", seconds=1)
    environment = {
        f"FLASK_{name}": str(value) for name, value in site.config.items()
    } | {"SITE_CONTACT": "ann@example.com"}
    command = (*GUNICORN, f"--worker-class={kind}")
    with run_server(command, environment, tmp_path / "log") as port:
        browser = HTTPConnection("127.0.0.1", port, timeout=30)
        browser.request("POST", "/app-inbox/token")
        assert browser.getresponse().status == 200
        browser.close()
        wait_until(lambda: vendor.refreshes() == 1)
    assert site.row().generation == row.generation + 1
    assert site.token() == (200, "")


def test_a_child_does_not_wait_for_its_parents_refresh() -> None:
    subprocess.run([sys.executable, "-c", FORKS_IN_A_REFRESH], check=True, timeout=60)

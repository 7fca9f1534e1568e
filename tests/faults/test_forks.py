"""Processes that are forked after the site has called its vendors."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults.naming_vendor import NamingVendor
from tests.faults.preloaded_site import (
    CALLS_OF_PARENT,
    FORKS,
    TOKEN_PATHS,
    query_of,
)
from tests.faults.servers import run_server
from tests.faults.sites import API_KEY, call
from tests.fixtures.certificates import Authority

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")

ROOT = Path(__file__).parent.parent.parent

CUSTOMERS = range(1, 25)
GUNICORN = (
    *(sys.executable, "-m", "gunicorn", "tests.faults.preloaded_site:create_app()"),
    *("--preload", "--workers=4", "--graceful-timeout=1", "--bind=fd://{descriptor}"),
)
SYNC, THREADS = (), ("--worker-class=gthread", "--threads=4")


@pytest.fixture
def vendor(trusted: Authority) -> Iterator[NamingVendor]:
    with NamingVendor(trusted) as vendor:
        yield vendor


@pytest.fixture
def environment(vendor: NamingVendor) -> dict[str, str]:
    """The settings of the preloaded site."""
    return {
        "PYTHONPATH": str(ROOT),
        "FLASK_SECRET_KEY": "a key of this site",
        "FLASK_APP_INBOX_API_KEY": API_KEY,
        "FLASK_APP_INBOX_API_URL": vendor.url,
        "FLASK_APP_INBOX_TIMEOUT": "15",
        "FLASK_CHATHUB_LOGIN": "site",
        "FLASK_CHATHUB_PASSWORD": API_KEY,
        "FLASK_CHATHUB_API_URL": vendor.url,
        "FLASK_CHATHUB_TIMEOUT": "15",
    }


def check_tokens(number: int, *tokens: str) -> None:
    """Assert that a customer and an operator have got their own tokens."""
    assert tokens == (f"token-for-customer-{number}", f"token-for-{number}")


@pytest.mark.parametrize("workers", [SYNC, THREADS], ids=["sync", "threads"])
def test_workers_of_a_preloaded_site_mix_up_nobody(
    vendor: NamingVendor,
    environment: dict[str, str],
    log: Path,
    workers: tuple[str, ...],
) -> None:
    with run_server((*GUNICORN, *workers), environment, log) as port:

        def ask(number: int) -> list[str]:
            paths = (path + query_of(number) for path in TOKEN_PATHS)
            replies = [call(port, "POST", path) for path in paths]
            assert [reply.status for reply in replies] == [200, 200], number
            return [reply.json["token"] for reply in replies]

        with ThreadPoolExecutor(8) as pool:
            tokens = list(pool.map(ask, CUSTOMERS))
    for number, given in zip(CUSTOMERS, tokens, strict=True):
        check_tokens(number, *given)
    assert vendor.lines[: len(CALLS_OF_PARENT)] == CALLS_OF_PARENT
    # What the parent connected to the signal works in its children.
    assert vendor.paths().count("/v1/contact") == 1 + len(CUSTOMERS)


@pytest.mark.parametrize("how", FORKS)
def test_children_use_neither_sockets_nor_locks_of_their_parent(
    vendor: NamingVendor, environment: dict[str, str], how: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.preloaded_site", how],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert done.returncode == 0, done.stderr
    children = dict(json.loads(line) for line in done.stdout.splitlines())
    assert len(children) == (20 if how == "fork_twice" else 4), done.stderr
    for number, answers in children.items():
        tokens = [answer.get("token") for answer in answers]
        check_tokens(number, *tokens[:2])
        check_tokens(number + 100, *tokens[2:4])
        assert [answer["code"] for answer in answers[4:]] == ["vendor_invalid"] * 2
    assert vendor.paths().count("/api/company/get-token") == 1 + len(children)
    assert vendor.lines[: len(CALLS_OF_PARENT)] == CALLS_OF_PARENT

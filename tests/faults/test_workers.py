"""The same under each server that sites run on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.raw_vendor import Line, RawVendor, http
from tests.faults.servers import run_server
from tests.faults.sites import (
    API_KEY,
    EMAIL,
    GRACE,
    LONG,
    SHORT,
    TOKEN,
    Reply,
    call,
    check_problem,
    within,
)
from tests.faults.slow_tls import SlowTls
from tests.fixtures.certificates import Authority

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="these servers inherit a socket"
)

SLOTS = 2
GOOD = http(b'{"token": "%s"}' % TOKEN.encode())

GUNICORN = (
    *(sys.executable, "-m", "gunicorn", "worker_site:create_app()", "--workers=1"),
    *("--graceful-timeout=1", "--log-level=debug", "--bind=fd://{descriptor}"),
)
SERVERS = {
    "gunicorn sync": (*GUNICORN, "--worker-class=sync"),
    "gunicorn gthread": (*GUNICORN, "--worker-class=gthread", "--threads=4"),
    "gunicorn gevent": (*GUNICORN, "--worker-class=gevent"),
    "waitress": (sys.executable, "worker_site.py", "{descriptor}"),
}


def well(line: Line) -> None:
    secure(line)
    while True:
        line.read_request()
        line.send(GOOD)


def hang(line: Line) -> None:
    secure(line)
    line.read_request()
    line.hang()


def drip_headers(line: Line) -> None:
    secure(line)
    line.read_request()
    line.drip(GOOD)


def drip_body(line: Line) -> None:
    secure(line)
    line.read_request()
    line.send(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n")
    line.drip(b" " * 999)


def drip_handshake(line: Line) -> None:
    tls = SlowTls(line)
    tls.receive()
    line.drip(tls.flight())


def drip_one_record(line: Line) -> None:
    tls = SlowTls(line)
    tls.shake_hands()
    tls.read_request()
    line.drip(tls.packed(GOOD))


#: Where TLS is not that of the standard library.
GEVENT_TLS = ("gunicorn gevent", "https")

SLOW = (hang, drip_headers, drip_body)
SLOW_TLS = (*SLOW, drip_handshake, drip_one_record)


def secure(line: Line) -> None:
    if line.vendor.tls is not None:
        line.secure()


class Worker:
    """A site in a process of its own."""

    def __init__(self, port: int) -> None:
        self._port = port

    def ask(self) -> Reply:
        return call(self._port, "POST", "/app-inbox/token")

    def page(self) -> Reply:
        return call(self._port, "GET", "/page")


@contextmanager
def running(
    server: str, vendor: RawVendor, log: Path, timeout: float
) -> Iterator[Worker]:
    """Run a site under a server, and end it as a supervisor does.

    :param timeout: the site's deadline, in seconds.
    """
    environment = {
        "FLASK_APP_INBOX_API_URL": vendor.url,
        "FLASK_APP_INBOX_API_KEY": API_KEY,
        "FLASK_APP_INBOX_TIMEOUT": str(timeout),
        "FLASK_APP_INBOX_RATE_LIMIT": "1000/second",
        "FLASK_APP_INBOX_MAX_CONCURRENT": str(SLOTS),
        "SITE_CONTACT": EMAIL,
    }
    with run_server(SERVERS[server], environment, log) as port:
        yield Worker(port)


@pytest.fixture
def timeout() -> float:
    return SHORT


@pytest.fixture
def place(
    server: str, scheme: str, trusted: Authority, log: Path, timeout: float
) -> Iterator[tuple[RawVendor, Worker]]:
    """A worker of a server, and a vendor that can be made to behave otherwise."""
    tls = trusted.server() if scheme == "https" else None
    with (
        RawVendor(well, tls, handshake=False) as vendor,
        running(server, vendor, log, timeout) as worker,
    ):
        yield vendor, worker


@pytest.mark.parametrize(
    ("server", "scheme"),
    [*((name, "http") for name in SERVERS), GEVENT_TLS],
)
def test_a_slow_vendor_keeps_a_worker_no_longer_than_the_deadline(
    scheme: str, place: tuple[RawVendor, Worker]
) -> None:
    vendor, worker = place
    check_health(worker)
    for behave in SLOW_TLS if scheme == "https" else SLOW:
        vendor.drop_all(behave)
        reply = within(SHORT + GRACE, worker.ask)
        check_problem(reply, 504, "vendor_timeout")
        vendor.drop_all(well)
        check_health(worker)


@pytest.mark.parametrize(
    ("server", "scheme"),
    [*((name, "http") for name in SERVERS if "sync" not in name), GEVENT_TLS],
)
@pytest.mark.parametrize("timeout", [LONG])
def test_hanging_calls_do_not_block_the_other_requests_of_a_worker(
    place: tuple[RawVendor, Worker],
) -> None:
    vendor, worker = place
    check_health(worker)
    vendor.drop_all(hang)
    before = len(vendor.requests)
    with ThreadPoolExecutor(SLOTS) as pool:
        hanging = [pool.submit(worker.ask) for _ in range(SLOTS)]
        vendor.wait_for_requests(before + SLOTS)
        page = worker.page()
        refused = worker.ask()
        assert not any(one.done() for one in hanging)
        # They need not hang until their deadline: the test above sees it kept.
        vendor.drop_all(well)
        assert {one.result().status for one in hanging} == {200}
    assert page.body == b"a page of the site"
    check_problem(refused, 503, "vendor_unavailable")
    check_health(worker)


def check_health(worker: Worker) -> None:
    """Assert that tokens are given; a busy machine may miss a deadline as short."""
    replies = (worker.ask() for _ in range(3))
    assert any(reply.json == {"token": TOKEN} for reply in replies)

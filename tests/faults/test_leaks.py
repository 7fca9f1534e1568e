"""Hundreds of failed calls leave nothing behind."""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

from flask_app_inbox.client.breaker import Breaker
from tests.faults.raw_vendor import Behaviour, Line, RawVendor, http
from tests.faults.sites import LONG, Site, free_port
from tests.fixtures.certificates import Authority
from tests.fixtures.fault_table import Leak

SLOTS = 8

DESCRIPTORS = Path("/proc/self/fd")


def replying(reply: bytes) -> Behaviour:
    # Connections that are kept on purpose would be counted, too.
    reply = reply.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)

    def behave(line: Line) -> None:
        line.read_request()
        line.send(reply)

    return behave


def hang(line: Line) -> None:
    line.read_request()
    line.hang()


def drip(line: Line) -> None:
    line.read_request()
    line.drip(http(b" " * 999))


FAULTS: tuple[Behaviour, ...] = (
    lambda line: None,
    Line.reset,
    hang,
    drip,
    replying(b"garbage\r\n\r\n"),
    replying(b"HTTP/1.1 200 OK\r\nContent-Le"),
    replying(http(b"no JSON")),
    replying(http(b" " * 200_000)),
    replying(http(b"\x1f\x8b", "Content-Encoding: gzip")),
    replying(http(b"", "Location: /elsewhere", status="302 Found")),
    replying(http(b"", status="401 Unauthorized")),
    replying(http(b"", status="429 Too Many Requests")),
    replying(http(b"", status="503 Service Unavailable")),
)


GOOD = replying(http(b'{"token": "t"}'))


class Mixed:
    """A behaviour that is another fault each time, until it is well."""

    def __init__(self) -> None:
        self.well = False
        self._faults = itertools.cycle(FAULTS)
        self._lock = threading.Lock()

    def __call__(self, line: Line) -> None:
        with self._lock:
            behave = GOOD if self.well else next(self._faults)
        behave(line)


class Counts(NamedTuple):
    """What this process holds."""

    threads: int
    descriptors: int

    @classmethod
    def now(cls) -> Counts:
        return cls(threading.active_count(), len(list(DESCRIPTORS.iterdir())))

    def exceed(self, others: Counts) -> bool:
        return any(one > other for one, other in zip(self, others, strict=True))


def settled(before: Counts) -> Counts:
    """Return the counts once they are down to those before, or after a while."""
    end = time.monotonic() + 10
    while (now := Counts.now()).exceed(before) and time.monotonic() < end:
        time.sleep(0.02)
    return now


@pytest.mark.skipif(not DESCRIPTORS.exists(), reason="this system has no /proc")
@pytest.mark.parametrize(
    ("scheme", "calls"), [("http", 300), ("https", 100), ("nobody", 100)]
)
def test_hundreds_of_failed_calls_leak_no_thread_slot_or_socket(
    scheme: str,
    calls: int,
    trusted: Authority,
    vendor: Callable[..., RawVendor],
    site: Callable[..., Site],
) -> None:
    behave = Mixed()
    server = vendor(behave, trusted.server() if scheme == "https" else None)
    url = f"http://127.0.0.1:{free_port()}" if scheme == "nobody" else server.url
    shop = site(
        url,
        timeout=LONG if scheme == "nobody" else 0.15,
        max_concurrent=SLOTS,
        breaker=partial(Breaker, failures=10**6),
        sleep=lambda _: None,
    )
    browser = shop.app.test_client
    before = Counts.now()

    def ask(_: int) -> int:
        return browser().post("/app-inbox/token").status_code

    # More at once than there are slots, so that some calls are given up there.
    with ThreadPoolExecutor(SLOTS + 4) as pool:
        statuses = Counter(pool.map(ask, range(calls)))
    server.wait_until_idle()

    assert statuses.total() == calls
    if scheme == "nobody":
        # On a busy machine some calls have no time left when they get their slot.
        assert set(statuses) <= {503, 504}
    else:
        assert set(statuses) == {429, 502, 503, 504}
    after = settled(before)
    if after.exceed(before):
        raise Leak(f"{after}, {before} before")
    if scheme != "nobody":
        behave.well = True
        shop.be_patient()
        assert_every_slot_works(ask)


def assert_every_slot_works(ask: Callable[[int], int]) -> None:
    with ThreadPoolExecutor(SLOTS) as pool:
        for _ in range(3):
            assert list(pool.map(ask, range(SLOTS))) == [200] * SLOTS

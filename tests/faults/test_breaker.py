"""A vendor that does not answer is left alone for a while."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from flask_app_inbox.client.breaker import Breaker
from tests.faults.raw_vendor import Behaviour, Line, RawVendor, each_request, http
from tests.faults.records import Records
from tests.faults.sites import LONG, TOKEN, Site, check_problem
from tests.fixtures.clock import Clock
from tests.fixtures.waiting import wait_until

GOOD = http(b'{"token": "%s"}' % TOKEN.encode())
FAILURES = 3


def hang(line: Line) -> None:
    line.read_request()
    line.hang()


def close(line: Line) -> None:
    line.read_request()


def skip(_: float) -> None:
    """Do not wait between retries."""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def start(
    clock: Clock, vendor: Callable[..., RawVendor], site: Callable[..., Site]
) -> Callable[..., tuple[RawVendor, Site]]:
    """Start a vendor and a site whose breaker has the test's clock."""

    def both(behave: Behaviour, timeout: float = LONG) -> tuple[RawVendor, Site]:
        server = vendor(behave)
        breaker = partial(Breaker, failures=FAILURES, pause=10.0, clock=clock)
        return server, site(server.url, timeout=timeout, breaker=breaker, sleep=skip)

    return both


Start = Callable[..., tuple[RawVendor, Site]]


def fail(shop: Site, times: int) -> set[int]:
    return {shop.ask().status for _ in range(times)}


@pytest.mark.parametrize(
    ("behave", "status", "timeout"),
    [(hang, 504, 0.6), (close, 503, LONG)],
    ids=["hang", "close"],
)
def test_it_opens_after_some_failures_and_then_fails_fast(
    behave: Behaviour, status: int, timeout: float, start: Start
) -> None:
    server, shop = start(behave, timeout)
    assert fail(shop, FAILURES) == {status}
    connections = server.connections

    replies = [shop.ask() for _ in range(10)]

    for reply in replies:
        check_problem(reply, 503, "vendor_unavailable")
        assert reply.retry_after == 10
    assert min(reply.seconds for reply in replies) < 0.1
    assert server.connections == connections, "nobody asked the vendor"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 503])
def test_an_answer_of_any_kind_does_not_open_it(status: int, start: Start) -> None:
    _, shop = start(each_request(*[http(b"", status=f"{status} x")] * 33, GOOD))
    tries = 11 if status == 503 else 33  # three attempts each

    assert 200 not in fail(shop, tries)

    assert shop.ask().status == 200


def test_failures_count_only_in_a_row(start: Start) -> None:
    healthy = False

    def behave(line: Line) -> None:
        line.read_request()
        if healthy:
            line.send(GOOD)

    _, shop = start(behave)
    for _ in range(3):
        healthy = False
        assert fail(shop, FAILURES - 1) == {503}
        healthy = True
        assert shop.ask().status == 200


def test_one_probe_goes_ahead_and_success_closes_it(
    start: Start, clock: Clock, records: Records
) -> None:
    answer = threading.Event()
    healthy = False

    def behave(line: Line) -> None:
        line.read_request()
        if healthy:
            assert answer.wait(15)
            line.send(GOOD)

    server, shop = start(behave, timeout=15)
    fail(shop, FAILURES + 5)
    requests = len(server.requests)
    healthy = True
    clock.now += 9.9
    assert fail(shop, 3) == {503}
    assert len(server.requests) == requests

    clock.now += 0.2
    with ThreadPoolExecutor(8) as pool:
        crowd = [pool.submit(shop.ask) for _ in range(8)]
        server.wait_for_requests(requests + 1)
        wait_until(lambda: sum(one.done() for one in crowd) == 7)
        assert len(server.requests) == requests + 1, "one probe only"
        answer.set()
        statuses = sorted(one.result().status for one in crowd)

    assert statuses == [200, *[503] * 7]
    assert fail(shop, 3) == {200}
    changes = [line for line in records.lines if "client.breaker" in line]
    assert ["does not answer" in line for line in changes] == [True, False]
    assert "answers again" in changes[1]


def test_a_probe_that_fails_is_followed_by_another_pause(
    start: Start, clock: Clock, records: Records
) -> None:
    server, shop = start(close)
    fail(shop, FAILURES)
    for _ in range(5):
        clock.now += 10.1
        requests = len(server.requests)
        fail(shop, 3)
        # One probe, with its retries.
        assert len(server.requests) == requests + 3

    changes = [line for line in records.lines if "client.breaker" in line]
    assert len(changes) == 1, "nothing changed after it had opened"


def test_in_production_it_opens_too(
    site: Callable[..., Site],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        # Nobody accepts, so that nobody answers.
        shop = site(f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=0.15)
        statuses = [shop.ask().status for _ in range(6)]

    assert statuses == [504] * 5 + [503]

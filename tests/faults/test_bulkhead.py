"""A slow vendor takes only some of the site's threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tests.faults.raw_vendor import Line, RawVendor, http
from tests.faults.sites import SHORT, TOKEN, Reply, Site, check_problem

GOOD = http(b'{"token": "%s"}' % TOKEN.encode())
SLOTS = 3


class SlowVendor:
    """A behaviour that answers once it is told to."""

    def __init__(self) -> None:
        self.go = threading.Event()

    def __call__(self, line: Line) -> None:
        while True:
            line.read_request()
            assert self.go.wait(15)
            line.send(GOOD)


def best(act: Callable[[], Reply]) -> Reply:
    return min((act() for _ in range(3)), key=lambda reply: reply.seconds)


def test_all_slots_busy_is_said_quickly_and_pages_are_served_meanwhile(
    vendor: Callable[..., RawVendor], site: Callable[..., Site]
) -> None:
    behave = SlowVendor()
    server = vendor(behave)
    shop = site(server.url, timeout=20, max_concurrent=SLOTS)
    with ThreadPoolExecutor(SLOTS) as pool:
        first = [pool.submit(shop.ask) for _ in range(SLOTS)]
        server.wait_for_requests(SLOTS)

        refused = best(shop.ask)
        page = best(shop.page)

        behave.go.set()
        assert [one.result().status for one in first] == [200] * SLOTS
    check_problem(refused, 503, "vendor_unavailable")
    assert refused.retry_after == 1
    assert refused.seconds < 0.4
    assert (page.status, page.seconds < 0.3) == (200, True)
    assert len(server.requests) == SLOTS, "nobody else reached the vendor"
    assert [shop.ask().status for _ in range(SLOTS + 1)] == [200] * (SLOTS + 1)


def test_a_slot_that_becomes_free_in_a_moment_is_waited_for(
    vendor: Callable[..., RawVendor], site: Callable[..., Site]
) -> None:
    def behave(line: Line) -> None:
        while True:
            line.read_request()
            line.wait(0.02)
            line.send(GOOD)

    shop = site(vendor(behave).url, max_concurrent=1)
    with ThreadPoolExecutor(2) as pool:
        pairs = [list(pool.map(lambda _: shop.ask().status, "ab")) for _ in range(5)]

    assert [200, 200] in pairs


def test_slots_come_back_when_the_vendor_hangs(
    vendor: Callable[..., RawVendor], site: Callable[..., Site]
) -> None:
    hanging = True

    def behave(line: Line) -> None:
        line.read_request()
        if hanging:
            line.hang()
        line.send(GOOD)

    server = vendor(behave)
    shop = site(server.url, timeout=SHORT, max_concurrent=SLOTS)
    with ThreadPoolExecutor(SLOTS) as pool:
        for reply in pool.map(lambda _: shop.ask(), range(SLOTS)):
            check_problem(reply, 504, "vendor_timeout")
        hanging = False
        shop.be_patient()
        together = list(pool.map(lambda _: shop.ask().status, range(SLOTS)))

    assert together == [200] * SLOTS

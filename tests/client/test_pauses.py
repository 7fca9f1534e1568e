"""Pauses that a vendor asks for: they hold no slot, and one of many asks for all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from requests import Request

from flask_app_inbox import VendorRateLimited, VendorUnavailable
from flask_app_inbox.client.answer import Answer
from flask_app_inbox.client.credentials import ApiKey
from flask_app_inbox.client.deadline import Deadline
from flask_app_inbox.client.pauses import FORGOTTEN, Pauses
from flask_app_inbox.client.transport import Transport
from tests.client.conftest import Serve
from tests.faults.raw_vendor import Behaviour, Line, each_request
from tests.faults.raw_vendor import http as answer
from tests.fixtures.clock import Clock

GOOD = answer(b"{}")
REFUSED = answer(b"", "Retry-After: 5", status="429 Slow down")
CALLERS = 6

Begin = Callable[..., Future[Answer]]
Sleep = Callable[[float], None]


@pytest.fixture
def make_begin() -> Iterator[Callable[..., Begin]]:
    """Make what begins a call of a thread of its own, with this kind of sleep."""
    with ThreadPoolExecutor(CALLERS) as threads:

        def make(sleep: Sleep, slots: int = CALLERS) -> Begin:
            transport = Transport(max_concurrent=slots, sleep=sleep)

            def begin(url: str, key: str = "", seconds: float = 60) -> Future[Answer]:
                request = Request("POST", url, json={}, auth=ApiKey(key))
                return threads.submit(transport.send, request, Deadline(seconds))

            return begin

        yield make


def refuse_together(then: bytes) -> Behaviour:
    """Return a behaviour: refuse the first calls once all have come, then answer."""
    first = threading.Semaphore(CALLERS)
    together = threading.Barrier(CALLERS)

    def behave(line: Line) -> None:
        while True:
            line.read_request()
            if first.acquire(blocking=False):
                together.wait(15)
                line.send(REFUSED)
            else:
                line.send(then)

    return behave


def until_all_wait() -> Sleep:
    """Return a sleep that ends once all callers are asleep."""
    together = threading.Barrier(CALLERS)

    def sleep(_: float) -> None:
        together.wait(15)

    return sleep


@pytest.mark.parametrize("refused", [REFUSED, REFUSED.replace(b"429", b"503")])
def test_one_of_those_who_wait_asks_for_all(
    serve: Serve, make_begin: Callable[..., Begin], refused: bytes
) -> None:
    vendor = serve(refuse_together(refused))
    begin = make_begin(until_all_wait())
    calls = [begin(vendor.url) for _ in range(CALLERS)]
    for call in calls:
        error = call.exception(30)
        assert isinstance(error, (VendorRateLimited, VendorUnavailable))
        assert error.status
    assert len(vendor.requests) == CALLERS + 2, "each of the pauses ends with one"


def test_a_refusal_for_longer_than_anybody_waits_is_told_to_all_and_forgotten(
    serve: Serve, make_begin: Callable[..., Begin]
) -> None:
    day = answer(b"", "Retry-After: 86400", status="429 Tomorrow")
    vendor = serve(refuse_together(day))
    begin = make_begin(until_all_wait())
    calls = [begin(vendor.url) for _ in range(CALLERS)]
    for call in calls:
        error = call.exception(30)
        assert isinstance(error, VendorRateLimited)
        assert error.retry_after == 86400
    assert len(vendor.requests) == CALLERS + 1
    vendor.drop_all(each_request(GOOD))
    assert begin(vendor.url).result(15).status == 200


def test_after_a_good_answer_all_go_on(
    serve: Serve, make_begin: Callable[..., Begin]
) -> None:
    vendor = serve(refuse_together(GOOD))
    begin = make_begin(until_all_wait())
    calls = [begin(vendor.url) for _ in range(CALLERS)]
    assert [call.result(30).status for call in calls] == [200] * CALLERS
    assert len(vendor.requests) == 2 * CALLERS


@pytest.fixture
def asleep() -> Iterator[tuple[Sleep, threading.Event]]:
    """A sleep that lasts as long as the test, and what tells that it began."""
    began, wake = threading.Event(), threading.Event()

    def sleep(_: float) -> None:
        began.set()
        assert wake.wait(30)

    yield sleep, began
    wake.set()


def test_who_waits_holds_no_slot_and_stops_no_other_kind_of_call(
    serve: Serve,
    make_begin: Callable[..., Begin],
    asleep: tuple[Sleep, threading.Event],
) -> None:
    sleep, began = asleep
    vendor = serve(each_request(REFUSED, GOOD))
    begin = make_begin(sleep, slots=1)
    begin(vendor.url)
    assert began.wait(15)
    for other in (begin(vendor.url, key="other"), begin(f"{vendor.url}/other")):
        assert other.result(15).status == 200

    # The same kind of call is not made, and told at once where it cannot wait.
    late = begin(vendor.url, seconds=3).exception(15)
    assert isinstance(late, VendorRateLimited)
    assert late.status == 429
    assert 3 < (late.retry_after or 0) <= 6
    assert len(vendor.requests) == 3


def test_a_pause_of_our_own_holds_no_slot_either(
    serve: Serve,
    make_begin: Callable[..., Begin],
    asleep: tuple[Sleep, threading.Event],
) -> None:
    sleep, began = asleep
    vendor = serve(each_request(answer(b"", status="503 x"), GOOD))
    begin = make_begin(sleep, slots=1)
    begin(vendor.url)
    assert began.wait(15)
    assert begin(vendor.url).result(15).status == 200


def test_a_pause_that_nobody_comes_back_to_takes_no_memory_for_ever() -> None:
    clock = Clock()
    pauses = Pauses(clock)
    pauses.begin("rare", VendorRateLimited("x", status=429), 5, after=None)
    clock.now += 5 + FORGOTTEN
    pauses.begin("other", VendorRateLimited("x", status=429), 5, after=None)
    assert pauses.find("rare")
    clock.now += 1
    pauses.begin("third", VendorRateLimited("x", status=429), 5, after=None)
    assert not pauses.find("rare")
    assert pauses.find("other")

"""The deadline: one span for name lookup, connecting, headers and body."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from flask_app_inbox import VendorInvalid, VendorTimeout, VendorUnavailable
from flask_app_inbox.client.deadline import MAX_RECEIVED, Deadline
from tests.client.conftest import Send, Serve
from tests.faults.raw_vendor import Behaviour, Line, answers
from tests.faults.raw_vendor import http as answer
from tests.fixtures.clock import Clock

#: Seconds that a call of these tests may take.
SPAN = 0.4
#: Seconds beyond that for a busy machine; far less than a slow vendor takes.
MARGIN = 2.0


def test_what_is_left_grows_less_and_never_less_than_nothing() -> None:
    clock = Clock()
    deadline = Deadline(2, clock=clock)
    assert (deadline.remaining(), deadline.patience()) == (2, 2)
    clock.now += 1.5
    assert (deadline.remaining(), deadline.patience()) == (0.5, 0.5)
    clock.now += 5
    assert deadline.remaining() == 0
    with pytest.raises(TimeoutError):
        deadline.patience()


def test_what_arrives_is_counted_to_a_limit() -> None:
    deadline = Deadline(1)
    assert deadline.count(MAX_RECEIVED) == MAX_RECEIVED
    with pytest.raises(http.client.HTTPException):
        deadline.count(1)


def drip(data: bytes) -> Behaviour:
    """Send a byte whenever a timeout of requests would be about to end."""

    def behave(line: Line) -> None:
        line.read_request()
        line.drip(data, pause=SPAN / 4)

    return behave


def hang(line: Line) -> None:
    line.read_request()
    line.hang()


def hang_at_once(line: Line) -> None:
    line.wait(60)


BODY = b'{"token": "' + b"t" * 400 + b'"}'


def drip_body(line: Line) -> None:
    whole = answer(BODY)
    head = whole[: -len(BODY)]
    line.read_request()
    line.send(head)
    line.drip(BODY, pause=SPAN / 4)


@pytest.mark.alone
@pytest.mark.parametrize("behave", [hang, hang_at_once, drip(answer(BODY)), drip_body])
def test_a_vendor_that_is_slow_does_not_outlast_the_deadline(
    serve: Serve, send: Send, behave: Behaviour
) -> None:
    start = time.monotonic()
    with pytest.raises(VendorTimeout):
        send(serve(behave).url, seconds=SPAN)
    assert SPAN * 0.9 < time.monotonic() - start < SPAN + MARGIN


def test_a_call_without_time_is_not_made(serve: Serve, send: Send) -> None:
    vendor = serve(answers(answer(b"{}")))
    with pytest.raises(VendorTimeout, match="no time was left"):
        send(vendor.url, seconds=0)
    assert vendor.connections == 0


@pytest.fixture
def lookup(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Any], None]]:
    """Replace the answer of name lookups: a list, an error or an event to wait for."""
    events: list[threading.Event] = []

    def replace(outcome: Any) -> None:
        def look_up(*_: Any) -> Any:
            if isinstance(outcome, threading.Event):
                events.append(outcome)
                outcome.wait(20)
                return []
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

        monkeypatch.setattr(socket, "getaddrinfo", look_up)

    yield replace
    for event in events:
        event.set()


def address(port: int, family: int = socket.AF_INET, host: str = "127.0.0.1") -> Any:
    return (family, socket.SOCK_STREAM, 0, "", (host, port))


@pytest.mark.alone
def test_a_name_lookup_that_hangs_does_not_outlast_the_deadline(
    lookup: Callable[[Any], None], send: Send
) -> None:
    lookup(threading.Event())
    start = time.monotonic()
    with pytest.raises(VendorTimeout):
        send("http://vendor.test", seconds=SPAN)
    assert time.monotonic() - start < SPAN + MARGIN


@pytest.mark.parametrize("outcome", [socket.gaierror(-2, "unknown"), []])
def test_a_name_that_nobody_knows_is_a_vendor_that_cannot_be_reached(
    lookup: Callable[[Any], None], send: Send, outcome: Any
) -> None:
    lookup(outcome)
    with pytest.raises(VendorUnavailable) as caught:
        send("http://vendor.test")
    assert "vendor.test" not in str(caught.value)


def test_a_host_that_refuses_is_a_vendor_that_cannot_be_reached(
    serve: Serve, send: Send
) -> None:
    vendor = serve(hang)
    vendor.__exit__()
    with pytest.raises(VendorUnavailable):
        send(vendor.url)


@pytest.mark.parametrize(
    "first",
    [
        (9999, socket.SOCK_STREAM, 0, "", ("::1", 1)),
        address(1, host="127.0.0.2"),
    ],
)
def test_of_several_addresses_the_first_that_answers_is_taken(
    serve: Serve, send: Send, lookup: Callable[[Any], None], first: Any
) -> None:
    vendor = serve(answers(answer(b"{}")))
    lookup([first, address(vendor.port)])
    assert send(f"http://vendor.test:{vendor.port}").status == 200


def test_an_address_that_does_not_answer_leaves_time_for_the_next(
    serve: Serve, send: Send, lookup: Callable[[Any], None]
) -> None:
    vendor = serve(answers(answer(b"{}")))
    with socket.socket() as full:
        # Nobody accepts here, and the queue is full: who connects waits.
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        with fill(port):
            lookup([address(port), address(vendor.port)])
            assert send(f"http://vendor.test:{port}", seconds=3).status == 200


class fill:  # noqa: N801 - reads as a verb
    """Connect to a port until nobody else can."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._sockets: list[socket.socket] = []

    def __enter__(self) -> None:
        for _ in range(4):
            sock = socket.socket()
            sock.setblocking(False)
            sock.connect_ex(("127.0.0.1", self._port))
            self._sockets.append(sock)

    def __exit__(self, *_: object) -> None:
        for sock in self._sockets:
            sock.close()


@pytest.mark.alone
def test_where_no_address_answers_in_time_it_is_a_timeout(
    send: Send, lookup: Callable[[Any], None]
) -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        with fill(port):
            lookup([address(port)])
            start = time.monotonic()
            with pytest.raises((VendorTimeout, VendorUnavailable)) as caught:
                send(f"http://vendor.test:{port}", seconds=SPAN)
    assert isinstance(caught.value, VendorTimeout)
    assert time.monotonic() - start < SPAN + MARGIN


def test_headers_without_an_end_are_invalid(serve: Serve, send: Send) -> None:
    def behave(line: Line) -> None:
        line.read_request()
        line.send(b"HTTP/1.1 200 OK\r\n")
        while True:
            line.send(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)

    with pytest.raises(VendorInvalid):
        send(serve(behave).url)

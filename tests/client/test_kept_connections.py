"""Connections that are kept, and what it means that one of them is dead."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from urllib3.connection import HTTPConnection

from flask_app_inbox import VendorTimeout
from flask_app_inbox.client import pool
from flask_app_inbox.client.deadline import Deadline
from flask_app_inbox.client.sockets import Exchange, connect
from flask_app_inbox.client.transport_errors import Inconclusive
from tests.client.conftest import Send, Serve
from tests.faults.forgetful import Forgetful
from tests.faults.raw_vendor import Line, each_request
from tests.faults.raw_vendor import http as answer
from tests.fixtures.clock import Clock

GOOD = answer(b"{}")


def test_on_a_kept_connection_time_is_held_back_for_a_new_one() -> None:
    clock = Clock()

    def patience(
        last_answer: float | None, seconds: float = 10, since: float = 1
    ) -> float:
        exchange = Exchange(Deadline(seconds, clock=clock))
        exchange.begin(last_answer, clock() - since)
        first = exchange.patience()
        exchange.end()
        assert exchange.patience() == seconds, "the rest of an answer has all the time"
        return first

    assert [patience(took) for took in (None, 0.1, 3, 4, 6)] == [10, 7.5, 7.5, 8, 10]
    assert [patience(0.1, seconds) for seconds in (1, 2, 60)] == [0.5, 1.25, 55]
    assert patience(0.1, since=0) == 10, "it has answered since the deadline began"


@pytest.mark.parametrize("end", [Line.hang, Line.reset, lambda _: None])
def test_a_kept_connection_that_is_dead_costs_no_error_and_those_beside_it_go(
    serve: Serve, send: Send, pauses: list[float], end: Callable[[Line], None]
) -> None:
    behave = Forgetful(GOOD, end)
    vendor = serve(behave)

    def send_two() -> None:
        behave.crowd = threading.Barrier(2)
        with ThreadPoolExecutor(2) as threads:
            for call in [threads.submit(send, vendor.url) for _ in range(2)]:
                assert call.result(15).status == 200
        behave.crowd = None

    send_two()
    behave.forget()
    assert send(vendor.url, seconds=4).status == 200
    assert len(vendor.requests) == 4
    send_two()
    assert (len(vendor.requests), pauses) == (6, []), "the other one was not tried"


@pytest.mark.alone
def test_a_vendor_that_hangs_on_a_new_connection_too_is_silent(
    serve: Serve, send: Send
) -> None:
    vendor = serve(each_request(GOOD))
    send(vendor.url)

    def hang(line: Line) -> None:
        line.read_request()
        line.hang()

    vendor.drop_all(hang)
    start = time.monotonic()
    with pytest.raises(VendorTimeout) as caught:
        send(vendor.url, seconds=0.4)
    assert not isinstance(caught.value, Inconclusive)
    assert time.monotonic() - start < 2.4


def test_silence_on_a_kept_connection_alone_says_nothing_about_the_vendor(
    serve: Serve, send: Send
) -> None:
    def behave(line: Line) -> None:
        line.read_request()
        line.wait(0.3)  # a vendor that is slow gets all the time that is left
        line.send(GOOD)
        line.hang()

    vendor = serve(behave)
    send(vendor.url)
    with pytest.raises(Inconclusive):
        send(vendor.url, seconds=0.3)
    assert vendor.connections == 1


def test_what_has_served_a_call_already_serves_the_rest_of_it_however_slow(
    serve: Serve, send: Send
) -> None:
    def behave(line: Line) -> None:
        for pause in (0, 0, 1.5):
            line.read_request()
            line.wait(pause)
            line.send(GOOD)

    vendor = serve(behave)
    send(vendor.url)
    deadline = Deadline(2)
    for _ in range(2):
        assert send(vendor.url, deadline=deadline).status == 200
    assert (len(vendor.requests), vendor.connections) == (3, 1)


def test_what_must_not_work_twice_gets_a_new_connection(
    serve: Serve, send: Send
) -> None:
    vendor = serve(each_request(GOOD))
    send(vendor.url)
    send(vendor.url, repeatable=False)
    assert vendor.connections == 2
    send(vendor.url)
    assert vendor.connections == 2, "which is kept for others"


def test_an_idle_connection_is_not_used_for_ever(
    serve: Serve, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor = serve(each_request(GOOD))
    send(vendor.url)
    monkeypatch.setattr(pool, "MAX_IDLE", 0)
    send(vendor.url)
    assert vendor.connections == 2


def test_idle_connections_are_kept_alive(
    serve: Serve, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[socket.socket] = []

    def keep(connection: HTTPConnection) -> socket.socket:
        made.append(connect(connection))
        return made[-1]

    monkeypatch.setattr("flask_app_inbox.client.pool.connect", keep)
    send(serve(each_request(GOOD)).url)
    [sock] = made
    assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)

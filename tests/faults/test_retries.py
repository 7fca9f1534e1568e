"""How often the vendor is asked for one token."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest

from tests.faults.raw_vendor import (
    Behaviour,
    Line,
    RawVendor,
    answers,
    each_request,
    http,
)
from tests.faults.sites import LONG, SHORT, TOKEN, Site

GOOD = http(b'{"token": "%s"}' % TOKEN.encode())


def failing(status: str, *headers: str) -> bytes:
    return http(b"not now", *headers, status=status)


def reset(line: Line) -> None:
    line.read_request()
    line.reset()


def close(line: Line) -> None:
    line.read_request()


def hang(line: Line) -> None:
    line.read_request()
    line.hang()


class Case(NamedTuple):
    """What the vendor does, what comes of it, and after how many requests."""

    name: str
    behave: Behaviour
    status: int
    requests: int

    def __str__(self) -> str:
        return self.name


CASES = (
    Case("a good answer", each_request(GOOD), 200, 1),
    Case("502 once", each_request(failing("502 x"), GOOD), 200, 2),
    Case("503 twice", each_request(failing("503 x"), failing("503 x"), GOOD), 200, 3),
    Case(
        "504, then 502", each_request(failing("504 x"), failing("502 x"), GOOD), 200, 3
    ),
    Case("503 for ever", each_request(failing("503 x")), 503, 3),
    Case("503 for a while", each_request(failing("503 x", "Retry-After: 9")), 503, 1),
    Case("503 for no time", each_request(failing("503 x", "Retry-After: 0")), 503, 3),
    Case("500", each_request(failing("500 x")), 503, 1),
    Case("429", each_request(failing("429 x")), 429, 1),
    Case("429 too long", each_request(failing("429 x", "Retry-After: 9")), 429, 1),
    Case(
        "429 that fits",
        each_request(failing("429 x", "Retry-After: 1"), GOOD),
        200,
        2,
    ),
    Case("429 for ever", each_request(failing("429 x", "Retry-After: 0")), 429, 3),
    Case("400", each_request(failing("400 x")), 502, 1),
    Case("401", each_request(failing("401 x")), 502, 1),
    Case("403", each_request(failing("403 x")), 502, 1),
    Case("404", each_request(failing("404 x")), 502, 1),
    Case("302", each_request(failing("302 x", "Location: /")), 502, 1),
    Case("no JSON", each_request(http(b"<html>")), 502, 1),
    Case("no HTTP", answers(b"Hello.\r\n"), 502, 1),
    Case("too large", each_request(http(b" " * 70_000)), 502, 1),
    Case("a reset", reset, 503, 3),
    Case("closed", close, 503, 3),
    Case("a hang", hang, 504, 1),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_vendor_is_asked_again_only_where_it_helps(
    case: Case, vendor: Callable[..., RawVendor], site: Callable[..., Site]
) -> None:
    server = vendor(case.behave)
    timeout = SHORT if case.status == 504 else LONG
    shop = site(server.url, timeout=timeout, sleep=lambda _: None)

    assert shop.ask().status == case.status

    assert len(server.requests) == case.requests


def test_a_pause_that_fits_is_kept(
    vendor: Callable[..., RawVendor], site: Callable[..., Site]
) -> None:
    server = vendor(each_request(failing("429 x", "Retry-After: 1"), GOOD))

    reply = site(server.url).ask()

    assert reply.status == 200
    assert reply.seconds >= 1


def test_a_retry_that_does_not_fit_is_left_out(
    vendor: Callable[..., RawVendor], site: Callable[..., Site]
) -> None:
    server = vendor(each_request(failing("429 x", "Retry-After: 1"), GOOD))
    shop = site(server.url, timeout=0.9)

    reply = shop.ask_in_time()

    assert (reply.status, reply.retry_after) == (429, 1)
    assert reply.seconds < 0.9, "there was nothing to wait for"


def test_retries_of_many_do_not_come_at_the_same_moment(
    vendor: Callable[..., RawVendor], site: Callable[..., Site]
) -> None:
    pauses: list[float] = []
    server = vendor(each_request(failing("503 x")))
    shop = site(server.url, sleep=pauses.append)

    for _ in range(10):
        shop.ask()

    first, second = pauses[::2], pauses[1::2]
    assert len(set(pauses)) == 20
    assert all(0.05 <= pause <= 0.15 for pause in first)
    assert all(0.1 <= pause <= 0.3 for pause in second)

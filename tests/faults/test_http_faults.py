"""What a browser gets when the vendor's HTTP is broken below a web server's level."""

from __future__ import annotations

import gzip
import itertools
import json
import traceback
import zlib
from collections.abc import Callable
from typing import NamedTuple

import pytest

from flask_app_inbox import VendorError
from tests.faults.raw_vendor import Behaviour, Line, RawVendor, answers, http
from tests.faults.records import SECRETS
from tests.faults.sites import CONTACT, LONG, SHORT, TOKEN, Site, check_problem

GOOD = json.dumps({"token": TOKEN}).encode()

#: The largest answer that is read, and one that is larger by a byte.
LARGE = GOOD.ljust(64 * 1024)
TOO_LARGE = LARGE + b" "

#: A good answer with 4 MB of spaces behind it; 4 KB as they travel.
BOMB = gzip.compress(GOOD + b" " * 2**22)


class Case(NamedTuple):
    """A behaviour of the vendor, and the problem that it becomes."""

    name: str
    behave: Behaviour
    status: int = 200
    code: str | None = None

    def __str__(self) -> str:
        return self.name


def invalid(name: str, *parts: bytes) -> Case:
    return Case(name, answers(*parts), 502, "vendor_invalid")


def fine(name: str, *parts: bytes) -> Case:
    return Case(name, answers(*parts))


def head(*lines: str) -> bytes:
    return "\r\n".join(["HTTP/1.1 200 OK", *lines, "", ""]).encode()


def chunks(*sizes_and_data: bytes) -> bytes:
    return head("Transfer-Encoding: chunked") + b"".join(sizes_and_data)


def endless(start: bytes, more: Callable[[int], bytes]) -> Behaviour:
    """Return a behaviour: send this and then ever more, until the client leaves."""

    def behave(line: Line) -> None:
        line.read_request()
        line.send(start)
        for number in itertools.count():
            line.send(more(number))

    return behave


def dripped(start: bytes, slowly: bytes) -> Behaviour:
    def behave(line: Line) -> None:
        line.read_request()
        line.send(start)
        line.drip(slowly)

    return behave


def hang_after(start: bytes) -> Behaviour:
    def behave(line: Line) -> None:
        line.read_request()
        line.send(start)
        line.hang()

    return behave


def hang_before_reading(line: Line) -> None:
    line.wait(30)


def answer_before_reading(line: Line) -> None:
    line.send(http(GOOD, "Connection: close"))
    line.read_request()


def say_secrets_for_a_status_line(line: Line) -> None:
    line.send(line.read_request())
    line.send(http(GOOD))


def say_secrets_for_headers(line: Line) -> None:
    request = line.read_request()
    line.send(head().removesuffix(b"\r\n") + request.replace(b":", b" "))
    line.send(b"\r\n\r\n")


def say_secrets_for_a_chunk(line: Line) -> None:
    line.send(chunks() + line.read_request())


def invalid_when(name: str, behave: Behaviour) -> Case:
    return Case(name, behave, 502, "vendor_invalid")


def late(name: str, behave: Behaviour) -> Case:
    return Case(name, behave, 504, "vendor_timeout")


def unavailable(name: str, behave: Behaviour) -> Case:
    return Case(name, behave, 503, "vendor_unavailable")


CASES = (
    fine("HTTP/1.0", b"HTTP/1.0 200 OK\r\n\r\n", GOOD),
    fine("gzip", http(gzip.compress(GOOD), "Content-Encoding: gzip")),
    fine("deflate", http(zlib.compress(GOOD), "Content-Encoding: deflate")),
    fine(
        "chunks", chunks(b"5\r\n", GOOD[:5], b"\r\n1a\r\n", GOOD[5:], b"\r\n0\r\n\r\n")
    ),
    fine("negative length", head("Content-Length: -5"), GOOD),
    fine("length without a number", head("Content-Length: five"), GOOD),
    fine("one 100 Continue", b"HTTP/1.1 100 Continue\r\n\r\n", http(GOOD)),
    fine("64 KiB", http(LARGE)),
    fine("64 KiB of chunks", chunks(b"10000\r\n", LARGE, b"\r\n0\r\n\r\n")),
    fine("64 KiB in gzip", http(gzip.compress(LARGE), "Content-Encoding: gzip")),
    Case("an answer before the request was read", answer_before_reading),
    invalid("garbage before the status line", b"\x00\xffgarbage\r\n", http(GOOD)),
    invalid("no status line", GOOD),
    invalid("HTTP/2", b"HTTP/2.0 200 OK\r\n\r\n", GOOD),
    invalid("a status of letters", b"HTTP/1.1 abc OK\r\n\r\n", GOOD),
    invalid("status 1000", b"HTTP/1.1 1000 OK\r\n\r\n", GOOD),
    invalid("101", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"),
    invalid("a long header line", head("X: " + "y" * 70_000), GOOD),
    invalid("headers without a colon", head("ES-TOKEN " + TOKEN), GOOD),
    invalid("br", http(GOOD, "Content-Encoding: br")),
    invalid("an unknown packing", http(GOOD, "Content-Encoding: rot13")),
    invalid("gzip twice", http(GOOD, "Content-Encoding: gzip, gzip")),
    invalid("no gzip though it says so", http(GOOD, "Content-Encoding: gzip")),
    invalid("too large", http(TOO_LARGE)),
    invalid("too large in chunks", chunks(b"10001\r\n", TOO_LARGE, b"\r\n0\r\n\r\n")),
    invalid(
        "too large in gzip", http(gzip.compress(TOO_LARGE), "Content-Encoding: gzip")
    ),
    invalid("a gzip bomb", http(BOMB, "Content-Encoding: gzip")),
    invalid("a chunk size of letters", chunks(b"zz\r\n", GOOD)),
    invalid("a negative chunk size", chunks(b"-5\r\n", GOOD)),
    invalid("a chunk cut off", chunks(b"ff\r\n", GOOD)),
    invalid("a length too long", head("Content-Length: 99"), GOOD),
    invalid("a length too short", head("Content-Length: 9"), GOOD),
    invalid("two lengths", head("Content-Length: 30", "Content-Length: 5"), GOOD),
    invalid("deep JSON", http(b"[" * 60_000)),
    invalid("a long number", http(b'{"token": ' + b"9" * 60_000 + b"}")),
    invalid("nothing", http(b"")),
    invalid_when("endless headers", endless(head()[:-2], lambda n: b"X-%d: y\r\n" % n)),
    invalid_when("an endless header line", endless(head()[:-2], lambda _: b"y" * 999)),
    invalid_when("an endless body", endless(head(), lambda _: b" " * 9999)),
    invalid_when("an endless chunk", endless(chunks(b"-1\r\n"), lambda _: b" " * 9999)),
    invalid_when(
        "a large chunk", endless(chunks(b"ffffff\r\n"), lambda _: b" " * 9999)
    ),
    invalid_when(
        "endless 100 Continue",
        endless(b"", lambda _: b"HTTP/1.1 100 Continue\r\n\r\n" * 99),
    ),
    invalid_when("secrets for a status line", say_secrets_for_a_status_line),
    invalid_when("secrets for headers", say_secrets_for_headers),
    invalid_when("secrets for a chunk size", say_secrets_for_a_chunk),
    unavailable("closed when accepted", lambda line: None),
    unavailable("reset when accepted", Line.reset),
    unavailable("closed after the request", lambda line: _drop(line.read_request())),
    late("a hang before reading", hang_before_reading),
    late("a hang after the headers", hang_after(head("Content-Length: 9"))),
    late("100 Continue, slowly", dripped(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 99)),
    late("a header, slowly", dripped(head()[:-2], b"X: " + b"y" * 999)),
    late("a body, slowly", dripped(head(), b" " * 999)),
    late("chunks, slowly", dripped(chunks(), b"1\r\n \r\n" * 99)),
)


def _drop(_: bytes) -> None:
    """Have read a request, and end."""


@pytest.mark.parametrize("case", CASES, ids=str)
def test_broken_http_becomes_its_problem_within_the_deadline(
    case: Case, vendor: Callable[..., RawVendor], site: Callable[..., Site]
) -> None:
    timeout = SHORT if case.status == 504 else LONG
    shop = site(vendor(case.behave).url, timeout=timeout, sleep=lambda _: None)

    reply = shop.ask_in_time()

    if case.code is None:
        assert (reply.status, reply.json) == (200, {"token": TOKEN})
    else:
        check_problem(reply, case.status, case.code)


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.code == "vendor_invalid"], ids=str
)
def test_an_error_says_nothing_that_the_vendor_said(
    case: Case, vendor: Callable[..., RawVendor], site: Callable[..., Site]
) -> None:
    shop = site(vendor(case.behave).url, sleep=lambda _: None)

    with shop.app.app_context(), pytest.raises(VendorError) as caught:
        shop.inbox.issue_token(CONTACT)

    # As a site would log it.
    text = "".join(traceback.format_exception(caught.value))
    assert [secret for secret in SECRETS if secret in text] == []
    assert "\x00\xff" not in text

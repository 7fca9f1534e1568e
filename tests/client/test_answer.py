"""What an answer's status, headers and body mean."""

from __future__ import annotations

import gzip
import time
import zlib
from email.utils import formatdate
from typing import Any

import pytest
import responses

from flask_app_inbox import (
    VendorError,
    VendorInvalid,
    VendorRateLimited,
    VendorRejected,
    VendorUnavailable,
)
from flask_app_inbox.client.answer import MAX_SIZE, Answer, check_status, retry_after
from tests.client.conftest import Send
from tests.conftest import TOKEN

URL = "https://vendor.test/v1/token"

# What an answer's status means


@pytest.mark.parametrize("status", [200, 201, 204, 299, 400, 404, 409, 422, 499])
def test_an_answer_that_a_caller_may_look_into_is_returned(status: int) -> None:
    assert check_status(status, {}, b"x") == Answer(status, b"x")


@pytest.mark.parametrize(
    ("status", "kind", "retryable"),
    [
        (401, VendorRejected, False),
        (403, VendorRejected, False),
        (429, VendorRateLimited, True),
        (500, VendorUnavailable, False),
        (501, VendorUnavailable, False),
        (502, VendorUnavailable, True),
        (503, VendorUnavailable, True),
        (504, VendorUnavailable, True),
        (999, VendorUnavailable, False),
        (101, VendorInvalid, False),
        (301, VendorInvalid, False),
        (304, VendorInvalid, False),
        (0, VendorInvalid, False),
    ],
)
def test_a_status_that_means_the_same_for_every_call_is_an_error(
    status: int, kind: type[VendorError], retryable: bool
) -> None:
    with pytest.raises(kind, match=str(status)) as caught:
        check_status(status, {}, TOKEN.encode())
    assert (caught.value.status, caught.value.retryable) == (status, retryable)
    assert TOKEN not in repr(caught.value)


@pytest.mark.parametrize("status", [429, 503])
def test_how_long_to_wait_is_read_where_it_is_said(status: int) -> None:
    with pytest.raises(VendorError) as caught:
        check_status(status, {"Retry-After": "7"}, b"")
    assert caught.value.retry_after == 7


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("0", 0),
        (" 12 ", 12),
        ("86401", 86400),
        ("9" * 5000, 86400),
        ("-1", None),
        ("1.5", None),
        ("0x10", None),
        ("²", None),
        ("soon", None),
        (formatdate(0, usegmt=True), 0),
        (formatdate(10**11, usegmt=True), 86400),
        ("Mon, 01 Jan 0001 00:00:00 -0000", 0),
        ("Fri, 31 Dec 9999 23:59:59 -2359", 86400),
        ("1 Jan 99999999999 00:00:00 GMT", None),
        ("Wed, 21 Oct 2015 07:28:00 +999999999", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_or_nothing(
    value: str | None, seconds: float | None
) -> None:
    assert retry_after(value) == seconds


def test_a_date_to_come_is_counted_from_now() -> None:
    assert retry_after(formatdate(time.time() + 60, usegmt=True)) == pytest.approx(
        60, abs=5
    )


# What an answer's body is


def test_an_answer_does_not_show_its_body() -> None:
    assert TOKEN not in repr(Answer(200, TOKEN.encode()))


def test_json_is_parsed_and_other_text_is_invalid() -> None:
    assert Answer(200, b'{"a": [1]}').json() == {"a": [1]}
    with pytest.raises(VendorInvalid, match="no JSON") as caught:
        Answer(200, TOKEN.encode()).json()
    assert caught.value.status == 200


@pytest.mark.parametrize(
    "body", [b"", b'{"token": "secret", oops', b"[" * 100_000, b"\xff\xfe{"]
)
def test_what_says_that_it_is_no_json_holds_nothing_of_it(body: bytes) -> None:
    with pytest.raises(VendorInvalid) as caught:
        Answer(200, body).json()
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b'{"name": "Caf\xe9"}', "Caf\ufffd"),
        (b'\xef\xbb\xbf{"name": "Shop"}', "Shop"),
        ('{"name": "Shop"}'.encode("utf-16"), "Shop"),
        (b'{"name": "Shop \\ud83d"}', "Shop \ufffd"),
        (b'{"name": "Shop \\ud83d\\ude00"}', "Shop \U0001f600"),
        (b'{"name": "Shop \xed\xa0\xbd"}', "Shop \ufffd\ufffd\ufffd"),
        (b'{"name": "C:\\\\ud83d"}', "C:\\ud83d"),
    ],
)
def test_an_odd_byte_or_half_a_character_spoils_one_text_alone(
    body: bytes, name: str
) -> None:
    told = Answer(200, body).json()
    assert told == {"name": name}
    told["name"].encode()  # as whoever prints or stores it


@pytest.mark.parametrize(
    "number", ["1e999", "-1e999", "NaN", "Infinity", "-Infinity", "9" * 5000]
)
def test_a_number_that_nobody_can_use_costs_itself_alone(number: str) -> None:
    told = Answer(200, f'{{"a": [{number}, 1.5, 7], "b": "x"}}'.encode()).json()
    assert told == {"a": [None, 1.5, 7], "b": "x"}


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def members(data: bytes) -> bytes:
    """Pack each half on its own, with an empty member between them."""
    middle = len(data) // 2
    parts = (data[:middle], b"", data[middle:])
    return b"".join(gzip.compress(part, mtime=0) for part in parts)


#: Travels as a few kilobytes.
BOMB = b"x" * (64 * MAX_SIZE)


@pytest.mark.parametrize("size", [0, 1, 8192, MAX_SIZE])
@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        (None, bytes),
        ("identity", bytes),
        ("gzip", gzip.compress),
        ("X-GZIP ", gzip.compress),
        ("gzip", members),
        ("gzip", lambda data: gzip.compress(data) + b"\0" * 8),
        ("deflate", zlib.compress),
        ("deflate", raw_deflate),
    ],
)
def test_a_body_up_to_the_limit_is_read_and_unpacked(
    vendor: responses.RequestsMock, send: Send, encoding: str, pack: Any, size: int
) -> None:
    headers = {"Content-Encoding": encoding} if encoding else {}
    vendor.post(URL, body=pack(b"x" * size), headers=headers)
    assert send(URL).body == b"x" * size


@pytest.mark.parametrize(
    ("body", "encoding", "reason"),
    [
        (b"x" * (MAX_SIZE + 1), "identity", "larger than 65536"),
        (gzip.compress(b"x" * (MAX_SIZE + 1), mtime=0), "gzip", "larger than 65536"),
        (gzip.compress(BOMB, mtime=0), "gzip", "larger than 65536"),
        (zlib.compress(BOMB), "deflate", "larger than 65536"),
        (b"no gzip", "gzip", "cannot be unpacked"),
        (members(b"x" * (MAX_SIZE + 1)), "gzip", "larger than 65536"),
        (raw_deflate(BOMB), "deflate", "larger than 65536"),
        (b"\xff no deflate", "deflate", "cannot be unpacked"),
        (b"x", "br", "an encoding not asked for"),
        (b"x", "gzip, gzip", "an encoding not asked for"),
    ],
)
def test_a_body_that_is_too_large_or_packed_oddly_is_invalid(
    vendor: responses.RequestsMock,
    send: Send,
    body: bytes,
    encoding: str,
    reason: str,
) -> None:
    vendor.post(URL, body=body, headers={"Content-Encoding": encoding})
    with pytest.raises(VendorInvalid, match=reason) as caught:
        send(URL)
    assert not caught.value.retryable

"""A vendor's answer: reading its body up to a size, and what its status means."""

from __future__ import annotations

import re
import time
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple, TypeGuard

import requests

from ..errors import VendorInvalid, VendorRateLimited, VendorRejected, VendorUnavailable
from .foreign_json import read_json

#: The most bytes of an answer that are read, counted unpacked.
MAX_SIZE = 64 * 1024
#: The longest token of any kind that is accepted, in characters.
MAX_TOKEN = 8192
_TOKEN = re.compile(f"[!-~]{{1,{MAX_TOKEN}}}")


class Answer(NamedTuple):
    """A vendor's answer; the body may hold anything, so repr hides it."""

    status: int
    body: bytes

    def __repr__(self) -> str:
        return f"Answer(status={self.status})"

    def json(self) -> Any:
        """Parse the body.

        What of it nobody can use costs itself alone; see :func:`.read_json`.

        :raises VendorInvalid: if it is not JSON.
        """
        with suppress(ValueError):
            return read_json(self.body)
        # Not within an "except": the error that was caught holds the whole answer, and
        # sites log causes and contexts of what they catch.
        raise VendorInvalid("the vendor's answer is no JSON", status=self.status)


def is_token(value: object) -> TypeGuard[str]:
    """Return whether a value can travel in a header as a token, from any browser."""
    return isinstance(value, str) and bool(_TOKEN.fullmatch(value))


class AnswerTooLarge(VendorInvalid):
    """The answer has more bytes than may be read."""


#: Turns a status, headers and a body into an answer, or raises VendorError.
Judge = Callable[[int, Mapping[str, str], bytes], Answer]


def read_body(response: requests.Response, max_size: int = MAX_SIZE) -> bytes:
    """Read and unpack a body.

    :param max_size: the most bytes that are taken; by default 64 KiB.
    :raises AnswerTooLarge: if it is larger. The caller closes the connection.
    :raises VendorInvalid: if it is compressed in a way that we do not know.
    """
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    is_plain = encoding in ("", "identity")
    if not is_plain and encoding not in ("gzip", "x-gzip", "deflate"):
        raise VendorInvalid("the vendor's answer has an encoding not asked for")
    read = bytearray()  # bytes would be copied for each chunk
    # What is packed may be as long as the deadline lets pass.
    while chunk := response.raw.read(8192, decode_content=False):
        read += chunk
        if is_plain and len(read) > max_size:
            break
    body = bytes(read)
    if not is_plain:
        try:
            body = _unpack(body, max_size + 1)
        except zlib.error as error:
            raise VendorInvalid("the vendor's answer cannot be unpacked") from error
    if len(body) > max_size:
        raise AnswerTooLarge(f"the vendor's answer is larger than {max_size} bytes")
    return body


def _unpack(packed: bytes, most: int) -> bytes:
    """Unpack gzip, zlib, or deflate without zlib's header, as requests does.

    :param most: the most bytes to unpack.
    :raises zlib.error: if it is none of them.
    """
    unpacked, rest = b"", packed
    while rest and len(unpacked) < most:
        # One member of gzip, which may have several.
        member = zlib.decompressobj(zlib.MAX_WBITS | 32)
        try:
            unpacked += member.decompress(rest, most - len(unpacked))
        except zlib.error:
            if rest is not packed:
                break  # what follows the last member is no part of the answer
            # Servers call both of them "deflate" (RFC 9110, section 8.4.1.2).
            member = zlib.decompressobj(-zlib.MAX_WBITS)
            unpacked = member.decompress(packed, most)
        rest = member.unused_data
    return unpacked


def check_status(status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    """Return an answer whose body a caller may read.

    :raises VendorError: for a status that means the same for every call.
    """
    if status in (401, 403):
        raise VendorRejected(f"the vendor answered {status}", status=status)
    if status == 429:
        raise VendorRateLimited(
            "the vendor answered 429",
            status=status,
            retry_after=retry_after(headers.get("Retry-After")),
        )
    if status >= 500:
        raise VendorUnavailable(
            f"the vendor answered {status}",
            status=status,
            retryable=status in (502, 503, 504),
            retry_after=retry_after(headers.get("Retry-After")),
        )
    if not 200 <= status < 300 and not 400 <= status < 500:
        raise VendorInvalid(f"the vendor answered {status}", status=status)
    return Answer(status, body)


def retry_after(value: str | None) -> float | None:
    """Parse Retry-After, seconds or a date; None if it is missing or unusable."""
    if value is None:
        return None
    try:
        if re.fullmatch(r"\s*[0-9]+\s*", value):
            seconds = float(value)
        else:
            seconds = parsedate_to_datetime(value).timestamp() - time.time()
    except (ValueError, OverflowError):
        return None
    return min(max(0.0, seconds), 24 * 60 * 60)

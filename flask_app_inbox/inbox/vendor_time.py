"""How long the vendor took in this request, for the browser's developer tools."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Response, has_request_context, request

_VENDOR_TIME = "flask_app_inbox.vendor_time"


class Stopwatch:
    """The seconds that the vendor took; known once it has answered."""

    seconds = 0.0


@contextmanager
def vendor_time(
    clock: Callable[[], float] = time.perf_counter,
) -> Iterator[Stopwatch]:
    """Measure calls to the vendor, and add them to what this request took."""
    watch, start = Stopwatch(), clock()
    try:
        yield watch
    finally:
        watch.seconds = clock() - start
        if has_request_context():
            before = request.environ.get(_VENDOR_TIME, 0.0)
            request.environ[_VENDOR_TIME] = before + watch.seconds


def add_server_timing(response: Response) -> Response:
    """Tell in an answer how long the vendor took, if it was asked."""
    seconds = request.environ.get(_VENDOR_TIME)
    if seconds is not None:
        response.headers.add("Server-Timing", f"vendor;dur={seconds * 1000:.1f}")
    return response

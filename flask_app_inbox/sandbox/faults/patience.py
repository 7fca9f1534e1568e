"""Waiting while watching the client, so that no fault outlives its connection."""

from __future__ import annotations

import selectors
import socket
import struct
import sys
import threading
import time

#: How often a waiting thread checks whether its client has left, in seconds.
_GLANCE = 0.05

#: Linger for 0 seconds: what turns a close into a reset. Windows has shorter numbers.
_NO_LINGER = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class Dropped(ConnectionAbortedError):
    """Raised to end a request without an answer and to close its connection."""


def wait(
    client: socket.socket, released: threading.Event, seconds: float | None
) -> None:
    """Wait for some seconds (None: without end) or until ``released`` is set.

    :raises Dropped: when the client closes the connection meanwhile.
    """
    deadline = None if seconds is None else time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        selector.register(client, selectors.EVENT_READ)
        while not released.is_set():
            left = _GLANCE if deadline is None else deadline - time.monotonic()
            if left <= 0:
                return
            if selector.select(0) and _has_left(client):
                raise Dropped
            released.wait(min(left, _GLANCE))


def reset(client: socket.socket) -> None:
    """Break the connection with a TCP reset instead of an orderly end."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    # The server's own readers still hold the object, so that ``close`` would wait.
    socket.close(client.detach())


def _has_left(client: socket.socket) -> bool:
    try:
        return not client.recv(1, socket.MSG_PEEK)
    except OSError:
        return True

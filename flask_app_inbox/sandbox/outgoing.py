"""A request of the sandbox's own, to this machine alone, which ends in time."""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import threading
from collections.abc import Mapping
from urllib.parse import urlsplit


class Outgoing:
    """One request, which another thread may give up."""

    def __init__(self) -> None:
        self.was_given_up = False
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None

    def holds(self, sock: socket.socket) -> None:
        """Take the connection that the request goes over."""
        with self._lock:
            self._socket = sock
            if self.was_given_up:
                self._close()

    def give_up(self) -> None:
        """End the request at once."""
        with self._lock:
            self.was_given_up = True
            self._close()

    def cut(self) -> None:
        """End the request because its time is over."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


def is_loopback(url: str) -> bool:
    """Tell whether an address leads to this machine by plain http."""
    try:
        parts = urlsplit(url)
        name, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.scheme != "http" or parts.username is not None or not name:
        return False
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def post(
    outgoing: Outgoing,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    seconds: float,
) -> int:
    """Send a POST and return the status of the answer; 0: there was none in time.

    No redirect is followed, and no proxy of the environment is used.

    :param url: of this machine; see :func:`is_loopback`.
    :param seconds: for everything.
    """
    parts = urlsplit(url)
    # Nobody is asked where a name of this machine leads.
    name = parts.hostname or ""
    host = "127.0.0.1" if name.endswith("localhost") else name
    connection = http.client.HTTPConnection(host, parts.port, timeout=seconds)
    watch = threading.Timer(seconds, outgoing.cut)
    watch.daemon = True
    watch.start()
    try:
        connection.connect()
        outgoing.holds(connection.sock)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, {"Host": parts.netloc, **headers})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException, ValueError):
        return 0
    finally:
        watch.cancel()
        connection.close()

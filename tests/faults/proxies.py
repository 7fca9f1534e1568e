"""Proxies of bare sockets, as companies have them before the internet."""

from __future__ import annotations

import contextlib
import re
import socket
import threading

from tests.faults.raw_vendor import PATIENCE, Behaviour, Line, http


def passes_on(line: Line) -> None:
    """Open the tunnel that is asked for, or pass requests on to where they go."""
    request = line.read_request()
    method, target, _ = request.split(b" ", 2)
    is_tunnel = method == b"CONNECT"
    place = target if is_tunnel else target.split(b"/")[2]
    port = int(place.rpartition(b":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as server:
        back = threading.Thread(target=_carry, args=(server, line.sock), daemon=True)
        back.start()
        try:
            if is_tunnel:
                line.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
                _carry(line.sock, server)
            while not is_tunnel:
                server.sendall(_for_the_vendor(request))
                request = line.read_request()
        finally:
            with contextlib.suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            back.join(PATIENCE)


def _for_the_vendor(request: bytes) -> bytes:
    """Return a request without what is the proxy's own."""
    request = re.sub(rb"http://[^/]+", b"", request, count=1)
    return re.sub(rb"\r\nProxy-Authorization:[^\r]*", b"", request, flags=re.IGNORECASE)


def refuses(status: str) -> Behaviour:
    """Return a behaviour: answer each request like this."""

    def behave(line: Line) -> None:
        while True:
            line.read_request()
            line.send(http(b"<p>words of the proxy</p>", status=status))

    return behave


def hangs(line: Line) -> None:
    """Take a request, and answer nothing."""
    line.read_request()
    line.hang()


def _carry(source: socket.socket, sink: socket.socket) -> None:
    """Carry bytes until the source ends."""
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            sink.sendall(piece)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_RDWR)

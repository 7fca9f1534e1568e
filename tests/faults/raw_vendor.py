"""A vendor made of bare sockets, for what no HTTP server can be talked into."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator

#: Seconds that anything here waits for a test at most.
PATIENCE = 15.0


class Gone(OSError):
    """Raised when the client has left or the test is over."""


class Line:
    """One connection, as a behaviour sees it."""

    def __init__(self, vendor: RawVendor, sock: socket.socket) -> None:
        self.vendor = vendor
        self.sock = sock
        self._ahead = b""

    def secure(self) -> None:
        """Do the server's part of the handshake."""
        assert self.vendor.tls is not None
        self.sock = self.vendor.tls.wrap_socket(
            self.sock, server_side=True, do_handshake_on_connect=False
        )
        self.vendor.hold(self.sock)
        self.sock.do_handshake()

    def read_request(self) -> bytes:
        """Read one request to its end and keep it for the test."""
        while b"\r\n\r\n" not in self._ahead:
            self._ahead += self.receive()
        head, _, body = self._ahead.partition(b"\r\n\r\n")
        length = 0
        for header in head.split(b"\r\n")[1:]:
            name, _, value = header.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        while len(body) < length:
            body += self.receive()
        self._ahead = body[length:]
        request = head + b"\r\n\r\n" + body[:length]
        self.vendor.note(request)
        return request

    def receive(self) -> bytes:
        """Return what comes next."""
        data = self.sock.recv(65536)
        if not data:
            raise Gone
        return data

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def drip(self, data: bytes, pause: float = 0.05) -> None:
        """Send byte after byte; the last one after all others."""
        for position in range(len(data)):
            self.send(data[position : position + 1])
            self.wait(pause)

    def wait(self, seconds: float) -> None:
        """Wait, but not beyond the end of the test."""
        if self.vendor.stopped.wait(seconds):
            raise Gone

    def hang(self) -> None:
        """Do nothing until the client leaves."""
        while self.sock.recv(65536):
            pass
        raise Gone

    def reset(self) -> None:
        """Break the connection with a TCP reset."""
        self.sock.setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        self.sock.close()


Behaviour = Callable[[Line], None]


class RawVendor:
    """A server on a free port of this machine; a context manager.

    :param behave: what it does with a connection that is accepted, after which
        the connection is closed.
    :param tls: what it shows to clients; None: it speaks plainly.
    :param handshake: False: a behaviour does it, or something else, itself.
    """

    def __init__(
        self,
        behave: Behaviour,
        tls: ssl.SSLContext | None = None,
        *,
        handshake: bool = True,
    ) -> None:
        self.behave = behave
        self.tls = tls
        self.stopped = threading.Event()
        #: How many connections were accepted.
        self.connections = 0
        #: Every request that was read whole.
        self.requests: list[bytes] = []
        self._handshake = handshake and tls is not None
        self._changed = threading.Condition()
        self._open: dict[threading.Thread, socket.socket] = {}
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)

    @property
    def url(self) -> str:
        """The address by the name that good certificates are made for."""
        return f"{'https' if self.tls else 'http'}://localhost:{self.port}"

    def __enter__(self) -> RawVendor:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(PATIENCE)
        self.drop_all(self.behave)

    def drop_all(self, behave: Behaviour) -> None:
        """End every connection, and behave like this with those that follow."""
        self.behave = behave
        for thread, sock in list(self._open.items()):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            thread.join(PATIENCE)

    def hold(self, sock: socket.socket) -> None:
        """Remember the connection that the current thread serves."""
        self._open[threading.current_thread()] = sock

    def note(self, request: bytes) -> None:
        with self._changed:
            self.requests.append(request)
            self._changed.notify_all()

    def wait_for_requests(self, count: int) -> None:
        """Wait until so many requests have come in all."""
        with self._changed:
            came = self._changed.wait_for(lambda: len(self.requests) >= count, PATIENCE)
        assert came, f"{len(self.requests)} of {count} requests came"

    def wait_until_idle(self) -> None:
        """Wait until no connection is open."""
        end = time.monotonic() + PATIENCE
        while self._open and time.monotonic() < end:
            for thread in list(self._open):
                thread.join(0.05)
        assert not self._open

    def _accept(self) -> None:
        while not self.stopped.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            sock.settimeout(PATIENCE)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            thread = threading.Thread(target=self._serve, args=(sock,), daemon=True)
            self._open[thread] = sock
            thread.start()

    def _serve(self, sock: socket.socket) -> None:
        line = Line(self, sock)
        self.hold(sock)
        try:
            # Whoever is served may leave at any moment.
            with contextlib.suppress(OSError):
                if self._handshake:
                    line.secure()
                self.behave(line)
        finally:
            with contextlib.suppress(OSError):
                line.sock.close()
            self._open.pop(threading.current_thread(), None)


def http(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """Return a whole answer as it goes over the wire."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def answers(*parts: bytes) -> Behaviour:
    """Return a behaviour: read a request, send this, close."""

    def behave(line: Line) -> None:
        line.read_request()
        line.send(b"".join(parts))
        line.sock.shutdown(socket.SHUT_WR)

    return behave


def each_request(*replies: bytes) -> Behaviour:
    """Return a behaviour: the next of these for each request, then the last.

    Connections are kept, and all of them share the row of answers.
    """
    row: Iterator[bytes] = iter(replies)
    lock = threading.Lock()

    def behave(line: Line) -> None:
        while True:
            line.read_request()
            with lock:
                reply = next(row, replies[-1])
            line.send(reply)

    return behave

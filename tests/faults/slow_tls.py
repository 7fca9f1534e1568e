"""A server's side of TLS whose bytes can be sent one by one."""

from __future__ import annotations

import contextlib
import ssl

from tests.faults.raw_vendor import Line


class SlowTls:
    """TLS between memory and a line, so that nothing is sent by itself."""

    def __init__(self, line: Line) -> None:
        context = line.vendor.tls
        assert context is not None
        self._line = line
        self._in = ssl.MemoryBIO()
        self._out = ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._in, self._out, server_side=True)

    def receive(self) -> None:
        """Take what the client sends next."""
        self._in.write(self._line.receive())

    def flight(self) -> bytes:
        """Return what the handshake wants sent now."""
        with contextlib.suppress(ssl.SSLWantReadError):
            self._tls.do_handshake()
        return self._out.read()

    def shake_hands(self) -> None:
        """Do the whole handshake at full speed."""
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                self._line.send(self._out.read())
                self.receive()
            else:
                self._line.send(self._out.read())
                return

    def read_request(self) -> None:
        """Read a request that comes in one piece or two."""
        request = b""
        while not request.endswith(b"}"):
            try:
                request += self._tls.read(65536)
            except ssl.SSLWantReadError:
                self.receive()
        self._line.vendor.note(request)

    def packed(self, data: bytes) -> bytes:
        """Return data as the records that would carry it."""
        self._tls.write(data)
        return self._out.read()

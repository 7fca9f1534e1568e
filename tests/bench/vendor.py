"""A vendor over TLS that answers every request with a token, some time later.

Started as a program with its certificate, its key and its latency; it prints its
port. SIGUSR1 makes it hang: it takes requests and answers none; again: it answers.
"""

from __future__ import annotations

import asyncio
import json
import signal
import ssl
import sys
from typing import cast

#: A token, and a count of messages, whichever is asked for.
BODY = json.dumps({"token": "t" * 200, "count": 3}).encode()
ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nES-TOKEN: next\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
)


class Vendor:
    """What all connections share."""

    def __init__(self, latency: float) -> None:
        self.latency = latency
        self.hangs = False

    def toggle(self) -> None:
        """Begin to hang, or to answer again."""
        self.hangs = not self.hangs


class Connection(asyncio.Protocol):
    """One client; requests follow each other on it."""

    def __init__(self, vendor: Vendor) -> None:
        self._vendor = vendor
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, separator, body = self._received.partition(b"\r\n\r\n")
        if not separator:
            return
        length = 0
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if len(body) < length:
            return
        self._received = body[length:]
        if not self._vendor.hangs:
            asyncio.get_running_loop().call_later(self._vendor.latency, self._answer)

    def _answer(self) -> None:
        if not self._transport.is_closing():
            self._transport.write(ANSWER)


async def serve(certificate: str, key: str, latency: float) -> None:
    """Listen until the process ends."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    vendor = Vendor(latency)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, vendor.toggle)
    server = await loop.create_server(
        lambda: Connection(vendor), "127.0.0.1", 0, ssl=tls, backlog=512
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], sys.argv[2], float(sys.argv[3])))

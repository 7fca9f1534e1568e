"""A load generator on bare sockets, so that it takes little of the processor.

Started as a program; reads a JSON object from its input and prints one:

``{"port", "path", "method", "contacts", "clients", "seconds", "requests", "rate",
"timeout"}``: as many clients as given ask one after the other for some seconds,
or until so many requests were made. With a rate, requests start at fixed times
instead, however long earlier ones take, and count from these times.
"""

from __future__ import annotations

import itertools
import json
import queue
import socket
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.bench.sites import cookies


@dataclass
class Load:
    """What to ask for, and what came of it."""

    port: int
    path: str
    method: str = "GET"
    contacts: int = 0
    clients: int = 16
    seconds: float = 0
    requests: int = 0
    rate: float = 0
    timeout: float = 30
    #: Milliseconds of answered requests.
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        headers = f"{self.method} {self.path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}"
        if self.method == "POST":
            headers += "\r\nContent-Length: 0"
        texts = [
            f"{headers}\r\nCookie: session={cookie}\r\n\r\n"
            for cookie in cookies(self.contacts)
        ] or [f"{headers}\r\n\r\n"]
        self._requests = itertools.cycle([text.encode() for text in texts])
        self._numbers = itertools.count()
        self._end = time.perf_counter() + (self.seconds or 1e9)

    def run(self) -> dict[str, Any]:
        """Make the requests and return what came of them."""
        start = time.perf_counter()
        if self.rate:
            self._run_at_rate()
        else:
            self._run_threads(self.clients, self._ask_on)
        took = time.perf_counter() - start
        return {
            "took": took,
            "latencies": self.latencies,
            "statuses": dict(self.statuses),
        }

    def _run_threads(self, number: int, target: Any) -> None:
        threads = [threading.Thread(target=target) for _ in range(number)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _ask_on(self) -> None:
        client = Client(self)
        while time.perf_counter() < self._end:
            if self.requests and next(self._numbers) >= self.requests:
                break
            client.ask(next(self._requests), time.perf_counter())
        client.close()

    def _run_at_rate(self) -> None:
        times: queue.Queue[float | None] = queue.Queue()

        def ask_at_times() -> None:
            client = Client(self)
            while (at := times.get()) is not None:
                client.ask(next(self._requests), at)
            client.close()

        threads = [threading.Thread(target=ask_at_times) for _ in range(self.clients)]
        for thread in threads:
            thread.start()
        first = time.perf_counter() + 0.05
        for number in range(int(self.rate * self.seconds)):
            at = first + number / self.rate
            time.sleep(max(0.0, at - time.perf_counter()))
            times.put(at)
        for _ in threads:
            times.put(None)
        for thread in threads:
            thread.join()


class Client:
    """One connection, opened anew when it breaks."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._socket: socket.socket | None = None

    def ask(self, request: bytes, start: float) -> None:
        """Send a request and note its answer's status and time."""
        try:
            if self._socket is None:
                self._socket = socket.create_connection(
                    ("127.0.0.1", self._load.port), timeout=self._load.timeout
                )
            self._socket.sendall(request)
            status = self._read()
        except OSError as error:
            self._load.statuses[type(error).__name__] += 1
            self.close()
            return
        self._load.latencies.append((time.perf_counter() - start) * 1000)
        self._load.statuses[status] += 1

    def _read(self) -> str:
        assert self._socket is not None
        received = b""
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._receive()
        head = received[:end].lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        missing = length - (len(received) - end - 4)
        while missing > 0:
            missing -= len(self._receive())
        if b"connection: close" in head:
            self.close()
        return head[9:12].decode()

    def _receive(self) -> bytes:
        assert self._socket is not None
        data = self._socket.recv(65536)
        if not data:
            raise ConnectionResetError
        return data

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


if __name__ == "__main__":
    json.dump(Load(**json.load(sys.stdin)).run(), sys.stdout)

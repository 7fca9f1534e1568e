"""The sandbox, or another app, as a server in a thread of this process."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.serving import ThreadedWSGIServer

from .app import create_sandbox
from .connection import Connection, VerboseConnection
from .state import state_of

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from typing_extensions import Self

#: Connections that may wait to be accepted.
_BACKLOG = 512

#: How often the accepting thread checks whether to stop, in seconds.
_POLL = 0.05

#: How long ``stop`` waits for the threads to end, in seconds.
_PATIENCE = 10.0

#: Where to reach a server that listens on all addresses.
_REACHABLE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  (nothing is bound)


class AppServer:
    """An app that listens on a port: a context manager, or ``start`` and ``stop``.

    A server that was stopped can start again on the same port.

    :param app: any WSGI application.
    :param host: the address to listen on.
    :param port: the port to listen on; 0 takes a free one.
    :param verbose: log each request to the terminal.
    """

    def __init__(
        self,
        app: WSGIApplication,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        verbose: bool = False,
    ) -> None:
        self._app = app
        self._host = host
        self._port = port
        self._handler = VerboseConnection if verbose else Connection
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port; 0 before the first start if none was given."""
        return self._port

    @property
    def url(self) -> str:
        """The address, without a slash at its end."""
        host = _REACHABLE.get(self._host, self._host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self._port}"

    def start(self) -> Self:
        """Listen and answer; return the server itself.

        :raises OSError: when the port is taken.
        :raises RuntimeError: when the server is running already.
        """
        if self._server is not None:
            raise RuntimeError("This server is running already: stop it first.")
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        with socket.create_server(
            (self._host, self._port), family=family, backlog=_BACKLOG
        ) as listener:
            self._port = listener.getsockname()[1]
            self._server = _Server(
                self._host, self._port, self._app, self._handler, fd=listener.fileno()
            )
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            args=(_POLL,),
            name=f"server-{self._port}",
            daemon=True,
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop at once, even in the middle of answers; do nothing when stopped."""
        if self._server is None or self._thread is None:
            return
        self._server.shutdown()
        self._thread.join()
        self._server.drop_connections()
        self._server = self._thread = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


class SandboxServer(AppServer):
    """A sandbox that listens on a port: a context manager, or ``start`` and ``stop``.

    A server that was stopped can start again on the same port and with the same
    state, as a vendor that was down for a while.

    :param host: the address to listen on.
    :param port: the port to listen on; 0 takes a free one.
    :param api_key: the API key that is accepted.
    :param verbose: log each request to the terminal.
    :param clock: returns the seconds since the epoch.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        api_key: str = "sandbox-key",
        verbose: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.app: Flask = create_sandbox(api_key=api_key, clock=clock)
        state_of(self.app).host = host
        super().__init__(self.app, host, port, verbose=verbose)

    def start(self) -> Self:
        """Listen and answer, and send to the site's webhook what waits for it."""
        super().start()
        state_of(self.app).webhook.resume()
        return self

    def stop(self) -> None:
        """Stop at once, even in the middle of answers and of calls to a webhook."""
        state_of(self.app).webhook.pause()
        super().stop()

    def reset(self) -> None:
        """Reset to the initial state, as ``POST /_sandbox/reset`` does."""
        state_of(self.app).reset()


class _Server(ThreadedWSGIServer):
    """A threaded server that knows its connections, so that it can close them."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._lock = threading.Lock()
        self._open: dict[threading.Thread, socket.socket] = {}

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer a new connection in a thread of its own."""
        thread = threading.Thread(
            target=self.process_request_thread,
            args=(request, client_address),
            name=f"{threading.current_thread().name}-client",
            daemon=True,
        )
        with self._lock:
            self._open[thread] = request
        thread.start()

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve a connection until it ends."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._lock:
                self._open.pop(threading.current_thread(), None)

    def drop_connections(self) -> None:
        """Close every connection and wait until its thread has ended.

        A fault that waits takes this for a client that left.
        """
        with self._lock:
            connections = dict(self._open)
        for connection in connections.values():
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        deadline = time.monotonic() + _PATIENCE
        for thread in connections:
            thread.join(max(0.0, deadline - time.monotonic()))

"""A deadline for every wait on a socket, and a limit of what may arrive.

The timeouts of requests and urllib3 start again with each byte that arrives and with
each address that is tried. So a vendor that drips one byte a second keeps a caller for
as long as it likes. Our sockets ask the call's deadline before each wait: name lookup,
connecting, handshake, headers and body share one time span. The sockets also count what
they read, because http.client reads headers, interim answers and misnumbered chunks
without a limit.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError
from urllib3.exceptions import NewConnectionError as ConnectError
from urllib3.util.wait import wait_for_read, wait_for_write

from .certificates import tls_context

_current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)

Result = TypeVar("Result")

# CPython's TLS counts its timeout once for a call, gevent's for each wait in it.
_TIMES_WHOLE_CALLS = ssl.SSLSocket.__module__ == "ssl"

#: The most bytes that may arrive for one call, headers included.
MAX_RECEIVED = 512 * 1024


class Deadline:
    """The moment by which a call must have its answer.

    :param seconds: from now.
    :param clock: returns seconds that never run backwards.
    :param max_body: the most bytes that the answer's body may have; None: as many as
        that of any call.
    """

    def __init__(
        self,
        seconds: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        max_body: int | None = None,
    ) -> None:
        self._clock = clock
        self._end = clock() + seconds
        self._received = 0
        self._max_received = MAX_RECEIVED + (max_body or 0)
        #: The most bytes of the answer's body, if they are not the usual number.
        self.max_body = max_body

    def remaining(self) -> float:
        """Return the seconds left, at least 0."""
        return max(0.0, self._end - self._clock())

    def patience(self) -> float:
        """Return the seconds left for a wait.

        :raises TimeoutError: if there are none.
        """
        seconds = self.remaining()
        if seconds <= 0:
            raise TimeoutError("the deadline has passed")
        return seconds

    def count(self, size: int) -> int:
        """Count bytes that arrived and return their number.

        :raises http.client.HTTPException: if too many have arrived by now.
        """
        self._received += size
        if self._received > self._max_received:
            raise http.client.HTTPException("far too much arrived")
        return size

    @contextmanager
    def kept_by_sockets(self) -> Iterator[None]:
        """Make the sockets that this context uses keep the deadline."""
        token = _current.set(self)
        try:
            yield
        finally:
            _current.reset(token)


def is_kept() -> bool:
    """Tell whether this context is within a call to a vendor."""
    return _current.get() is not None


class _PlainSocket(socket.socket):
    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        deadline = _current.get()
        if deadline is None:
            return super().recv_into(*args, **kwargs)
        self.settimeout(deadline.patience())
        return deadline.count(super().recv_into(*args, **kwargs))


class _TlsSocket(ssl.SSLSocket):
    def do_handshake(self, *_: Any) -> None:
        _within_deadline(self, lambda: super(_TlsSocket, self).do_handshake())

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        size = _within_deadline(
            self, lambda: super(_TlsSocket, self).recv_into(*args, **kwargs)
        )
        deadline = _current.get()
        return deadline.count(size) if deadline else size


def _within_deadline(sock: ssl.SSLSocket, act: Callable[[], Result]) -> Result:
    """Run something that may take several TLS packets."""
    deadline = _current.get()
    if deadline is None:
        return act()
    if _TIMES_WHOLE_CALLS:
        sock.settimeout(deadline.patience())
        return act()
    sock.settimeout(0)
    try:
        while True:
            try:
                return act()
            except ssl.SSLWantReadError:
                wait_for_read(sock, deadline.patience())
            except ssl.SSLWantWriteError:
                wait_for_write(sock, deadline.patience())
    finally:
        sock.settimeout(deadline.remaining() or 0.001)


class _Answer(http.client.HTTPResponse):
    def begin(self) -> None:
        super().begin()
        lengths = ",".join(self.msg.get_all("Content-Length", []))
        if self.msg.defects or len(set(lengths.split(","))) > 1:
            # urllib3 would log what the vendor wrote in broken headers. With several
            # lengths it would leave the socket open.
            raise http.client.HTTPException("the headers are no headers")


class _Connection(HTTPConnection):
    response_class = _Answer

    def _new_conn(self) -> socket.socket:
        return _connect(self)


class _TlsConnection(HTTPSConnection):
    response_class = _Answer

    def _new_conn(self) -> socket.socket:
        return _connect(self)

    @property
    def is_connected(self) -> bool:
        """Whether the next answer here would belong to the next request."""
        # Unasked data that is decrypted already cannot be seen on the wire.
        sock = self.sock
        unasked = isinstance(sock, ssl.SSLSocket) and sock.pending()
        return super().is_connected and not unasked


def _connect(connection: HTTPConnection) -> socket.socket:
    """Open a socket to the first address that answers, within the deadline."""
    deadline = _current.get() or Deadline(float(connection.timeout or 0))
    host, port = connection.host.strip("[]"), connection.port
    try:
        addresses = _look_up(host, port, deadline)
    except TimeoutError as error:
        raise ConnectTimeoutError(connection, "the name lookup hangs") from error
    except socket.gaierror as error:
        raise NameResolutionError(host, connection, error) from error
    failure: OSError | None = None
    for position, (family, kind, protocol, _, address) in enumerate(addresses):
        try:
            # This machine may lack the address family.
            sock = _PlainSocket(family, kind, protocol)
        except OSError as error:
            failure = error
            continue
        try:
            # One dead address must not use up the time of the next ones.
            sock.settimeout(deadline.patience() / (len(addresses) - position))
            for option in connection.socket_options or ():
                sock.setsockopt(*option)
            sock.connect(address)
            sock.settimeout(deadline.patience())
        except OSError as error:
            sock.close()
            failure = error
        else:
            return sock
    if isinstance(failure, TimeoutError):
        raise ConnectTimeoutError(connection, "no connection in time") from failure
    raise ConnectError(connection, "no connection") from failure


def _look_up(host: str, port: int, deadline: Deadline) -> list[Any]:
    """Return the addresses of a host; the lookup itself cannot be interrupted."""
    outcome: list[list[Any] | OSError] = []

    def look_up() -> None:
        try:
            outcome.append(socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM))
        except OSError as error:
            outcome.append(error)

    if host.replace(".", "").isdigit() or ":" in host:
        look_up()
    else:
        thread = threading.Thread(target=look_up, name="vendor lookup", daemon=True)
        thread.start()
        thread.join(deadline.patience())
    if not outcome:
        raise TimeoutError
    if isinstance(outcome[0], OSError):
        raise outcome[0]
    return outcome[0]


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class DeadlineAdapter(HTTPAdapter):
    """The connections of a requests session; they keep the current deadline.

    :param size: how many idle connections are kept for each host.
    :param certificates: a file or folder of those to trust.
    """

    def __init__(self, *, size: int, certificates: str) -> None:
        self._certificates = certificates
        super().__init__(pool_maxsize=size)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._tls(), **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}

    def _tls(self) -> ssl.SSLContext:
        context = tls_context(self._certificates)
        context.sslsocket_class = _TlsSocket
        return context

    def cert_verify(self, *_: Any) -> None:
        """Do nothing: the TLS context always verifies, and is loaded once."""

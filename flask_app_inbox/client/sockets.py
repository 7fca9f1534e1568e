"""Sockets that keep the deadline of the exchange that they serve.

Name lookup, connecting, handshake, request, headers and body share one time span. The
sockets also count what they read, because http.client reads headers, interim answers
and misnumbered chunks without a limit.

They override ``sendall`` and ``recv_into`` of :class:`socket.socket` and of
:class:`ssl.SSLSocket`, and of the latter ``do_handshake`` and ``recv``, by which
urllib3 reads TLS within the TLS of a proxy.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from urllib3.connection import HTTPConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError
from urllib3.exceptions import NewConnectionError as ConnectError
from urllib3.util.wait import wait_for_read, wait_for_write

from .deadline import Deadline

Result = TypeVar("Result")

#: The part of the time that is held back for a new connection, at least and at most so
#: many seconds, and never more than half of the time.
RESERVE, LEAST_RESERVE, MOST_RESERVE = 1 / 4, 0.75, 5.0

# CPython's TLS counts its timeout once for a call, gevent's for each wait in it.
_TIMES_WHOLE_CALLS = ssl.SSLSocket.__module__ == "ssl"


class Exchange:
    """One request and its answer, as the sockets see them.

    :param new_connection: whether no kept connection may serve it.
    """

    def __init__(self, deadline: Deadline, *, new_connection: bool = False) -> None:
        self.deadline = deadline
        self.new_connection = new_connection
        #: Whether the vendor may have got the request, or some of it.
        self.was_sent = False
        #: Whether an earlier exchange has used its connection.
        self.on_kept = False
        #: Whether it has come no further than to a proxy.
        self.is_at_proxy = False
        #: Whether the headers of an answer have come.
        self.was_answered = False
        #: The part of the time that is left for a new connection.
        self._reserve = 0.0

    def begin(self, last_answer: float | None, answered_at: float) -> None:
        """Note that the request is being sent.

        On a kept connection some of the time is held back: if something on the way has
        forgotten it, nothing ever comes. A vendor that took longer the last time gets
        more. One that has answered there since the deadline began gets all of it, as
        does the call that follows the token's.

        :param last_answer: seconds that the connection's last answer took; None: it is
            a new connection.
        :param answered_at: when that was, by the deadline's clock.
        """
        self.was_sent = True
        self.is_at_proxy = False
        self.on_kept = last_answer is not None
        is_proven = answered_at >= self.deadline.start
        if last_answer is not None and not is_proven and not self._reserve:
            left = self.deadline.remaining()
            spare = max(0.0, left - 2 * last_answer)
            enough = min(max(left * RESERVE, LEAST_RESERVE), MOST_RESERVE)
            self._reserve = min(enough, left / 2, spare)

    def end(self) -> None:
        """Note that an answer has begun."""
        self.was_answered = True
        self._reserve = 0.0

    def patience(self) -> float:
        """Return the seconds left for a wait.

        :raises TimeoutError: if there are none.
        """
        seconds = self.deadline.patience() - self._reserve
        if seconds <= 0:
            raise TimeoutError("nothing came on a kept connection")
        return seconds

    @contextmanager
    def kept_by_sockets(self) -> Iterator[None]:
        """Make the sockets that this context uses keep the deadline."""
        token = _current.set(self)
        try:
            yield
        finally:
            _current.reset(token)


_current: ContextVar[Exchange | None] = ContextVar("exchange", default=None)


def current_exchange() -> Exchange | None:
    """Return the exchange with a vendor that this context is within."""
    return _current.get()


class _PlainSocket(socket.socket):
    def sendall(self, *args: Any) -> None:
        _set_timeout(self)
        super().sendall(*args)

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        exchange = _current.get()
        if exchange is None:
            return super().recv_into(*args, **kwargs)
        self.settimeout(exchange.patience())
        return exchange.deadline.count(super().recv_into(*args, **kwargs))


class TlsSocket(ssl.SSLSocket):
    def do_handshake(self, *_: Any) -> None:
        _within_deadline(self, lambda: super(TlsSocket, self).do_handshake())

    def sendall(self, *args: Any) -> None:
        _set_timeout(self)
        super().sendall(*args)

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        size = _within_deadline(
            self, lambda: super(TlsSocket, self).recv_into(*args, **kwargs)
        )
        exchange = _current.get()
        return exchange.deadline.count(size) if exchange else size

    def recv(self, *args: Any) -> bytes:
        data = _within_deadline(self, lambda: super(TlsSocket, self).recv(*args))
        exchange = _current.get()
        if exchange is not None:
            exchange.deadline.count(len(data))
        return data


def _set_timeout(sock: socket.socket) -> None:
    exchange = _current.get()
    if exchange is not None:
        sock.settimeout(exchange.patience())


def _within_deadline(sock: ssl.SSLSocket, act: Callable[[], Result]) -> Result:
    """Run something that may take several TLS packets."""
    exchange = _current.get()
    if exchange is None:
        return act()
    if _TIMES_WHOLE_CALLS:
        sock.settimeout(exchange.patience())
        return act()
    sock.settimeout(0)
    try:
        while True:
            try:
                return act()
            except ssl.SSLWantReadError:
                wait_for_read(sock, exchange.patience())
            except ssl.SSLWantWriteError:
                wait_for_write(sock, exchange.patience())
    finally:
        sock.settimeout(exchange.deadline.remaining() or 0.001)


def connect(connection: HTTPConnection) -> socket.socket:
    """Open a socket to the first address that answers, within the deadline."""
    exchange = _current.get()
    deadline = (
        exchange.deadline if exchange else Deadline(float(connection.timeout or 0))
    )
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

"""The connections to a vendor: how they are made, kept and dropped.

All that is bent of urllib3 and requests is here and in :mod:`.sockets`:

- ``_new_conn``, ``_tunnel`` and ``is_connected`` of ``HTTPConnection`` and
  ``HTTPSConnection``, and their ``send``, ``getresponse`` and ``response_class``, which
  are http.client's;
- ``ConnectionCls`` of the pools, and ``pool_classes_by_scheme`` of their manager;
- ``init_poolmanager``, ``proxy_manager_for``, ``proxy_headers`` and ``cert_verify`` of
  requests' adapter;
- ``sslsocket_class`` of :class:`ssl.SSLContext`.

A release of urllib3 that calls one of them no more would silently take the deadline
away. So :func:`check_urllib3` looks for the calls when this module is imported.
"""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import time
from importlib.metadata import version
from inspect import unwrap
from operator import attrgetter
from typing import Any

import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.ssltransport import SSLTransport

from .certificates import tls_context
from .proxy import Proxy
from .sockets import TlsSocket, connect, current_exchange
from .transport_errors import TunnelRefused

#: Seconds after which an idle connection is not used again: less than those after which
#: servers, balancers and firewalls forget one.
MAX_IDLE = 60.0
#: An idle connection is tried from time to time, so that what is on the way does not
#: forget it, and a dead one is found before it is used.
_KEEPALIVE = (("TCP_KEEPIDLE", 20), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3))

#: How http.client says that a proxy opens no tunnel. The rest are the proxy's words.
_REFUSED = "Tunnel connection failed: ([0-9]{3})"

#: What urllib3 must call for us, and where.
_CALLS = (
    ("connection.HTTPConnection.connect", "_new_conn"),
    ("connection.HTTPSConnection.connect", "_new_conn"),
    ("connection.HTTPSConnection.connect", "_tunnel"),
    ("connection.HTTPConnection.request", "send"),
    ("connection.HTTPConnection.getresponse", "getresponse"),
    ("connectionpool.HTTPConnectionPool._get_conn", "is_connection_dropped"),
    ("connectionpool.is_connection_dropped", "is_connected"),
    ("connectionpool.HTTPConnectionPool._make_request", "getresponse"),
    ("connectionpool.HTTPConnectionPool._new_conn", "ConnectionCls"),
    ("poolmanager.PoolManager._new_pool", "pool_classes_by_scheme"),
    ("util.ssltransport.SSLTransport._ssl_io_loop", "recv"),
)


def check_urllib3() -> None:
    """Fail if urllib3 does not call what we override.

    :raises ImportError: with the call that is missing.
    """
    for place, name in _CALLS:
        try:
            function = unwrap(attrgetter(place)(urllib3))
            is_called = name in function.__code__.co_names
        except AttributeError:
            is_called = False
        if not is_called:
            raise ImportError(
                f"flask_app_inbox does not work with urllib3 {version('urllib3')}: "
                f"its {place} calls no {name}, so a slow vendor could hold up your "
                "site for ever. Install an older urllib3, or a newer flask-app-inbox."
            )


check_urllib3()


class _Answer(http.client.HTTPResponse):
    def begin(self) -> None:
        super().begin()
        lengths = ",".join(self.msg.get_all("Content-Length", []))
        if self.msg.defects or len(set(lengths.split(","))) > 1:
            # urllib3 would log what the vendor wrote in broken headers. With several
            # lengths it would leave the socket open.
            raise http.client.HTTPException("the headers are no headers")


class _KeptConnection(HTTPConnection):
    """What plain and TLS connections have in common."""

    response_class = _Answer
    #: Seconds that the last answer took; None: there was none yet.
    _took: float | None = None
    _sent_at = _answered_at = 0.0

    #: Whether what is sent is for a proxy alone.
    _opens_tunnel = False

    def _new_conn(self) -> socket.socket:
        self._took = None
        exchange = current_exchange()
        if exchange is not None:
            exchange.is_at_proxy = self.proxy is not None
        return connect(self)

    def _tunnel(self) -> None:
        self._opens_tunnel = True
        try:
            super()._tunnel()
        except OSError as error:
            refusal = re.match(_REFUSED, str(error))
            if refusal is None:
                raise
            raise TunnelRefused(int(refusal[1])) from None
        finally:
            self._opens_tunnel = False
        exchange = current_exchange()
        if exchange is not None:
            exchange.is_at_proxy = False

    @property
    def is_connected(self) -> bool:
        """Whether the next request may use this connection."""
        exchange = current_exchange()
        if exchange is not None and exchange.new_connection:
            return False
        is_fresh = time.monotonic() - self._answered_at < MAX_IDLE
        return is_fresh and super().is_connected

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        exchange = current_exchange()
        if exchange is not None and not self._opens_tunnel:
            exchange.begin(self._took, self._answered_at)
        self._sent_at = time.monotonic()
        super().send(data)

    def getresponse(self) -> Any:
        response = super().getresponse()
        self._answered_at = time.monotonic()
        self._took = self._answered_at - self._sent_at
        exchange = current_exchange()
        if exchange is not None:
            exchange.end()
        return response


class _TlsConnection(_KeptConnection, HTTPSConnection):
    @property
    def is_connected(self) -> bool:
        """Whether the next answer here would belong to the next request."""
        # Unasked data that is decrypted already cannot be seen on the wire.
        return super().is_connected and not _has_unasked(self.sock)


def _has_unasked(sock: object) -> bool:
    if isinstance(sock, SSLTransport):  # TLS within the TLS of a proxy
        return bool(
            sock.sslobj.pending() or sock.incoming.pending or _has_unasked(sock.socket)
        )
    return isinstance(sock, ssl.SSLSocket) and bool(sock.pending())


class _Pool(HTTPConnectionPool):
    ConnectionCls = _KeptConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


_POOLS = {"http": _Pool, "https": _TlsPool}


class DeadlineAdapter(HTTPAdapter):
    """The connections of a requests session; they keep the current deadline.

    :param size: how many idle connections are kept for each host.
    :param certificates: a file or folder of those to trust.
    :param proxy: the one that the session's requests name.
    """

    def __init__(
        self, *, size: int, certificates: str, proxy: Proxy | None = None
    ) -> None:
        self._certificates = certificates
        self._proxy = proxy
        super().__init__(pool_maxsize=size)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **(kwargs | self._ways()))
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: Any, **kwargs: Any) -> Any:
        """Return the connections through a proxy, which needs a certificate, too."""
        manager = super().proxy_manager_for(
            proxy, **self._ways(), proxy_ssl_context=self._tls(), **kwargs
        )
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def proxy_headers(self, proxy: Any) -> dict[str, str]:  # noqa: ARG002 - of requests
        """Return what the proxy alone gets."""
        return dict(self._proxy.headers) if self._proxy else {}

    def _ways(self) -> dict[str, Any]:
        """Return how connections are made."""
        return {
            "ssl_context": self._tls(),
            "socket_options": [
                *HTTPConnection.default_socket_options,
                *_keepalive(),
            ],
        }

    def _tls(self) -> ssl.SSLContext:
        context = tls_context(self._certificates)
        context.sslsocket_class = TlsSocket
        return context

    def cert_verify(self, *_: Any) -> None:
        """Do nothing: the TLS context always verifies, and is loaded once."""


def _keepalive() -> list[tuple[int, int, int]]:
    """Return the socket options for it, as far as this system has them."""
    return [
        (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
        *(
            (socket.IPPROTO_TCP, getattr(socket, name), value)
            for name, value in _KEEPALIVE
            if hasattr(socket, name)
        ),
    ]

"""The sandbox answers under the names of this machine alone.

A foreign name in ``Host`` means that a page has pointed its own name at this machine
(DNS rebinding): to its browser, the sandbox would be that page's own server.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from werkzeug.wrappers import Response
from werkzeug.wsgi import get_host

from .paths import path_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_HOST = re.compile(r"([^:\[\]]+|\[[0-9a-f:.]+\])(?::[0-9]+)?")


class OwnHostMiddleware:
    """Refuse every request with a foreign ``Host``, whatever it asks for.

    :param bound_host: returns the host that the server was told to listen on.
    :param json_prefix: paths below it are answered in JSON.
    """

    def __init__(
        self, app: WSGIApplication, bound_host: Callable[[], str], json_prefix: str
    ) -> None:
        self._app = app
        self._bound_host = bound_host
        self._json_prefix = json_prefix

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        bound_host = self._bound_host()
        if is_own_host(get_host(environ), bound_host):
            return self._app(environ, start_response)
        reason = f"The Host header must be a loopback address or {bound_host}."
        if path_of(environ).startswith(self._json_prefix):
            body, kind = json.dumps({"error": reason}), "application/json"
        else:
            body, kind = reason, "text/plain"
        return Response(body, 403, mimetype=kind)(environ, start_response)


def is_own_host(host: str, bound_host: str) -> bool:
    """Return whether a ``Host`` header names this machine.

    :param bound_host: the host that the server was told to listen on.
    """
    match = _HOST.fullmatch(host.lower())
    name = match[1].strip("[]") if match else ""
    if name in ("localhost", bound_host.lower()) or name.endswith(".localhost"):
        return True
    address = _address(name)
    if address is None:
        return False
    bound = _address(bound_host)
    # Bound to all addresses of the machine, any of them is its own.
    if bound is not None and bound.is_unspecified:
        return True
    # Only newer Pythons call ::ffff:127.0.0.1 loopback.
    return address.is_loopback and getattr(address, "ipv4_mapped", None) is None


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None

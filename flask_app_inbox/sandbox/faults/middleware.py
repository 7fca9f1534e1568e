"""Applying faults: a WSGI layer around the whole sandbox."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from .. import cors
from ..paths import path_of
from .call import BrokenCall
from .memory import Faults
from .routes import Routes

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class FaultMiddleware:
    """Break the requests that a fault is set for; pass on all the others.

    A preflight is never broken: it would use up a fault that was meant for the call
    behind it. The layer of the journal has to be around this one.
    """

    def __init__(self, app: WSGIApplication, faults: Faults, routes: Routes) -> None:
        self._app = app
        self._faults = faults
        self._routes = routes

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        path = path_of(environ)
        route = self._routes.of(path)
        if route is None or environ["REQUEST_METHOD"] == "OPTIONS":
            return self._app(environ, start_response)
        hit = self._faults.take(route)
        if hit is None:
            return self._app(environ, start_response)
        fault, released = hit
        call = BrokenCall(self._app, environ, route, fault.options, released)
        response = fault.kind.strike(call)
        if path.startswith(cors.PREFIXES):
            response.headers.update(cors.HEADERS)
        return response(environ, start_response)

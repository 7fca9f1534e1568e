"""Doing a fault on the wire: a WSGI layer around the whole sandbox."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.wrappers import Response

from . import cors
from .faults import Fault, Faults, Strike
from .journal import end_visit
from .patience import Dropped, reset, wait
from .routes import path_of, route_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_WRONG_TYPES: dict[str, Any] = {
    "token": {"token": 42},
    "contact": {"id": ["1"]},
    "account": {"orgId": {}, "userEmail": 1, "organisationName": False},
    "version": {"version": 20417, "protocolVersion": []},
    "site": {"siteId": 7},
    "messages": {"list": {"id": 1}, "totalPages": "many"},
    "count": {"count": "three"},
}


class BreakageMiddleware:
    """Break the requests that a fault is set for; hand on all the others.

    A preflight is never broken: it would use up a fault that was meant for the call
    behind it. The layer of the journal has to be around this one.
    """

    def __init__(self, app: WSGIApplication, faults: Faults) -> None:
        self._app = app
        self._faults = faults

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        route = route_of(path_of(environ))
        if route is None or environ["REQUEST_METHOD"] == "OPTIONS":
            return self._app(environ, start_response)
        strike = self._faults.take(route)
        if strike is None:
            return self._app(environ, start_response)
        if build := _STAND_INS.get(strike.fault.kind):
            response = build(strike.fault, environ)
            if path_of(environ).startswith(cors.PREFIX):
                response.headers.update(cors.HEADERS)
            return response(environ, start_response)
        client = environ.get("werkzeug.socket")
        if client is None:
            raise RuntimeError(
                f"The fault {strike.fault.kind!r} needs a real connection: "
                "start the sandbox as a SandboxServer."
            )
        if strike.fault.kind == "delay":
            # The answer first: a slow vendor has done its work when a client gives up.
            answer = Response.from_app(self._app, environ)
            try:
                wait(client, strike.released, strike.fault.options["seconds"])
            except Dropped:
                answer.close()
                raise
            return answer(environ, start_response)
        self._spoil(strike, environ, client)
        raise Dropped

    def _spoil(
        self, strike: Strike, environ: WSGIEnvironment, client: socket.socket
    ) -> None:
        """Give the client less than a whole answer, or one that takes for ever."""
        kind, options = strike.fault.kind, strike.fault.options
        if kind == "hang":
            return wait(client, strike.released, None)
        if kind == "reset" and options["when"] == "before":
            end_visit(environ, 0)
            return reset(client)
        answer = Response.from_app(self._app, environ, buffered=True)
        head, body = _on_the_wire(answer)
        if kind == "drip":
            slow, rest = {
                "all": (head + body, b""),
                "headers": (head, body),
                "body": (body, b""),
            }[options["where"]]
            client.sendall((head + body).removesuffix(slow + rest))
            for position in range(len(slow) - 1):
                client.sendall(slow[position : position + 1])
                wait(client, strike.released, options["seconds"])
            end_visit(environ, answer.status_code)
            return client.sendall(slow[-1:] + rest)
        end_visit(environ, 0)
        if kind == "truncate":
            return client.sendall(head + body[: len(body) // 2])
        if options["when"] == "headers":
            client.sendall(head[: len(head) // 2])
        else:
            client.sendall(head + body[: len(body) // 2])
        return reset(client)


def _on_the_wire(answer: Response) -> tuple[bytes, bytes]:
    """Return an answer's head and body as bytes for a connection that ends then."""
    lines = [f"HTTP/1.1 {answer.status}"]
    lines += [f"{name}: {value}" for name, value in answer.headers]
    lines += ["Connection: close", "", ""]
    return "\r\n".join(lines).encode("latin-1"), answer.get_data()


def _status(fault: Fault, _environ: WSGIEnvironment) -> Response:
    status = fault.options["status"]
    phrase = "" if status in (204, 304) else HTTP_STATUS_CODES.get(status, "")
    response = Response(
        fault.options.get("body", phrase), status=status, mimetype="text/plain"
    )
    if "retryAfter" in fault.options:
        response.headers["Retry-After"] = str(fault.options["retryAfter"])
    return response


def _garbage(_fault: Fault, _environ: WSGIEnvironment) -> Response:
    return Response(b'{"token": "\xff\xfe\x00', mimetype="application/json")


def _types(fault: Fault, _environ: WSGIEnvironment) -> Response:
    value = fault.options.get("value", _WRONG_TYPES.get(fault.route, [42]))
    return Response(json.dumps(value), mimetype="application/json")


def _html(_fault: Fault, _environ: WSGIEnvironment) -> Response:
    page = "<!doctype html><title>Sandbox</title><p>We will be back soon.</p>"
    return Response(page, mimetype="text/html")


def _huge(fault: Fault, _environ: WSGIEnvironment) -> Response:
    return Response(_flood(fault.options["bytes"]), mimetype="application/json")


def _flood(size: int) -> Iterator[bytes]:
    """Yield JSON that is valid and endless as far as it goes."""
    yield b'{"token": "'
    block = b"a" * 65536
    for _ in range(size // len(block)):
        yield block
    yield block[: size % len(block)] + b'"}'


def _redirect(fault: Fault, environ: WSGIEnvironment) -> Response:
    """Point to the same server by its other name: credentials must not follow."""
    host = urlsplit(f"//{environ.get('HTTP_HOST', '')}")
    other = "127.0.0.1" if host.hostname == "localhost" else "localhost"
    location = fault.options.get(
        "location", f"http://{other}:{environ['SERVER_PORT']}/redirected"
    )
    return Response(status=302, headers={"Location": location})


_STAND_INS: dict[str, Callable[[Fault, WSGIEnvironment], Response]] = {
    "status": _status,
    "garbage": _garbage,
    "types": _types,
    "html": _html,
    "huge": _huge,
    "redirect": _redirect,
}

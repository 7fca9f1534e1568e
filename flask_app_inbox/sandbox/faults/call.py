"""A request that a fault has hit, and what can be done to it."""

from __future__ import annotations

import socket
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from werkzeug.wrappers import Response

from ..journal import end_visit
from . import patience
from .routes import Route

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment


@dataclass(frozen=True)
class BrokenCall:
    """One request in the hands of a fault."""

    app: WSGIApplication
    environ: WSGIEnvironment
    route: Route
    #: The fault's options, with their defaults.
    options: dict[str, Any]
    #: Set when the faults are cleared: nobody waits any longer then.
    released: threading.Event

    def require_connection(self) -> socket.socket:
        """Return the client's connection.

        :raises RuntimeError: when another server than ``SandboxServer`` runs the
            sandbox.
        """
        client = self.environ.get("werkzeug.socket")
        if client is None:
            raise RuntimeError(
                f"The fault on {self.route.name!r} needs a real connection: "
                "start the sandbox as a SandboxServer."
            )
        return cast(socket.socket, client)

    def answer(self) -> Response:
        """Do the work of the request and return the answer, which is not sent yet."""
        return Response.from_app(self.app, self.environ)

    def whole_answer(self) -> tuple[int, bytes, bytes]:
        """Do the work; return status, head and body as bytes for the connection.

        The head says that the connection ends after this answer.
        """
        answer = Response.from_app(self.app, self.environ, buffered=True)
        lines = [f"HTTP/1.1 {answer.status}"]
        lines += [f"{name}: {value}" for name, value in answer.headers]
        lines += ["Connection: close", "", ""]
        head = "\r\n".join(lines).encode("latin-1")
        return answer.status_code, head, answer.get_data()

    def send(self, data: bytes) -> None:
        """Send bytes on the client's connection."""
        self.require_connection().sendall(data)

    def wait(self, seconds: float | None) -> None:
        """Wait this long; None: until the faults are cleared.

        :raises Dropped: when the client leaves meanwhile.
        """
        patience.wait(self.require_connection(), self.released, seconds)

    def reset(self) -> None:
        """Break the connection with a TCP reset."""
        patience.reset(self.require_connection())

    def log(self, status: int) -> None:
        """Log the request now, before its client can learn how it ended.

        :param status: 0 means that it got no whole answer.
        """
        end_visit(self.environ, status)

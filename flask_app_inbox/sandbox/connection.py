"""One client's connection: HTTP/1.1, request after request.

Werkzeug's own handler closes the connection after each answer. Vendors keep theirs
open, and a client with a connection pool must be tested on that, so this one reads
each body to its end before it calls the application, and then goes on.
"""

from __future__ import annotations

import io
from email.utils import formatdate
from typing import TYPE_CHECKING

from werkzeug.serving import WSGIRequestHandler
from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

#: The longest body that is read ahead, in bytes.
_BODY_LIMIT = 8 * 1024 * 1024

#: How much of a longer one is thrown away, so that its sender can read the refusal.
_DRAIN_LIMIT = 2 * _BODY_LIMIT

_BLOCK = 65536


class _Answer(Response):
    """The application's answer, without headers that Werkzeug adds."""

    default_mimetype = None


class Connection(WSGIRequestHandler):
    """A connection that logs nothing to the terminal."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    verbose = False

    def run_wsgi(self) -> None:
        """Answer one request; the base class calls this for each."""
        self.environ = environ = self.make_environ()
        if self.request_version < "HTTP/1.1":
            self.close_connection = True
        try:
            self._read_body(environ)
        except ConnectionError:
            raise
        except (OSError, ValueError):
            return self.send_error(400, "The body cannot be read")
        try:
            answer = _Answer.from_app(self.server.app, environ)
            try:
                self._send(answer)
            finally:
                answer.close()
        except ConnectionError:
            # The client has left, or a fault has taken the connection over.
            self.close_connection = True
        return None

    def _read_body(self, environ: WSGIEnvironment) -> None:
        """Put the whole body where the application reads it.

        :raises ValueError: when the body is not framed as HTTP requires.
        :raises OSError: when the body cannot be read.
        :raises ConnectionError: when the client leaves before the body ends.
        """
        if environ.pop("wsgi.input_terminated", False):
            del environ["HTTP_TRANSFER_ENCODING"]
            body = io.BufferedReader(environ["wsgi.input"]).read(_BODY_LIMIT + 1)
            if len(body) > _BODY_LIMIT:
                self.close_connection = True
            environ["CONTENT_LENGTH"] = str(len(body))
        else:
            length = _length(self.headers.get_all("Content-Length", ["0"]))
            if length > _BODY_LIMIT:
                self._drain(length)
                return
            body = self.rfile.read(length)
            if len(body) < length:
                raise ConnectionAbortedError("The client left in its request.")
        environ["wsgi.input"] = io.BytesIO(body)

    def _drain(self, length: int) -> None:
        self.close_connection = True
        left = min(length, _DRAIN_LIMIT)
        while left > 0 and (block := self.rfile.read(min(left, _BLOCK))):
            left -= len(block)

    def _send(self, answer: Response) -> None:
        """Send an answer, in one piece where its length is known."""
        headers = answer.headers
        whole = True
        body = b""
        if self.command == "HEAD" or answer.status_code in (204, 304):
            if answer.status_code == 204:
                headers.remove("Content-Length")
        elif answer.content_length is not None:
            body = b"".join(answer.iter_encoded())
            # Before the client can send its next request, for that may rely on it.
            answer.close()
        else:
            whole = False
            if not self.close_connection:
                headers["Transfer-Encoding"] = "chunked"
        self.wfile.write(self._head(answer) + body)
        if not whole:
            self._stream(answer, chunked="Transfer-Encoding" in headers)
        if self.verbose:
            self.log_request(answer.status_code)

    def _stream(self, answer: Response, *, chunked: bool) -> None:
        for block in answer.iter_encoded():
            if not chunked:
                self.wfile.write(block)
            elif block:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(block), block))
        if chunked:
            self.wfile.write(b"0\r\n\r\n")

    def _head(self, answer: Response) -> bytes:
        headers = answer.headers
        headers.setdefault("Date", formatdate(usegmt=True))
        if self.close_connection:
            headers["Connection"] = "close"
        lines = [f"HTTP/1.1 {answer.status}"]
        lines += [f"{name}: {value}" for name, value in headers]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002  (overridden)
        """Log the connection if the server is verbose."""
        if self.verbose:
            super().log(type, message, *args)


class VerboseConnection(Connection):
    """A connection that logs each request."""

    verbose = True


def _length(given: list[str]) -> int:
    if len(given) > 1 or not given[0].isascii() or not given[0].isdecimal():
        raise ValueError("Content-Length is not one number")
    return int(given[0])

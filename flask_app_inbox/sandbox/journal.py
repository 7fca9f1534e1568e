"""The request log: paths and numbers, never secrets."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from .paths import path_of

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: How many requests the log keeps; the oldest are dropped.
LIMIT = 1000

#: The longest path that is kept whole.
_PATH_LIMIT = 200

#: Requests to the sandbox itself and not to the vendor that it stands for.
_OWN_PATHS = ("/_sandbox/", "/static/", "/favicon.ico")

_VISIT = "app_inbox_sandbox.visit"


class Journal:
    """A ring of the last requests; safe to use from many threads."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: deque[dict[str, Any]] = deque(maxlen=LIMIT)
        self._last_id = 0
        self._era = 0

    def since(self, last_seen: int) -> list[dict[str, Any]]:
        """Return the entries with a higher id than ``last_seen``, the oldest first."""
        with self._lock:
            return [entry for entry in self._entries if entry["id"] > last_seen]

    def clear(self) -> None:
        """Remove all entries, also of requests in progress.

        Ids go on, so that a reader who asks for what is new misses nothing.
        """
        with self._lock:
            self._era += 1
            self._entries.clear()

    def begin(self, method: str, path: str) -> Visit:
        """Log that a request has arrived."""
        return Visit(self, self._era, method, path[:_PATH_LIMIT], self._clock())

    def _add(self, visit: Visit, status: int, ms: float) -> None:
        at = datetime.fromtimestamp(visit.began, timezone.utc)
        with self._lock:
            if visit.era != self._era:
                return
            self._last_id += 1
            self._entries.append(
                {
                    "id": self._last_id,
                    "at": at.isoformat(timespec="milliseconds"),
                    "method": visit.method,
                    "path": visit.path,
                    "status": status,
                    "ms": round(ms, 1),
                }
            )


class Visit:
    """One request in progress; only its first end is logged."""

    def __init__(
        self, journal: Journal, era: int, method: str, path: str, began: float
    ) -> None:
        self.era = era
        self.method = method
        self.path = path
        self.began = began
        self._journal = journal
        self._started = time.perf_counter()
        self._ended = False

    def end(self, status: int) -> None:
        """Log the request; status 0 means that it got no whole answer."""
        if not self._ended:
            self._ended = True
            ms = (time.perf_counter() - self._started) * 1000
            self._journal._add(self, status, ms)


def end_visit(environ: WSGIEnvironment, status: int) -> None:
    """Log a request now, before its client can learn how it ended."""
    visit: Visit = environ[_VISIT]
    visit.end(status)


class JournalMiddleware:
    """Log each request before its answer can reach the client."""

    def __init__(self, app: WSGIApplication, journal: Journal) -> None:
        self._app = app
        self._journal = journal

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        path = path_of(environ)
        if path == "/" or path.startswith(_OWN_PATHS):
            return self._app(environ, start_response)
        visit = self._journal.begin(environ["REQUEST_METHOD"], path)
        environ[_VISIT] = visit
        code = 0

        def noting_status(
            status: str,
            headers: list[tuple[str, str]],
            exc_info: OptExcInfo | None = None,
            /,
        ) -> Callable[[bytes], object]:
            nonlocal code
            code = int(status[:3])
            return start_response(status, headers, exc_info)

        try:
            answer = self._app(environ, noting_status)
        except ConnectionError:
            visit.end(0)
            raise
        visit.end(code)
        return answer

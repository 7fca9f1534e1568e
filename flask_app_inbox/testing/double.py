"""A vendor within the process: what was sent to it, and how it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from .wire import Reply, Wire

if TYPE_CHECKING:
    from requests import PreparedRequest


@dataclass(frozen=True)
class SentRequest:
    """A request that the vendor got.

    :param path: without what the site's ``API_URL`` puts before it.
    :param body: the JSON of the request; None: it has none.
    :param method: of the request.
    :param query: what stands after the path's question mark.
    """

    path: str
    body: Any
    method: str = "POST"
    query: dict[str, str] = field(default_factory=dict)


Answer = Callable[[SentRequest], Reply]


class Double:
    """A vendor whose answers a test chooses.

    An answer stays chosen until the next method is called.
    """

    def __init__(self, wire: Wire) -> None:
        #: The requests so far, the oldest first.
        self.requests: list[SentRequest] = []
        self._wire = wire
        #: What every call is answered with; None: what belongs to the call.
        self._refusal: Answer | None = None

    def rejects(self, status: int = 401) -> None:
        """Refuse the site's credentials: 401, or 403 for a missing right."""
        self._choose(reply(status))

    def limits_rate(self, retry_after: int | None = None) -> None:
        """Answer 429.

        :param retry_after: seconds for the Retry-After header; None: no header.
        """
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        self._choose(reply(429, headers=headers))

    def is_down(self, status: int = 503) -> None:
        """Answer that it is down."""
        self._choose(reply(status, "<html>Down</html>"))

    def is_unreachable(self) -> None:
        """Refuse every connection."""
        from requests import ConnectionError as NoConnection

        self._choose(_raising(NoConnection("refused")))

    def times_out(self) -> None:
        """Time out without making the test wait."""
        from requests import ReadTimeout

        self._choose(_raising(ReadTimeout("timed out")))

    def _choose(self, refusal: Answer | None) -> None:
        """Answer in another way from now on; see ``_refusal``."""
        self._refusal = refusal

    def _listen(
        self, method: str, base: str, path: str, answer: Answer, rest: str = ""
    ) -> None:
        def take(request: PreparedRequest) -> Reply:
            sent = _sent(request, base)
            self.requests.append(sent)
            return (self._refusal or answer)(sent)

        self._wire.listen(method, base + path, take, rest)


def reply(status: int, body: str = "", headers: dict[str, str] | None = None) -> Answer:
    """Return an answer that is always the same."""
    return lambda _: (status, headers or {}, body)


def json_reply(body: Any) -> Reply:
    """Return the reply 200 with JSON."""
    return 200, {}, json.dumps(body)


def _raising(error: Exception) -> Answer:
    def fail(_: SentRequest) -> Reply:
        raise error

    return fail


def _sent(request: PreparedRequest, base: str) -> SentRequest:
    address, _, query = (request.url or "").partition("?")
    return SentRequest(
        address[len(base) :],  # hosts are written in small letters by now
        json.loads(request.body or "null"),
        request.method or "",
        dict(parse_qsl(query)),
    )

"""The kinds of faults: one function each, with its name, its options and its help.

To add a kind, write a function here and register it with ``@kind``. It takes the
request as a ``BrokenCall`` and returns the answer, or raises ``Dropped`` once the
connection is done with. The control API, the console and the manual's table read
``KINDS``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import urlsplit

from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.wrappers import Response

from . import options
from .call import BrokenCall
from .options import LEFT_OUT, Body, Option
from .patience import Dropped

#: A body that no client should want to hold, in bytes.
HUGE = 64 * 1024 * 1024

Strike = Callable[[BrokenCall], Response]


@dataclass(frozen=True)
class Kind:
    """One way in which a route can be broken."""

    name: str
    #: What it does, in one line.
    help: str
    options: tuple[Option, ...]
    #: Breaks a request.
    strike: Strike

    def read(self, body: Body) -> dict[str, Any]:
        """Return the options that a body asks for, with the defaults of others.

        :raises BadBody: for a value that makes no sense.
        """
        values = {each.name: each.read(body, each.name) for each in self.options}
        return {name: value for name, value in values.items() if value is not LEFT_OUT}


#: Every kind by its name.
KINDS: dict[str, Kind] = {}


def kind(name: str, summary: str, *options: Option) -> Callable[[Strike], Strike]:
    """Register the function below as a kind of fault.

    :raises ValueError: when the name is taken.
    """

    def register(strike: Strike) -> Strike:
        if name in KINDS:
            raise ValueError(f"There are two kinds of faults named {name!r}.")
        KINDS[name] = Kind(name, summary, options, strike)
        return strike

    return register


@kind(
    "status",
    "Answers with this status and does not do the work of the call.",
    Option("status", "200 to 599; required", options.status_code, 503, "number"),
    Option("body", "the text of the answer", options.any_text),
    Option("retryAfter", "the header: seconds or any text", options.retry_after),
)
def status(call: BrokenCall) -> Response:
    code = call.options["status"]
    phrase = "" if code in (204, 304) else HTTP_STATUS_CODES.get(code, "")
    response = Response(
        call.options.get("body", phrase), status=code, mimetype="text/plain"
    )
    if "retryAfter" in call.options:
        response.headers["Retry-After"] = str(call.options["retryAfter"])
    return response


@kind(
    "delay",
    "Does the work of the call, then waits before it answers.",
    Option("seconds", "how long; 1 by default", options.seconds, field="number"),
)
def delay(call: BrokenCall) -> Response:
    call.require_connection()
    # The answer first: a slow vendor has done its work when a client gives up.
    answer = call.answer()
    try:
        call.wait(call.options["seconds"])
    except Dropped:
        answer.close()
        raise
    return answer


@kind("hang", "Never answers.")
def hang(call: BrokenCall) -> NoReturn:
    call.wait(None)
    raise Dropped


@kind(
    "reset",
    "Breaks the connection with a TCP reset.",
    options.choice_of(
        "when",
        "`before` the answer (default), or in the middle of its `headers` or `body`",
        *("before", "headers", "body"),
    ),
)
def reset(call: BrokenCall) -> NoReturn:
    call.require_connection()
    when = call.options["when"]
    _, head, body = (0, b"", b"") if when == "before" else call.whole_answer()
    sent = head[: len(head) // 2] if when == "headers" else head + _half(body)
    call.log(0)
    call.send(sent)
    call.reset()
    raise Dropped


@kind(
    "drip",
    "Sends the answer byte by byte.",
    Option(
        "seconds", "between two bytes; 1 by default", options.seconds, field="number"
    ),
    options.choice_of(
        "where",
        "`all` of the answer (default), its `headers` or its `body`",
        *("all", "headers", "body"),
    ),
)
def drip(call: BrokenCall) -> NoReturn:
    call.require_connection()
    status, head, body = call.whole_answer()
    fast, slow, rest = {
        "all": (b"", head + body, b""),
        "headers": (b"", head, body),
        "body": (head, body, b""),
    }[call.options["where"]]
    call.send(fast)
    for position in range(len(slow) - 1):
        call.send(slow[position : position + 1])
        call.wait(call.options["seconds"])
    call.log(status)
    call.send(slow[-1:] + rest)
    raise Dropped


@kind("truncate", "Sends half of the body and closes the connection.")
def truncate(call: BrokenCall) -> NoReturn:
    call.require_connection()
    _, head, body = call.whole_answer()
    call.log(0)
    call.send(head + _half(body))
    raise Dropped


@kind("garbage", "Answers 200 with JSON that breaks off after three stray bytes.")
def garbage(_call: BrokenCall) -> Response:
    return Response(b'{"token": "\xff\xfe\x00', mimetype="application/json")


@kind(
    "types",
    "Answers 200 with JSON whose values have the wrong types.",
    Option("value", "the JSON to send in its place", options.anything, field=""),
)
def types(call: BrokenCall) -> Response:
    value = call.options.get("value", call.route.wrong_types)
    return Response(json.dumps(value), mimetype="application/json")


@kind("html", "Answers 200 with an HTML page.")
def html(_call: BrokenCall) -> Response:
    page = "<!doctype html><title>Sandbox</title><p>We will be back soon.</p>"
    return Response(page, mimetype="text/html")


@kind(
    "huge",
    "Answers 200 with very long JSON.",
    Option(
        "bytes",
        "its length; 64 MiB by default",
        options.size(HUGE, 1024 * HUGE),
        field="number",
    ),
)
def huge(call: BrokenCall) -> Response:
    return Response(_flood(call.options["bytes"]), mimetype="application/json")


@kind(
    "redirect",
    "Answers 302 to this server by its other name, `localhost` or `127.0.0.1`.",
    Option("location", "a URL or a path to lead to instead", options.location),
)
def redirect(call: BrokenCall) -> Response:
    host = urlsplit(f"//{call.environ.get('HTTP_HOST', '')}")
    # Another host to a client: its credentials must not follow.
    other = "127.0.0.1" if host.hostname == "localhost" else "localhost"
    default = f"http://{other}:{call.environ['SERVER_PORT']}/redirected"
    location = call.options.get("location", default)
    return Response(status=302, headers={"Location": location})


def _half(body: bytes) -> bytes:
    return body[: len(body) // 2]


def _flood(size: int) -> Iterator[bytes]:
    """Yield JSON that is valid and endless as far as it goes."""
    yield b'{"token": "'
    block = b"a" * 65536
    for _ in range(size // len(block)):
        yield block
    yield block[: size % len(block)] + b'"}'

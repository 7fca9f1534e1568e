"""Faults: which route is broken, in which way, and how many times more.

What can be asked for is data here; `breakage` does it on the wire.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .json_body import BadBody, choice, number, only, text, whole
from .routes import ROUTES

#: The longest wait that can be asked for, in seconds.
LONGEST = 3600.0

#: A body that no client should want to hold, in bytes.
HUGE = 64 * 1024 * 1024

Options = dict[str, Any]


@dataclass
class Fault:
    """One way in which one route is broken."""

    id: int
    route: str
    kind: str
    options: Options
    #: How many requests it still breaks; None: until it is cleared.
    times: int | None
    #: How many requests it has broken.
    hits: int = 0

    def to_json(self) -> dict[str, object]:
        """Return the form of the control API."""
        return {
            "id": self.id,
            "route": self.route,
            "kind": self.kind,
            **self.options,
            "times": self.times,
            "hits": self.hits,
        }


class Order(NamedTuple):
    """What a request for a fault asks for, after it was checked."""

    route: str
    kind: str
    options: Options
    times: int | None


class Strike(NamedTuple):
    """A fault that hits a request, and the event that sets its victim free."""

    fault: Fault
    released: threading.Event


@dataclass
class Faults:
    """All faults that are set; safe to use from many threads."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _set: list[Fault] = field(default_factory=list)
    _released: threading.Event = field(default_factory=threading.Event)
    _last_id: int = 0

    def add(self, order: Order) -> Fault:
        """Set a fault behind those that its route already has."""
        with self._lock:
            self._last_id += 1
            fault = Fault(self._last_id, *order)
            self._set.append(fault)
            return fault

    def all(self) -> list[Fault]:
        """Return the faults that are still set, the oldest first."""
        with self._lock:
            return [fault for fault in self._set if fault.times != 0]

    def take(self, route: str) -> Strike | None:
        """Return the fault that breaks this request of `route`, if one does."""
        if not self._set:
            return None
        with self._lock:
            for fault in self._set:
                if fault.route == route and fault.times != 0:
                    fault.hits += 1
                    if fault.times is not None:
                        fault.times -= 1
                    self._set = [kept for kept in self._set if kept.times != 0]
                    return Strike(fault, self._released)
        return None

    def clear(self) -> int:
        """Unset every fault and free whoever hangs in one; return how many were set."""
        with self._lock:
            count = len(self._set)
            self._set = []
            self._released.set()
            self._released = threading.Event()
            return count


def read_order(body: Options) -> Order:
    """Return what a body of `POST faults` asks for; raise `BadBody` when unclear.

    `times` missing means once, null means until it is cleared.
    """
    route = choice(body, "route", ROUTES)
    kind = choice(body, "kind", tuple(KINDS))
    optional, read_options = KINDS[kind]
    only(body, ("route", "kind", "times", *optional))
    return Order(route, kind, read_options(body), _times(body))


def _times(body: Options) -> int | None:
    if "times" not in body:
        return 1
    return None if body["times"] is None else whole(body, "times", 1, 1_000_000)


def _status(body: Options) -> Options:
    options: Options = {"status": whole(body, "status", 200, 599)}
    if body.get("body") is not None:
        options["body"] = text(body, "body")
    if body.get("retryAfter") is not None:
        options["retryAfter"] = _retry_after(body)
    return options


def _retry_after(body: Options) -> int | str:
    """Read seconds or any one-line text: a date is legal, nonsense is a test."""
    value = body["retryAfter"]
    if isinstance(value, str):
        if not value.isascii() or not value.isprintable():
            raise BadBody('"retryAfter" must be a number or one line of plain text.')
        return value
    return whole(body, "retryAfter", 0, 1_000_000)


def _delay(body: Options) -> Options:
    return {"seconds": number(body, "seconds", 1.0, LONGEST)}


def _drip(body: Options) -> Options:
    return {**_delay(body), "where": _place(body, "where", "all", "headers", "body")}


def _reset(body: Options) -> Options:
    return {"when": _place(body, "when", "before", "headers", "body")}


def _types(body: Options) -> Options:
    return {"value": body["value"]} if "value" in body else {}


def _huge(body: Options) -> Options:
    if body.get("bytes") is None:
        return {"bytes": HUGE}
    return {"bytes": whole(body, "bytes", 1, 1024 * HUGE)}


def _redirect(body: Options) -> Options:
    location = text(body, "location")
    if not location.isascii() or not location.isprintable() or " " in location:
        raise BadBody('"location" must be a URL or a path.')
    return {"location": location} if location else {}


def _nothing(_body: Options) -> Options:
    return {}


def _place(body: Options, key: str, *places: str) -> str:
    return places[0] if body.get(key) is None else choice(body, key, places)


#: Each kind: the keys it takes beside `route`, `kind` and `times`, and their reader.
KINDS: dict[str, tuple[tuple[str, ...], Callable[[Options], Options]]] = {
    "status": (("status", "body", "retryAfter"), _status),
    "delay": (("seconds",), _delay),
    "hang": ((), _nothing),
    "reset": (("when",), _reset),
    "drip": (("seconds", "where"), _drip),
    "truncate": ((), _nothing),
    "garbage": ((), _nothing),
    "types": (("value",), _types),
    "html": ((), _nothing),
    "huge": (("bytes",), _huge),
    "redirect": (("location",), _redirect),
}

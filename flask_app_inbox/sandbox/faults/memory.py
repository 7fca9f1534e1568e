"""The faults that are set: which route is broken, how, and how many times more."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..json_body import choice, only, whole
from .kinds import KINDS, Kind
from .options import Body
from .routes import Route, Routes

Options = dict[str, Any]


@dataclass
class Fault:
    """One way in which one route is broken."""

    id: int
    route: Route
    kind: Kind
    options: Options
    #: How many requests it still breaks; None: until it is cleared.
    times: int | None
    #: How many requests it has broken.
    hits: int = 0

    def to_json(self) -> dict[str, object]:
        """Return the fault as the control API shows it."""
        return {
            "id": self.id,
            "route": self.route.name,
            "kind": self.kind.name,
            **self.options,
            "times": self.times,
            "hits": self.hits,
        }


class Order(NamedTuple):
    """A checked request to set a fault."""

    route: Route
    kind: Kind
    options: Options
    times: int | None


class Hit(NamedTuple):
    """A fault that hits a request, and the event that releases the request."""

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
        """Add a fault after those that its route already has."""
        with self._lock:
            self._last_id += 1
            fault = Fault(self._last_id, *order)
            self._set.append(fault)
            return fault

    def all(self) -> list[Fault]:
        """Return the faults that are still set, the oldest first."""
        with self._lock:
            return [fault for fault in self._set if fault.times != 0]

    def take(self, route: Route) -> Hit | None:
        """Return the fault that breaks this request of ``route``, if one does."""
        if not self._set:
            return None
        with self._lock:
            for fault in self._set:
                if fault.route is route and fault.times != 0:
                    fault.hits += 1
                    if fault.times is not None:
                        fault.times -= 1
                    self._set = [kept for kept in self._set if kept.times != 0]
                    return Hit(fault, self._released)
        return None

    def clear(self) -> int:
        """Clear all faults and release waiting requests; return how many were set."""
        with self._lock:
            count = len(self._set)
            self._set = []
            self._released.set()
            self._released = threading.Event()
            return count


def read_order(body: Body, routes: Routes) -> Order:
    """Return what a body of ``POST faults`` asks for.

    ``times`` missing means once, null means until it is cleared.

    :raises BadBody: when the body is not clear.
    """
    route = routes.by_name[choice(body, "route", routes.by_name)]
    kind = KINDS[choice(body, "kind", KINDS)]
    only(body, ("route", "kind", "times", *(option.name for option in kind.options)))
    return Order(route, kind, kind.read(body), _times(body))


def _times(body: Body) -> int | None:
    if "times" not in body:
        return 1
    return None if body["times"] is None else whole(body, "times", 1, 1_000_000)

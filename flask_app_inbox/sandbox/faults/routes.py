"""The vendors' routes by the short names that faults are set with.

A view is given its name where it is defined, with ``@breakable``; ``Routes`` collects
the names of an application. No other list has them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

if TYPE_CHECKING:
    from flask import Flask

View = TypeVar("View", bound=Callable[..., Any])

_MARK = "fault_route"


@dataclass(frozen=True, eq=False)
class Route:
    """Something of the vendor's that can be broken.

    :param name: what faults call it.
    :param help: what it is, in a few words.
    :param wrong_types: JSON that is not of the documented types.
    """

    name: str
    help: str
    wrong_types: object


def breakable(
    name: str,
    summary: str,
    *,
    wrong_types: object = (42,),
) -> Callable[[View], View]:
    """Make a decorator for the views that faults know by a name.

    Put it below the ``route`` decorator.

    :param name: what faults call the route.
    :param summary: what the route is, in a few words.
    :param wrong_types: JSON that is not of the documented types.
    """
    route = Route(name, summary, wrong_types)

    def mark(view: View) -> View:
        setattr(view, _MARK, route)
        return view

    return mark


class Routes:
    """The routes of a sandbox that can be broken.

    :raises ValueError: when two different ones have the same name.
    """

    def __init__(self, app: Flask) -> None:
        #: Each by its name.
        self.by_name: dict[str, Route] = {}
        #: Where each is found: paths with ``<…>`` for what varies.
        self.paths: dict[str, list[str]] = {}
        rules = []
        for rule in app.url_map.iter_rules():
            route = getattr(app.view_functions.get(rule.endpoint), _MARK, None)
            if route is None:
                continue
            if self.by_name.setdefault(route.name, route) is not route:
                raise ValueError(f"Two routes are named {route.name!r}.")
            paths = self.paths.setdefault(route.name, [])
            if rule.rule not in paths:
                paths.append(rule.rule)
                rules.append(Rule(rule.rule, endpoint=route.name))
        matching = Map(rules, strict_slashes=False, merge_slashes=False)
        self._paths = matching.bind("sandbox")

    def of(self, path: str) -> Route | None:
        """Return the route that a path belongs to, whatever the method."""
        try:
            name, _ = self._paths.match(path)
        except HTTPException:
            return None
        return self.by_name[name]

"""What the manual's tables list, row by row, from where it is defined."""

from __future__ import annotations

from .app import create_sandbox
from .faults.kinds import KINDS
from .state import state_of


def fault_kind_rows() -> list[tuple[str, str, str]]:
    """Return name, help and options of every kind of fault, as Markdown."""
    return [
        (
            f"`{kind.name}`",
            kind.help,
            "; ".join(f"`{option.name}`: {option.help}" for option in kind.options),
        )
        for kind in KINDS.values()
    ]


def fault_route_rows() -> list[tuple[str, str, str]]:
    """Return name, help and paths of every route that can be broken, as Markdown.

    The REST API is also below ``/api``, which the paths leave out.
    """
    routes = state_of(create_sandbox()).routes
    return [
        (
            f"`{route.name}`",
            route.help,
            ", ".join(
                f"`{path}`"
                for path in routes.paths[route.name]
                if not path.startswith("/api/v")
            ),
        )
        for route in routes.by_name.values()
    ]

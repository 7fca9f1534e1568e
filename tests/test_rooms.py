"""Which room may import from which, and that nothing runs in a circle."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "flask_app_inbox"

#: What a site imports; every room may use the errors, the signals and what
#: each process has of its own.
TOP = {"__init__", "errors", "oldest_flask", "per_process", "signals", "testing"}

#: A room and those that it may import from. What is missing here may import nothing.
ARROWS: dict[str, set[str]] = {
    "errors": set(),
    "signals": set(),
    "per_process": set(),
    "oldest_flask": set(),
    "client": {"errors", "per_process"},
    "config": set(),
    "web": {"config", "errors", "per_process"},
    "bell": {"config", "web"},
    "oauth": {"client", "config", "web", "errors", "per_process", "signals"},
    "inbox": {
        *("bell", "client", "config", "web", "oauth", "sandbox"),
        *("errors", "per_process", "signals"),
    },
    "chathub": {"client", "config", "web", "errors", "per_process"},
    "sandbox": {"bell"},
    "testing": {"client", "oauth", "sandbox", "per_process"},
    "__init__": {"inbox", "chathub", "client", "errors", "oldest_flask"},
}


def _module_of(path: Path) -> tuple[str, ...]:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts


MODULES = {_module_of(path): path for path in PACKAGE.rglob("*.py")}


@cache
def _imports(module: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    """Return the modules of the package that one imports, lazily or for types, too."""
    return frozenset(_imported_by(module))


def _imported_by(module: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    path = MODULES[module]
    folder = path.relative_to(PACKAGE).parent.parts
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            for name in node.names:
                assert not name.name.startswith("flask_app_inbox"), path
        if not isinstance(node, ast.ImportFrom):
            continue
        if node.level == 0:
            assert not (node.module or "").startswith("flask_app_inbox"), path
            continue
        base = folder[: len(folder) - node.level + 1]
        target = (*base, *((node.module or "").split(".") if node.module else ()))
        for name in node.names:
            yield next(
                found
                for found in ((*target, name.name), target, (*target, "__init__"))
                if found in MODULES
            )


def _room(module: tuple[str, ...]) -> str:
    return module[0]


@pytest.mark.parametrize("module", MODULES, ids=".".join)
def test_a_room_imports_only_from_the_rooms_below_it(module: tuple[str, ...]) -> None:
    room = _room(module)
    allowed = ARROWS[room] | {room}
    assert {_room(found) for found in _imports(module)} - allowed == set()


def test_the_sandbox_knows_the_element_and_nothing_else_of_ours() -> None:
    used = {
        found
        for module in MODULES
        if _room(module) == "sandbox"
        for found in _imports(module)
        if _room(found) != "sandbox"
    }
    assert used == {("bell", "element")}


def test_every_arrow_is_used() -> None:
    drawn = {
        (_room(module), _room(found))
        for module in MODULES
        for found in _imports(module)
    }
    listed = {(room, other) for room, others in ARROWS.items() for other in others}
    assert listed - drawn == set()


def test_no_modules_import_each_other() -> None:
    graph = {module: _imports(module) - {module} for module in MODULES}
    # Raises CycleError, which names the circle.
    TopologicalSorter(graph).prepare()


def test_every_room_is_drawn() -> None:
    assert {_room(module) for module in MODULES} == set(ARROWS)

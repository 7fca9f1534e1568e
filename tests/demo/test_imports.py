"""How the modules of the demo shop depend on each other."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

SHOP = Path(__file__).parents[2] / "demo" / "shop"


def _imported(path: Path) -> set[str]:
    """Return the modules beside this one that it imports anywhere."""
    return {
        node.module
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.level == 1 and node.module
    }


def test_no_modules_of_the_shop_import_each_other() -> None:
    graph = {path.stem: _imported(path) for path in SHOP.glob("*.py")}
    assert "languages" in graph["forms"]
    # Raises CycleError, which names the circle.
    TopologicalSorter(graph).prepare()

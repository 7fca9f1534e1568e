"""How the modules of the demo shop depend on each other and on the package."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

SHOP = Path(__file__).parents[2] / "demo" / "shop"
PUBLIC = {
    "flask_app_inbox",
    "flask_app_inbox.errors",
    "flask_app_inbox.signals",
    "flask_app_inbox.sandbox",
    "flask_app_inbox.testing",
}


def _imports(path: Path) -> list[ast.ImportFrom]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]


def test_no_modules_of_the_shop_import_each_other() -> None:
    graph = {
        path.stem: {n.module for n in _imports(path) if n.level == 1 and n.module}
        for path in SHOP.glob("*.py")
    }
    assert "languages" in graph["forms"]
    # Raises CycleError, which names the cycle.
    TopologicalSorter(graph).prepare()


def test_the_shop_does_nothing_for_its_customers_by_the_sandboxs_control_api() -> None:
    """It has no call of it; the drawer and the page of questions look behind it."""
    for path in SHOP.glob("*.py"):
        if path.stem != "explanations":  # which names calls that the drawer shows
            assert "/_sandbox/" not in path.read_text("utf-8"), path
    behind = {
        path.stem
        for path in SHOP.glob("*.py")
        for name in _imports(path)
        if name.level == 1 and name.module == "backstage"
        if {"current_backstage"} & {one.name for one in name.names}
    }
    # The customers' module asks only whether a real vendor shows no log.
    assert behind == {"anchor", "buttons", "customers", "flow", "questions"}
    for path in SHOP.glob("*.py"):
        assert all(node.level < 2 for node in _imports(path)), path


def test_the_shop_uses_nothing_but_public_names() -> None:
    used = {
        node.module
        for path in SHOP.glob("*.py")
        for node in _imports(path)
        if node.module and node.module.startswith("flask_app_inbox")
    }
    assert "flask_app_inbox" in used
    assert used - PUBLIC == set()

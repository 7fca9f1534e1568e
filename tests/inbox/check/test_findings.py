"""Each finding is declared once, listed, and reported with all its details."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from flask_app_inbox.inbox import check
from flask_app_inbox.inbox.check.finding import FindingKind, Section
from flask_app_inbox.inbox.check.findings import FINDINGS

MODULES = [
    importlib.import_module(f"{check.__name__}.{module.name}")
    for module in pkgutil.iter_modules(check.__path__)
]


def calls_in(module: ModuleType) -> Iterator[ast.Call]:
    assert module.__file__ is not None
    tree = ast.parse(Path(module.__file__).read_text("utf-8"))
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def kinds_of(module: ModuleType, expression: ast.expr) -> list[FindingKind]:
    """Return the kinds that an argument of ``report()`` names."""
    names = [node.id for node in ast.walk(expression) if isinstance(node, ast.Name)]
    kinds = [getattr(module, name, None) for name in names]
    return [kind for kind in kinds if isinstance(kind, FindingKind)]


def reports() -> Iterator[tuple[ast.Call, FindingKind]]:
    """Return each call of ``report()`` in a check, with each kind it names."""
    for module in MODULES:
        for call in calls_in(module):
            if isinstance(call.func, ast.Attribute) and call.func.attr == "report":
                kinds = kinds_of(module, call.args[0])
                assert kinds, f"{module.__name__}:{call.lineno} names no finding"
                yield from ((call, kind) for kind in kinds)


def test_every_declared_finding_is_listed() -> None:
    declared = sum(
        isinstance(call.func, ast.Name) and call.func.id == FindingKind.__name__
        for module in MODULES
        for call in calls_in(module)
    )
    assert declared == len(FINDINGS) > 30


def test_every_code_is_declared_once() -> None:
    codes = [kind.code for kind in FINDINGS]
    assert len(codes) == len(set(codes))


def test_every_declared_finding_is_reported() -> None:
    assert {kind for _, kind in reports()} == set(FINDINGS)


def test_every_report_gives_the_details_that_the_words_need() -> None:
    for call, kind in reports():
        details = {keyword.arg for keyword in call.keywords}
        assert details == kind.placeholders, kind.code
        has_case = len(call.args) == 2
        assert has_case == (not isinstance(kind.fix, str)), kind.code


@pytest.mark.parametrize("kind", FINDINGS, ids=lambda kind: kind.code)
def test_every_finding_says_what_is_wrong_why_and_the_fix(kind: FindingKind) -> None:
    assert kind.level in ("error", "warning", "note")
    assert kind.what
    assert kind.why.endswith((".", ".)"))
    assert kind.fix


def test_a_report_fills_in_the_details_and_the_fix_of_its_case() -> None:
    kind = FindingKind(
        "lost",
        "error",
        what="{count} of {{ all }} are lost.",
        why="{name} counts.",
        fix={"one": "find({name})", "all": "find()"},
    )
    section = Section("Test")
    section.report(kind, "one", count=2, name="{count}")
    [finding] = section.findings
    assert finding.what == "2 of {{ all }} are lost."
    assert finding.why == "{count} counts."
    assert finding.fix == "find({count})"


def test_a_report_without_all_details_is_refused() -> None:
    kind = FindingKind("lost", "error", what="{path}", why="Why.", fix="fix")
    for details in ({}, {"path": "/", "other": 1}):
        with pytest.raises(TypeError, match="lost needs"):
            Section("Test").report(kind, **details)

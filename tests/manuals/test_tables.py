"""The manuals' generated tables say what the code says."""

from __future__ import annotations

import pytest

from flask_app_inbox.web.problems import Problem

from . import MANUALS, text_of
from .markers import TABLES, fill, names_in


@pytest.mark.parametrize("name", MANUALS)
def test_no_table_is_stale(name: str) -> None:
    assert text_of(name) == fill(text_of(name)), "run: python -m tests.manuals"


@pytest.mark.parametrize("table", TABLES)
def test_every_table_has_a_place(table: str) -> None:
    assert any(table in names_in(text_of(name)) for name in MANUALS)


@pytest.mark.parametrize("table", TABLES)
def test_no_table_is_empty_or_has_an_empty_first_cell(table: str) -> None:
    rows = TABLES[table]().splitlines()[2:]
    assert rows
    for row in rows:
        assert all(cell.strip() not in ("", "``") for cell in row.split(" | ")[:1])


def test_a_marker_of_no_table_is_refused() -> None:
    with pytest.raises(KeyError):
        fill("<!-- table: nothing -->\n<!-- /table -->")


@pytest.mark.parametrize("marker", ["<!-- table: settings -->", "<!-- /table -->"])
def test_a_marker_without_its_counterpart_is_refused(marker: str) -> None:
    with pytest.raises(ValueError, match="counterpart"):
        fill(f"{marker}\n")


def test_every_problem_has_a_line() -> None:
    told = TABLES["problems"]() + TABLES["chathub-problems"]()
    for problem in Problem.__subclasses__():
        assert f"`{problem.problem_code}`" in told

"""The sandbox's manual: its code runs, and its tables are complete."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from flask_app_inbox import sandbox
from flask_app_inbox.sandbox import create_sandbox
from flask_app_inbox.sandbox.manual import fault_kind_rows, fault_route_rows
from flask_app_inbox.sandbox.rights import RIGHTS
from flask_app_inbox.sandbox.tokens import MODES

MANUAL = (Path(sandbox.__file__).parent / "README.md").read_text("utf-8")


BLOCKS = re.findall(r"```python\n(.*?)```", MANUAL, re.DOTALL)


@pytest.mark.parametrize("block", range(len(BLOCKS)))
def test_the_code_of_the_manual_runs(block: int) -> None:
    exec(compile(BLOCKS[block], "README.md", "exec"), {})


@pytest.mark.parametrize(
    ("name", "rows"),
    [("fault-kinds", fault_kind_rows), ("fault-routes", fault_route_rows)],
)
def test_the_tables_have_every_kind_and_every_route(
    name: str, rows: Callable[[], list[tuple[str, str, str]]]
) -> None:
    table = MANUAL.partition(f"<!-- table: {name} -->\n")[2].partition("<!--")[0]
    lines = table.strip().splitlines()[2:]
    assert [line.strip("| ").split(" | ") for line in lines] == [
        [cell for cell in row if cell] for row in rows()
    ]


def test_every_call_of_the_control_api_is_in_the_manual() -> None:
    listed = {
        (method, path.partition("?")[0])
        for method, path in re.findall(
            r"`(GET|POST|PUT|DELETE) ([a-z/]+(?:/ID)?(?:\?\S*)?)`", MANUAL
        )
    }
    for rule in create_sandbox().url_map.iter_rules():
        if not rule.rule.startswith("/_sandbox/"):
            continue
        path = rule.rule.removeprefix("/_sandbox/").removeprefix("chathub/")
        path = re.sub("<.*?>", "ID", path)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            assert (method, path) in listed


@pytest.mark.parametrize("word", [*RIGHTS, *MODES])
def test_every_right_and_every_token_mode_is_in_the_manual(word: str) -> None:
    assert re.search(rf"^\| `{word}`", MANUAL, re.MULTILINE)

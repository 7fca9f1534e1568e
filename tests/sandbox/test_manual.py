"""The sandbox's manual names every call, right and token mode.

Its code and its generated tables are tested in ``tests/manuals``.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flask_app_inbox import sandbox
from flask_app_inbox.sandbox import create_sandbox
from flask_app_inbox.sandbox.rights import RIGHTS
from flask_app_inbox.sandbox.tokens import MODES

MANUAL = (Path(sandbox.__file__).parent / "README.md").read_text("utf-8")


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

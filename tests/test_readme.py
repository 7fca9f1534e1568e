"""The manual tells the truth: its code runs, and nothing is left out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import responses

from flask_app_inbox import problems, settings

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
SCRIPT = Path(settings.__file__).parent / "static" / "app_inbox.js"

TOKEN_URL = "https://esputnik.com/api/v1/auth/contact/token"
CONTACT_URL = "https://esputnik.com/api/v1/contact"


def section(title: str) -> str:
    """Return what stands below a heading."""
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_the_python_blocks_run_one_after_the_other() -> None:
    names: dict[str, Any] = {"__name__": "site"}
    with responses.RequestsMock() as vendor:
        vendor.post(CONTACT_URL, json={"id": 1})
        vendor.post(TOKEN_URL, json={"token": "minted"})
        for block in re.findall(r"```python\n(.*?)```", README, re.DOTALL):
            exec(compile(block, "README.md", "exec"), names)
    assert names["token"] == "minted"


def test_every_setting_stands_in_the_table() -> None:
    listed = re.findall(r"^\| `([A-Z_]+)` \|", section("Settings"), re.MULTILINE)
    assert sorted(listed) == sorted(settings._KEYS)


@pytest.mark.parametrize("problem", problems.PROBLEMS)
def test_every_answer_of_the_endpoint_is_told(
    problem: type[problems.Problem],
) -> None:
    row = rf"^\| {problem.code} \| `{problem.problem_code}`"
    assert re.search(row, section("The token endpoint"), re.MULTILINE)


def test_every_event_and_code_of_the_script_is_told() -> None:
    script = SCRIPT.read_text("utf-8")
    calls = re.findall(r"announce\(([^,)]+)", script)
    events = [name for call in calls for name in re.findall(r'"([a-z-]+)"', call)]
    codes = set(re.findall(r'"([a-z]+_[a-z]+)"', script)) | {"network"}
    codes -= {problem.problem_code for problem in problems.PROBLEMS}
    assert {"token", "error"} < set(events)
    assert len(codes) >= 3
    told = section("In the page")
    for event in events:
        assert f"`app-inbox:{event}`" in told
    for code in codes:
        assert f"| `{code}` |" in told


def test_the_contents_list_every_section() -> None:
    headings = re.findall(r"^## (.+)$", README, re.MULTILINE)
    listed = re.findall(r"^- \[(.+)\]\(#", README, re.MULTILINE)
    assert listed == headings


def test_links_into_the_repository_lead_somewhere() -> None:
    root = Path(__file__).parent.parent
    for target in re.findall(r"\]\((?!#|https?:)([^)]+)\)", README):
        assert (root / target).exists(), target

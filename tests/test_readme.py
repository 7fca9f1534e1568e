"""The manual tells the truth: its code runs, and nothing is left out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import responses

from flask_app_inbox.chathub import settings as chathub_settings
from flask_app_inbox.inbox import settings
from flask_app_inbox.inbox.commands.check import check
from flask_app_inbox.inbox.token import blueprint
from flask_app_inbox.web import problems

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
STATIC = Path(settings.__file__).parent / "static"
SCRIPTS = (STATIC / "site_endpoint.js", STATIC / "app_inbox.js")

TOKEN_URL = "https://esputnik.com/api/v1/auth/contact/token"
CONTACT_URL = "https://esputnik.com/api/v1/contact"
CHATHUB_URL = "https://chatapi.smsbat.com/api"


def section(title: str) -> str:
    """Return what stands below a heading."""
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_the_python_blocks_run_one_after_the_other() -> None:
    names: dict[str, Any] = {"__name__": "site"}
    with responses.RequestsMock() as vendor:
        vendor.post(CONTACT_URL, json={"id": 1})
        vendor.post(TOKEN_URL, json={"token": "minted"})
        vendor.get(f"{CHATHUB_URL}/company/organization", json=[])
        vendor.get(f"{CHATHUB_URL}/operator", json=[])
        vendor.post(f"{CHATHUB_URL}/operator/get-token", json="of.an.operator")
        vendor.post(f"{CHATHUB_URL}/operator/validate-token", json={"isValid": True})
        for block in re.findall(r"```python\n(.*?)```", README, re.DOTALL):
            exec(compile(block, "README.md", "exec"), names)
    assert names["token"] == "minted"


def test_every_setting_stands_in_the_table() -> None:
    listed = re.findall(r"^\| `([A-Z_]+)` \|", section("Settings"), re.MULTILINE)
    assert sorted(listed) == sorted(settings._KEYS)


def test_every_setting_of_the_panel_stands_in_its_table() -> None:
    told = section("The operator panel for staff").partition("### Endpoints")[0]
    listed = re.findall(r"`([A-Z_]+)`(?=[^|]*\|)", "\n".join(rows_of(told)))
    assert sorted(set(listed)) == sorted(chathub_settings._KEYS)


def rows_of(text: str) -> list[str]:
    """Return the first cells of a table's rows."""
    return [f"{row.split('|')[1]}|" for row in text.splitlines() if row[:2] == "| "]


def test_every_command_is_told() -> None:
    told = section("Command line") + section("Connect by OAuth")
    for name in blueprint.cli.commands:
        assert re.search(rf"^\| `(flask app-inbox )?{name}", told, re.MULTILINE), name


def test_every_option_of_check_is_told() -> None:
    for parameter in check.params:
        assert f"`{parameter.opts[0]}" in section("Command line"), parameter.opts


@pytest.mark.parametrize("problem", problems.PROBLEMS)
def test_every_answer_of_the_endpoint_is_told(
    problem: type[problems.Problem],
) -> None:
    row = rf"^\| {problem.code} \| `{problem.problem_code}`"
    assert re.search(row, section("The token endpoint"), re.MULTILINE)


def test_every_event_and_code_of_the_script_is_told() -> None:
    script = "".join(part.read_text("utf-8") for part in SCRIPTS)
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

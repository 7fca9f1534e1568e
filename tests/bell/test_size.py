"""How much a page loads for its bell."""

from __future__ import annotations

import gzip
import subprocess
from pathlib import Path

import pytest

from flask_app_inbox.bell.element import bell_files
from tests.fixtures.programs import find_program

KILOBYTE = 1024


def size_of(*names: str) -> int:
    return sum(len(gzip.compress(bell_files()[name].content, 6)) for name in names)


def test_every_page_loads_three_kilobytes_of_script() -> None:
    assert size_of("bell.js") <= 3 * KILOBYTE


def test_bell_panel_and_styles_are_small_together() -> None:
    """The smallest inbox that one can buy has 34 kB."""
    assert size_of(*bell_files()) <= 8 * KILOBYTE


@pytest.mark.parametrize("name", ["bell.js", "panel.js"])
def test_the_shortened_scripts_are_scripts(name: str, tmp_path: Path) -> None:
    file = tmp_path / name.replace(".js", ".mjs")
    file.write_bytes(bell_files()[name].content)
    node = find_program("nodejs", "node")
    checked = subprocess.run([node, "--check", file], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr

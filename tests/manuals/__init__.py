"""The manuals: every README of the repository and the contributors' files.

Some of their tables are made from the code. ``python -m tests.manuals`` writes them,
``test_tables.py`` compares.
"""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

#: Folders that hold no manual of ours.
_FOREIGN = {"node_modules", "build", "dist"}


def _is_ours(path: Path) -> bool:
    folders = path.relative_to(ROOT).parts[:-1]
    return not any(
        folder in _FOREIGN or (folder.startswith(".") and folder != ".github")
        for folder in folders
    )


#: Every manual, by its path in the repository.
MANUALS = {
    path.relative_to(ROOT).as_posix(): path
    for path in sorted(ROOT.rglob("*.md"))
    if _is_ours(path)
}


def text_of(name: str) -> str:
    """Return what a manual says."""
    return MANUALS[name].read_text("utf-8")


def blocks_of(name: str, language: str) -> list[str]:
    """Return the blocks of a manual in one language."""
    return re.findall(rf"```{language}\n(.*?)```", text_of(name), re.DOTALL)


def block_of(name: str, language: str, beginning: str) -> str:
    """Return the one block of a manual that begins with these words."""
    [block] = [
        block for block in blocks_of(name, language) if block.startswith(beginning)
    ]
    return block

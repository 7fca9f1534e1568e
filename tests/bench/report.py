"""One table, and the machine that it was made on."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """What was measured.

    :param ours: the extension's value with its unit.
    :param rival: the rival's, "" where there is none.
    :param limit: the best that could be reached, "" where there is none.
    :param goal: what is to be reached.
    :param result: the ratios, in words of the goal.
    :param reached: whether it is.
    :param notes: what the numbers are made of.
    """

    what: str
    ours: str
    rival: str
    limit: str
    goal: str
    result: str
    reached: bool
    notes: tuple[str, ...] = ()


def table(rows: Sequence[Row]) -> str:
    """Render rows as a Markdown table with their notes below."""
    lines = [
        "| what | ours | rival | limit | goal | measured | |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        cells = (row.what, row.ours, row.rival, row.limit, row.goal, row.result)
        mark = "reached" if row.reached else "**missed**"
        lines.append("| " + " | ".join((*(cell or "–" for cell in cells), mark)) + " |")
    lines += [""] + [f"- {row.what}: {note}" for row in rows for note in row.notes]
    return "\n".join(lines)


def machine() -> str:
    """Describe the machine and what runs on it in one line."""
    packages = ("flask", "werkzeug", "jinja2", "requests", "urllib3", "gunicorn")
    return ", ".join(
        (
            f"{os.cpu_count()} × {_processor()}",
            f"{platform.system()} {platform.release()}",
            f"{platform.python_implementation()} {platform.python_version()}",
            *(f"{name} {version(name)}" for name in packages),
        )
    )


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def median_ratio(values: Sequence[float], others: Sequence[float]) -> float:
    """Return the median of the ratios, round by round."""
    return statistics.median(
        value / other for value, other in zip(values, others, strict=True)
    )


def spread(values: Sequence[float]) -> str:
    """Return lowest and highest value."""
    return f"{min(values):.0f}–{max(values):.0f}"

"""Output for people: aligned, coloured on a terminal, plain in a pipe."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence

import click

from ...web.commands import printable

#: The column to wrap text at, if the terminal is wider.
WIDTH = 88


def write(line: str = "") -> None:
    """Print a line; only a terminal gets colours, and none with ``NO_COLOR``."""
    click.echo(line, color=False if os.environ.get("NO_COLOR") else None)


def paint(text: str, colour: str | None = None, *, bold: bool = False) -> str:
    """Return a text in a colour."""
    return click.style(text, fg=colour, bold=bold or None)


def heading(text: str) -> None:
    """Print the title of what follows."""
    write()
    write(paint(text, bold=True))


def columns(rows: Iterable[Sequence[str]]) -> None:
    """Print rows in aligned columns, whoever wrote what is in them."""
    rows = [[*map(printable, row)] for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=False)
        ]
        write("  " + "  ".join((*cells, paint(row[-1], "bright_black"))))


def reason(words: str, *, reveal: bool) -> str:
    """Return a reason in the vendor's words for one line of a terminal.

    :param reveal: whether to show it, though it may hold personal data.
    """
    shown = one_line(words)
    return shown if reveal or not shown else "--reveal shows the reason"


def one_line(words: str) -> str:
    """Return the beginning of somebody's words as one line for a terminal."""
    return printable(words)[:200]


def item(label: str, colour: str, text: str) -> None:
    """Print a labelled text, its further lines indented."""
    first, *others = wrapped(text, indent=11)
    write(f"  {paint(label.ljust(9), colour, bold=True)}{first}")
    for line in others:
        write(" " * 11 + line)


def part(label: str, lines: Iterable[str]) -> None:
    """Print a detail of the item above."""
    for number, line in enumerate(lines):
        name = paint(label.ljust(6), "bright_black") if number == 0 else " " * 6
        write(" " * 11 + name + line)


def wrapped(text: str, *, indent: int) -> list[str]:
    """Break a text into lines; in a pipe it stays one line, for grep."""
    if not sys.stdout.isatty():
        return [text]
    width = min(shutil.get_terminal_size().columns, WIDTH) - indent
    return textwrap.wrap(
        text, max(width, 20), break_long_words=False, break_on_hyphens=False
    ) or [""]

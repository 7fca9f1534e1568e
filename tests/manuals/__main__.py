"""Write the tables of all manuals: ``python -m tests.manuals``."""

from __future__ import annotations

import sys

from . import MANUALS, text_of
from .markers import fill


def main() -> None:
    for name, path in MANUALS.items():
        before = text_of(name)
        after = fill(before)
        if after != before:
            path.write_text(after, "utf-8")
            sys.stdout.write(f"Wrote {name}\n")


if __name__ == "__main__":
    main()

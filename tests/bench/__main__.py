"""Measure the rows that are asked for, all by default, and print the table."""

from __future__ import annotations

import argparse
import sys

from tests.bench import (
    bell,
    endpoint,
    hang,
    memory,
    messages,
    opening,
    paint,
    peers,
    render,
)
from tests.bench.report import machine, table

ROWS = {
    "endpoint": endpoint.measure_throughput,
    "tail": endpoint.measure_tail,
    "render": render.measure_time,
    "size": render.measure_size,
    "own-size": render.measure_own_bell,
    "peers": peers.measure,
    "bell": bell.measure,
    "paint": paint.measure,
    "open": opening.measure,
    "unread": messages.measure_unread,
    "calls": messages.measure_calls,
    "hang": hang.measure,
    "import": render.measure_import,
    "memory": memory.measure,
}


def main() -> int:
    """Return 0 if everything measured reaches its goal."""
    parser = argparse.ArgumentParser(prog="tests/bench/run", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(ROWS))
    names = parser.parse_args().rows or list(ROWS)
    if unknown := set(names) - set(ROWS):
        parser.error(f"no row {', '.join(unknown)}; there are {', '.join(ROWS)}")
    rows = []
    for name in names:
        print(f"Measuring {name} …", file=sys.stderr, flush=True)
        rows.append(ROWS[name]())
        print(f"  {rows[-1].result}", file=sys.stderr, flush=True)
    print(f"{table(rows)}\n\n{machine()}")
    return 0 if all(row.reached for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())

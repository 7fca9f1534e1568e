"""How a table of a manual is made from rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable

Table = Callable[[], str]
Rows = Callable[[], Iterable[Iterable[str]]]


class Tables(dict[str, Table]):
    """What makes each table, by its name."""

    def add(self, *head: str) -> Callable[[Rows], Table]:
        """Register the function below under its own name; it yields the rows."""

        def register(rows: Rows) -> Table:
            def table() -> str:
                lines = [_row(head), "|" + "---|" * len(head), *map(_row, rows())]
                return "".join(f"{line}\n" for line in lines)

            self[rows.__name__.strip("_").replace("_", "-")] = table
            return table

        return register


def _row(cells: Iterable[str]) -> str:
    return "|" + "".join(
        f" {cell} |" if cell else " |" for cell in map(_escaped, cells)
    )


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|")

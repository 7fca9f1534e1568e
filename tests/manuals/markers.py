"""Where a manual's generated tables stand: between two comments."""

from __future__ import annotations

import re

from . import tables
from .contract_tables import CONTRACT_TABLES

#: What makes each table, by its name.
TABLES = {**tables.TABLES, **CONTRACT_TABLES}

_PLACE = re.compile(
    r"^(?P<begin><!-- table: (?P<name>[\w-]+) -->\n)"
    r"(?P<table>.*?)"
    r"^(?P<end><!-- /table -->)",
    re.DOTALL | re.MULTILINE,
)
_MARKER = re.compile(r"^<!-- /?table\b.*?-->", re.MULTILINE)


def names_in(manual: str) -> list[str]:
    """Return the names of the tables that have a place in a manual."""
    return [place["name"] for place in _PLACE.finditer(manual)]


def fill(manual: str) -> str:
    """Return a manual with its tables as they have to be.

    :raises KeyError: for a name that no table has.
    :raises ValueError: for a marker that begins or ends nothing.
    """
    if len(_MARKER.findall(manual)) != 2 * len(names_in(manual)):
        raise ValueError("a table's marker lacks its counterpart")
    return _PLACE.sub(
        lambda place: f"{place['begin']}{TABLES[place['name']]()}{place['end']}",
        manual,
    )

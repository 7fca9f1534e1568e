"""JSON that others wrote: what of it nobody can use costs itself alone.

What is read here can be stored, printed, and written as JSON again.
"""

from __future__ import annotations

import json
import math
from typing import Any


def read_json(told: bytes | str) -> Any:
    """Parse JSON.

    A byte that is no character, and a half of one that an escape brings, is replaced.
    A number that is too large, ``NaN`` and ``Infinity`` are read as ``None``: in JSON
    they are no numbers, and browsers refuse the whole text for one of them.

    :raises ValueError: if it is no JSON.
    """
    if isinstance(told, bytes):
        told = told.decode(json.detect_encoding(told), "replace")
    try:
        value = _load(told)
        if "\\u" in told:
            again = json.dumps(value, ensure_ascii=False)
            in_pairs = again.encode("utf-16", "surrogatepass")
            value = _load(in_pairs.decode("utf-16", "replace"))
    except RecursionError as error:
        raise ValueError("It is nested too deep.") from error
    return value


def _load(text: str) -> Any:
    return json.loads(
        text, parse_int=_integer, parse_float=_number, parse_constant=lambda _: None
    )


def _integer(digits: str) -> int | None:
    try:
        return int(digits)
    except ValueError:  # Python reads some thousand digits at most
        return None


def _number(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None

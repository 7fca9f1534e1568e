"""Parameters of events and messages: Python's values as the vendor takes them.

Source: the guides to events and to prepared messages. Dates are in ISO 8601; what is
nested is JSON.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

#: What a site gives: a name for each value.
Params = Mapping[str, object]


def json_value(name: str, value: object) -> Any:
    """Return a parameter's value as JSON has it.

    :param name: of the parameter, for the message.
    :raises TypeError: if its type has no form in the documents.
    :raises ValueError: if it is no finite number.
    """
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, (float, Decimal)):
        if not math.isfinite(value):
            raise ValueError(f"The parameter {name!r} must be a finite number.")
        # As a number it would lose its last zeros.
        return f"{value:f}" if isinstance(value, Decimal) else value
    if isinstance(value, date):  # a datetime is one, too
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {_checked(one): json_value(name, inner) for one, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [json_value(name, inner) for inner in value]
    raise TypeError(
        f"The parameter {name!r} is a {type(value).__name__}. Give a str, a number, a "
        "bool, a date, a datetime, a list or a dict."
    )


def json_object(params: Params) -> dict[str, Any]:
    """Return all parameters as JSON has them.

    :raises TypeError: if a name or a value is of a wrong type.
    :raises ValueError: if a value is no finite number.
    """
    if not isinstance(params, Mapping):
        raise TypeError("params must be a dict from names to values.")
    return {_checked(name): json_value(name, value) for name, value in params.items()}


def text_value(value: Any) -> str:
    """Return a single value of JSON as the text that the vendor's templates print."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def written(value: Any) -> str:
    """Write JSON; a half of a character is replaced, so that it spoils no more."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _checked(name: object) -> str:
    if not isinstance(name, str):
        raise TypeError("The names of parameters must be strings.")
    if not name.strip():
        raise ValueError("A parameter needs a name.")
    return name

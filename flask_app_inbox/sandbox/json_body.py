"""Reading JSON bodies without trusting them."""

from __future__ import annotations

import json
import math
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Request


#: Seconds that a message can be told to stay at most.
LONGEST_LIFETIME = 10 * 365 * 86400.0


class BadBody(ValueError):
    """The call does not accept this body; the text says what is wrong."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        #: 400, or 415 for a wrong content type.
        self.status = status


def read_object(request: Request) -> dict[str, Any]:
    """Return the request's JSON object.

    :raises BadBody: for anything else.
    """
    value = _read(request)
    if not isinstance(value, dict):
        raise BadBody(f"The body must be a JSON object, not {_name(value)}.")
    return value


def read_list(request: Request) -> list[Any]:
    """Return the request's JSON list.

    :raises BadBody: for anything else.
    """
    value = _read(request)
    if not isinstance(value, list):
        raise BadBody(f"The body must be a JSON list, not {_name(value)}.")
    return value


def last_seen(request: Request) -> int:
    """Return the id after ``?since=``, 0 without one.

    :raises BadBody: if it cannot be one.
    """
    since = request.args.get("since", "0")
    if not since.isascii() or not since.isdecimal() or len(since) > 18:
        raise BadBody('"since" must be the id of an entry.')
    return int(since)


def only(body: dict[str, Any], known: Collection[str]) -> None:
    """Check that the body has no other keys.

    :raises BadBody: when it has.
    """
    if strange := sorted(body.keys() - set(known)):
        raise BadBody(f'Unknown key "{strange[0]}"; known are: {", ".join(known)}.')


def text(body: dict[str, Any], key: str) -> str:
    """Return a string field; a field that is null or missing counts as empty."""
    value = body.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadBody(f'"{key}" must be a string, not {_name(value)}.')
    return value


def text_or_number(body: dict[str, Any], key: str) -> str:
    """Return a string field that may be sent as a whole number, too."""
    value = body.get(key)
    return str(value) if type(value) is int else text(body, key)


def choice(body: dict[str, Any], key: str, allowed: Collection[str]) -> str:
    """Return a string field that is one of ``allowed``."""
    value = text(body, key)
    if value not in allowed:
        raise BadBody(f'"{key}" must be one of: {", ".join(allowed)}.')
    return value


def number(body: dict[str, Any], key: str, default: float, most: float) -> float:
    """Return a number above 0 and at most ``most``; null or missing: the default."""
    value = body.get(key)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise BadBody(f'"{key}" must be a number, not {_name(value)}.')
    if not 0 < value <= most:
        raise BadBody(f'"{key}" must be above 0 and at most {most:g}.')
    return float(value)


def whole(body: dict[str, Any], key: str, least: int, most: int) -> int:
    """Return a whole number from ``least`` to ``most``."""
    value = body.get(key)
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadBody(f'"{key}" must be a whole number, not {_name(value)}.')
    if not least <= value <= most:
        raise BadBody(f'"{key}" must be from {least} to {most}.')
    return value


def _read(request: Request) -> Any:
    if request.mimetype != "application/json":
        raise BadBody("The body must be JSON with Content-Type: application/json.", 415)
    try:
        return json.loads(
            request.get_data().decode(),
            parse_constant=_no_constant,
            parse_float=_finite,
        )
    except (ValueError, RecursionError) as error:
        raise BadBody("The body is not valid JSON.") from error


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):  # JSON could not say it again
        raise ValueError("the number is too large")
    return number


def _name(value: object) -> str:
    """Return the name of a JSON value's type in plain words."""
    names = {dict: "an object", list: "a list", str: "a string", bool: "a boolean"}
    return "null" if value is None else names.get(type(value), "a number")

"""The options of a fault: how one is read from a body of ``POST faults``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from ..json_body import BadBody, choice, number, text, whole

Body = dict[str, Any]

#: What a reader returns for an option that the fault goes without.
LEFT_OUT: Final = object()

#: The longest wait between two bytes or before an answer, in seconds.
LONGEST = 3600.0


@dataclass(frozen=True)
class Option:
    """One option of a fault.

    :param name: its key in the body.
    :param help: what it does, in a few words.
    :param read: takes the body and the key; returns the value, the default, or
        ``LEFT_OUT``, and raises ``BadBody`` for a value that makes no sense.
    :param example: a value to try a required option with.
    :param field: the console's field for it: ``text``, ``number`` or ``choice``, or
        empty for none.
    :param choices: the words of a ``choice``; the first is the default.
    """

    name: str
    help: str
    read: Callable[[Body, str], object]
    example: object = None
    field: str = "text"
    choices: tuple[str, ...] = ()


def anything(body: Body, key: str) -> object:
    """Return any JSON value, null too."""
    return body.get(key, LEFT_OUT)


def any_text(body: Body, key: str) -> object:
    """Return a text."""
    return LEFT_OUT if body.get(key) is None else text(body, key)


def status_code(body: Body, key: str) -> int:
    """Return the status of an answer; it is required."""
    return whole(body, key, 200, 599)


def seconds(body: Body, key: str) -> float:
    """Return a time to wait; 1 second by default."""
    return number(body, key, 1.0, LONGEST)


def retry_after(body: Body, key: str) -> object:
    """Return seconds or any one-line text: a date is legal, nonsense is a test."""
    value = body.get(key)
    if value is None:
        return LEFT_OUT
    if not isinstance(value, str):
        return whole(body, key, 0, 1_000_000)
    if not value.isascii() or not value.isprintable():
        raise BadBody(f'"{key}" must be a number or one line of plain text.')
    return value


def location(body: Body, key: str) -> object:
    """Return a URL or a path."""
    value = text(body, key)
    if not value.isascii() or not value.isprintable() or " " in value:
        raise BadBody(f'"{key}" must be a URL or a path.')
    return value or LEFT_OUT


def size(default: int, most: int) -> Callable[[Body, str], int]:
    """Make a reader of a number of bytes."""

    def read(body: Body, key: str) -> int:
        return default if body.get(key) is None else whole(body, key, 1, most)

    return read


def choice_of(name: str, meaning: str, *choices: str) -> Option:
    """Make an option that is one of some words; the first is the default."""

    def read(body: Body, key: str) -> str:
        return choices[0] if body.get(key) is None else choice(body, key, choices)

    return Option(name, meaning, read, field="choice", choices=choices)

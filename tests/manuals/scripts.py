"""What the page scripts' JSDoc lists: events with their details, and codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import flask_app_inbox

_PACKAGE = Path(flask_app_inbox.__file__).parent

_EVENT = re.compile(
    r'@typedef \{\["(?P<name>[\w-]+)", (?P<detail>.*?)\]\} \w+Event '
    r"(?P<text>.*?)(?=\n\s*\* @|\n\s*\*\s*\n|\*/)",
    re.DOTALL,
)
_CODES = re.compile(r"@typedef \{object\} \w*Codes\n(?P<list>.*?)\*/", re.DOTALL)
_CODE = re.compile(
    r"@property \{never\} (?P<code>\w+) (?P<text>.*?)(?=\n\s*\* @|\Z)", re.DOTALL
)


class Event(NamedTuple):
    """An event that a page script dispatches on ``document``."""

    name: str
    #: The keys of its detail.
    detail: tuple[str, ...]
    text: str


def events_of(script: str) -> Iterator[Event]:
    """Yield the events that a script lists; its path is below the package."""
    for found in _EVENT.finditer(_read(script)):
        keys = tuple(re.findall(r"(\w+)\??:", found["detail"]))
        yield Event(found["name"], keys, _joined(found["text"]))


def codes_of(*scripts: str) -> Iterator[tuple[str, str]]:
    """Yield the codes that some scripts list, and what each means."""
    for script in scripts:
        for codes in _CODES.finditer(_read(script)):
            for found in _CODE.finditer(codes["list"]):
                yield found["code"], _joined(found["text"])


def _read(script: str) -> str:
    return _PACKAGE.joinpath(script).read_text("utf-8")


def _joined(text: str) -> str:
    return re.sub(r"\s*\n\s*\*?\s*", " ", text).strip()

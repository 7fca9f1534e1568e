"""Texts with blanks that parameters fill: ``{number}`` and ``$!data.get('number')``.

The second is how the guides write it. A dot leads into what is nested:
``{order.city}``, ``{items.0.name}``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from .messages import Content

_PATH = r"[A-Za-z_]\w*(?:\.\w+)*"
_BLANK = re.compile(rf"\{{({_PATH})\}}|\$!?data((?:\.get\(['\"]?\w+['\"]?\))+)")
_GET = re.compile(r"\.get\(['\"]?(\w+)['\"]?\)")


def filled(says: Content, params: Mapping[str, Any]) -> tuple[Content, list[str]]:
    """Fill the blanks of a message.

    A blank that no parameter fills stays as it is, for everybody to see.

    :returns: the message, and the names of the blanks that stay.
    """
    missing: list[str] = []

    def fill(match: re.Match[str]) -> str:
        path = match[1].split(".") if match[1] else _GET.findall(match[2])
        value: Any = params
        for name in path:
            value = _inner(value, name)
        if value is None:
            missing.append(".".join(path))
            return match[0]
        return value if isinstance(value, str) else json.dumps(value)

    def fill_in(value: Any) -> Any:
        if isinstance(value, str):
            return _BLANK.sub(fill, value)
        if isinstance(value, dict):
            return {name: fill_in(inner) for name, inner in value.items()}
        return [fill_in(one) for one in value] if isinstance(value, list) else value

    texts = {one.name: fill_in(getattr(says, one.name)) for one in fields(says)}
    return replace(says, **texts), list(dict.fromkeys(missing))


def _inner(value: Any, name: str) -> Any:
    if isinstance(value, str):  # the older call has lists and objects as texts
        try:
            value = json.loads(value)
        except ValueError:
            return None
    if isinstance(value, Mapping):
        return value.get(name)
    if isinstance(value, list) and name.isdecimal() and int(name) < len(value):
        return value[int(name)]
    return None

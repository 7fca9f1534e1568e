"""Settings as fields of a dataclass: key, default, check and help in one place.

A group of settings is a frozen dataclass whose fields :func:`setting` makes. The key of
a field is the group's prefix and the field's name in capitals. The manual's tables are
generated from the same fields.
"""

from __future__ import annotations

import difflib
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field, fields
from typing import Any, NamedTuple

logger = logging.getLogger(__name__)

#: Turns the given value into the one in use, or raises ValueError with the rest of
#: "KEY must be …".
Check = Callable[[Any], Any]

_METADATA = "setting"


class Setting(NamedTuple):
    """One setting.

    :param key: its name without the prefix, like ``API_KEY``.
    :param default: used if the configuration has no value.
    :param check: turns the given value into the one in use.
    :param help: what it means, in Markdown.
    :param shown: the default as the manual shows it.
    """

    key: str
    default: Any
    check: Check
    help: str
    shown: str

    @property
    def attribute(self) -> str:
        """The name of the field."""
        return self.key.lower()


def setting(
    default: Any,
    check: Check,
    help: str,  # noqa: A002 - the field's own name, as in argparse
    *,
    shown: str | None = None,
    secret: bool = False,
) -> Any:
    """Define a setting as a field of a dataclass.

    :param default: used if the configuration has no value.
    :param check: see :data:`Check`.
    :param help: what it means, in Markdown, for the manual.
    :param shown: the default as the manual shows it, if it says more than the value.
    :param secret: whether the value must not be printed.
    """
    if shown is None:
        shown = "\N{EN DASH}" if default is None else f"`{default}`"
    metadata = {_METADATA: (default, check, help, shown)}
    return field(repr=not secret, metadata=metadata)


def settings_of(group: type) -> Iterator[Setting]:
    """Yield the settings that a dataclass defines or inherits, in its order."""
    for each in fields(group):
        if _METADATA in each.metadata:
            yield Setting(each.name.upper(), *each.metadata[_METADATA])


def read(
    config: Mapping[str, Any], prefix: str, group: type
) -> tuple[dict[str, Any], list[str]]:
    """Read and check every key of a group.

    :param config: the app's configuration.
    :returns: the values by field name, and a sentence about each bad setting.
    """
    settings = list(settings_of(group))
    problems = _slips(config, prefix, [one.key for one in settings])
    values: dict[str, Any] = {}
    for one in settings:
        given = config.get(prefix + one.key)
        values[one.attribute] = one.default
        if given is None:
            continue
        try:
            values[one.attribute] = one.check(given)
        except ValueError as error:
            problems.append(f"{prefix}{one.key} must be {error}.")
    return values, problems


def _slips(config: Mapping[str, Any], prefix: str, keys: list[str]) -> list[str]:
    """Return a sentence about each misspelt key; log unknown keys."""
    problems = []
    known = [prefix + key for key in keys]
    for key in config:
        if not key.startswith(prefix) or key in known:
            continue
        close = difflib.get_close_matches(key, known, n=1, cutoff=0.85)
        if close:
            problems.append(f"{key} is not a setting. Did you mean {close[0]}?")
        else:
            logger.warning("%s is not a setting of flask-app-inbox; ignored.", key)
    return problems


def either(names: Iterable[str]) -> str:
    """Return names as Markdown for a help text: ```a`, `b` or `c```."""
    *most, last = (f"`{name}`" for name in names)
    return f"{', '.join(most)} or {last}"

"""Reading a group of settings: each key by its own check, slips of names noticed."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Callable, Mapping
from typing import Any

logger = logging.getLogger(__name__)

#: Value to value, or ValueError with the rest of "KEY must be …".
Check = Callable[[Any], Any]


def read_keys(
    config: Mapping[str, Any], prefix: str, keys: Mapping[str, tuple[Any, Check]]
) -> tuple[dict[str, Any], list[str]]:
    """Read and check every key that starts with a prefix.

    :param config: the app's configuration.
    :param keys: the default and the check of each key, by its name after the prefix.
    :returns: the values by their names in lower case, and one sentence for each
        problem.
    """
    problems = _slips(config, prefix, keys)
    values: dict[str, Any] = {}
    for name, (default, check) in keys.items():
        given = config.get(prefix + name)
        values[name.lower()] = default
        if given is None:
            continue
        try:
            values[name.lower()] = check(given)
        except ValueError as error:
            problems.append(f"{prefix}{name} must be {error}.")
    return values, problems


def _slips(
    config: Mapping[str, Any], prefix: str, keys: Mapping[str, object]
) -> list[str]:
    """Name keys that are a slip of a known one; tell the log of foreign ones."""
    problems = []
    known = [prefix + name for name in keys]
    for key in config:
        if not key.startswith(prefix) or key in known:
            continue
        close = difflib.get_close_matches(key, known, n=1, cutoff=0.85)
        if close:
            problems.append(f"{key} is no setting. Did you mean {close[0]}?")
        else:
            logger.warning("%s is no setting of flask-app-inbox; it is ignored.", key)
    return problems

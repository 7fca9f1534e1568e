"""The setting that says how often somebody may ask: ``30/minute``.

The notation is that of the limits library, which counts on Redis. It takes more time to
import than all of this package, so a site that counts in memory does without it.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from .validators import plain

_RATE = (
    r"\s*([0-9]+)\s*(?:/|per)\s*([0-9]+)?\s*(second|minute|hour|day|month|year)s?\s*"
)
_SECONDS = {
    "second": 1,
    "minute": 60,
    "hour": 60 * 60,
    "day": 24 * 60 * 60,
    "month": 30 * 24 * 60 * 60,
    "year": 12 * 30 * 24 * 60 * 60,
}
#: What Redis can count, and how long it can wait.
_LARGEST = 10**9
_LONGEST = 366 * 24 * 60 * 60
_DIGITS = len(str(_LARGEST))


class Rate(NamedTuple):
    """So many in so many seconds."""

    amount: int
    seconds: int


def read_rate(text: str) -> Rate:
    """Return a rate.

    :raises ValueError: if it is none, or none that can be kept.
    """
    match = None if "\n" in text else re.fullmatch(_RATE, text, re.IGNORECASE)
    if match and all(len(digits) <= _DIGITS for digits in match.groups("1")[:2]):
        amount, times, unit = match.groups("1")
        rate = Rate(int(amount), int(times) * _SECONDS[unit.lower()])
        # 0 would refuse everybody.
        if 0 < rate.amount <= _LARGEST and 0 < rate.seconds <= _LONGEST:
            return rate
    raise ValueError(
        "one rate like 30/minute or 5 per second, or False (false in the environment) "
        "for none"
    )


def rate_limit(value: Any) -> str | None:
    """Check a rate; False is none."""
    if value is False:
        return None
    text = value if isinstance(value, str) else ""
    read_rate(text)
    return plain(text)

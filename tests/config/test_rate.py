"""The notation of a rate."""

from __future__ import annotations

import re
from itertools import product

import limits
import pytest

from flask_app_inbox.config.rate import Rate, rate_limit, read_rate


@pytest.mark.parametrize("value", ["30/minute", "5 per second", "100 per 2 hours"])
def test_a_rate_is_taken(value: str) -> None:
    assert rate_limit(value) == value


def test_false_is_no_rate() -> None:
    assert rate_limit(False) is None


@pytest.mark.parametrize(
    "value",
    [
        "",
        "False",
        True,
        0,
        "often",
        "30",
        "30/fortnight",
        "0/minute",
        "-1/minute",
        "30/minute;500/hour",
        "30/minute, 500/hour",
        "30/minute\n",
        "30/0 minutes",
        "30/00minute",
        "9999999999/minute",
        "9" * 5000 + "/minute",
        "30/2 years",
        f"30/{10**400} minutes",
        30,
        None,
    ],
)
def test_a_rate_that_would_mean_something_else_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="one rate like 30/minute"):
        rate_limit(value)


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("30/minute", Rate(30, 60)),
        ("5 per second", Rate(5, 1)),
        ("100 PER 2 Hours", Rate(100, 7200)),
        ("1/11 months", Rate(1, 28_512_000)),
    ],
)
def test_a_rate_is_so_many_in_so_many_seconds(text: str, rate: Rate) -> None:
    assert read_rate(text) == rate


NUMBERS = ("0", "1", "07", "30", "1000000001", "")
SIGNS = ("/", " / ", "per", " PER ", ":", "")
UNITS = ("second", "Minutes", "hour", " days", "month", "YEARS", "week", "dayss", "")


def test_the_notation_is_that_of_limits() -> None:
    for amount, sign, times, unit in product(NUMBERS, SIGNS, NUMBERS, UNITS):
        text = f"{amount}{sign}{times}{unit} "
        assert _ours(text) == _theirs(text), text


def _ours(text: str) -> tuple[int, int] | None:
    try:
        return read_rate(text)
    except ValueError:
        return None


def _theirs(text: str) -> tuple[int, int] | None:
    """Return what limits reads, unless nobody could keep to it."""
    try:
        rate = limits.parse(text)
    except ValueError:
        return None
    # limits reads "0 minutes" as one.
    numbers = [int(digits) for digits in re.findall("[0-9]+", text)]
    if not all(0 < number <= 10**9 for number in numbers):
        return None
    is_long = rate.get_expiry() > 366 * 24 * 60 * 60
    return None if is_long else (rate.amount, rate.get_expiry())

"""The tree of errors."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from flask_app_inbox import (
    AppInboxError,
    ConfigError,
    LoaderError,
    VendorError,
    VendorInvalid,
    VendorRateLimited,
    VendorRejected,
    VendorTimeout,
    VendorUnavailable,
    errors,
)


def drawn(drawing: str) -> Iterator[tuple[str, str]]:
    """Yield each class of a drawn tree with its parent, both by name."""
    parents: list[tuple[int, str]] = []
    for line in drawing.splitlines():
        if not (found := re.match(r"( {4}[ │├└─]*)([A-Z]\w+)", line)):
            continue
        depth, name = found.end(1), found[2]
        while parents and parents[-1][0] >= depth:
            parents.pop()
        yield name, parents[-1][1] if parents else "Exception"
        parents.append((depth, name))


def test_the_tree_is_drawn_as_it_is() -> None:
    classes = {
        (kind.__name__, kind.__base__.__name__)
        for kind in vars(errors).values()
        if isinstance(kind, type)
        and issubclass(kind, AppInboxError)
        and kind.__base__ is not None
    }
    assert set(drawn(errors.__doc__ or "")) == classes


@pytest.mark.parametrize(
    ("kind", "code", "retryable"),
    [
        (VendorRejected, "vendor_rejected", False),
        (VendorRateLimited, "rate_limited", True),
        (VendorInvalid, "vendor_invalid", False),
        (VendorUnavailable, "vendor_unavailable", True),
        (VendorTimeout, "vendor_timeout", True),
    ],
)
def test_each_cause_has_its_code_and_says_whether_to_try_again(
    kind: type[VendorError], code: str, retryable: bool
) -> None:
    error = kind("words", status=418, retry_after=2)
    assert isinstance(error, VendorError)
    assert (error.code, error.retryable) == (code, retryable)
    assert (error.status, error.retry_after, str(error)) == (418, 2, "words")


def test_where_the_error_arises_it_is_known_better_whether_to_try_again() -> None:
    assert VendorInvalid("cut off", retryable=True).retryable
    assert not VendorInvalid.retryable


@pytest.mark.parametrize("kind", [ConfigError, LoaderError, VendorError])
def test_one_except_clause_catches_all(kind: type[Exception]) -> None:
    assert issubclass(kind, AppInboxError)


def test_a_config_error_says_one_thing_a_line() -> None:
    error = ConfigError(["A must be a.", "B must be b."])
    assert error.problems == ("A must be a.", "B must be b.")
    assert str(error).splitlines()[1:] == ["  - A must be a.", "  - B must be b."]

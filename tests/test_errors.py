"""The tree of errors."""

from __future__ import annotations

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
)


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


def test_a_config_error_lists_its_problems_one_a_line() -> None:
    error = ConfigError(["A must be a.", "B must be b."])
    assert error.problems == ("A must be a.", "B must be b.")
    assert str(error).splitlines()[1:] == ["  - A must be a.", "  - B must be b."]

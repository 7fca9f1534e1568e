"""A log that stays short while every request fails."""

from __future__ import annotations

import pytest

from flask_app_inbox import (
    VendorError,
    VendorInvalid,
    VendorRateLimited,
    VendorRejected,
    VendorTimeout,
)
from flask_app_inbox.web.failure_log import FailureLog
from tests.fixtures.clock import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def log(clock: Clock) -> FailureLog:
    return FailureLog(pause=60, clock=clock)


def test_the_first_failure_is_written_at_once(
    log: FailureLog, caplog: pytest.LogCaptureFixture
) -> None:
    log.write(VendorTimeout("nothing came"))
    assert caplog.messages == [
        "App Inbox cannot answer: nothing came (vendor_timeout)."
    ]


def test_the_next_failures_are_counted_and_logged_after_a_minute(
    log: FailureLog, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(5):
        log.write(VendorTimeout("nothing came"))
    clock.now += 59.9
    log.write(VendorTimeout("nothing came"))
    assert len(caplog.messages) == 1
    clock.now += 0.1
    log.write(VendorTimeout("nothing came"))
    assert "5 more requests failed since the last line." in caplog.messages[1]


def test_each_code_has_lines_of_its_own(
    log: FailureLog, caplog: pytest.LogCaptureFixture
) -> None:
    for kind in (VendorTimeout, VendorInvalid, VendorTimeout):
        log.write(kind("x"))
    assert len(caplog.messages) == 2


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (VendorRejected("x"), "disables a key after 90 days"),
        (VendorRejected("x"), "See `flask app-inbox check`."),
        (VendorRateLimited("x"), "200 requests/s"),
    ],
)
def test_what_an_owner_can_fix_comes_with_advice(
    log: FailureLog,
    caplog: pytest.LogCaptureFixture,
    error: VendorError,
    advice: str,
) -> None:
    log.write(error)
    assert advice in caplog.messages[0]

"""A log that stays short while every request fails."""

from __future__ import annotations

import pytest

from flask_app_inbox.failure_log import FailureLog


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def log(clock: Clock) -> FailureLog:
    return FailureLog(pause=60, clock=clock)


def test_the_first_failure_is_written_at_once(
    log: FailureLog, caplog: pytest.LogCaptureFixture
) -> None:
    log.write("vendor_timeout", "nothing came")
    assert caplog.messages == [
        "App Inbox has no token to give: nothing came (vendor_timeout)."
    ]


def test_the_next_are_counted_and_told_after_a_minute(
    log: FailureLog, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(5):
        log.write("vendor_timeout", "nothing came")
    clock.now += 59.9
    log.write("vendor_timeout", "nothing came")
    assert len(caplog.messages) == 1
    clock.now += 0.1
    log.write("vendor_timeout", "nothing came")
    assert "So had 5 more requests since the last line." in caplog.messages[1]


def test_each_code_has_lines_of_its_own(
    log: FailureLog, caplog: pytest.LogCaptureFixture
) -> None:
    for code in ("vendor_timeout", "vendor_invalid", "vendor_timeout"):
        log.write(code, "x")
    assert len(caplog.messages) == 2


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("vendor_rejected", "disabled (the vendor does that after 90 days"),
        ("vendor_rejected", "APP_INBOX_API_KEY"),
        ("rate_limited", "200 requests/s"),
    ],
)
def test_what_an_owner_can_mend_comes_with_advice(
    log: FailureLog, caplog: pytest.LogCaptureFixture, code: str, advice: str
) -> None:
    log.write(code, "x")
    assert advice in caplog.messages[0]

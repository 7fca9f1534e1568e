"""The breaker: when it opens, who tries again, and that nobody waits for another."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import pytest

from flask_app_inbox import (
    VendorError,
    VendorInvalid,
    VendorRateLimited,
    VendorRejected,
    VendorTimeout,
    VendorUnavailable,
)
from flask_app_inbox.client.breaker import Breaker
from flask_app_inbox.client.transport_errors import Inconclusive
from tests.fixtures.clock import Clock

SILENCE = VendorTimeout("nothing came")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker("vendor.test", failures=3, pause=10, clock=clock)


def fail(error: Exception = SILENCE) -> Callable[[], None]:
    def call() -> None:
        raise error

    return call


def fails_fast(breaker: Breaker) -> bool:
    """Tell whether a call is refused without being made."""
    called: list[int] = []
    try:
        breaker.call(lambda: called.append(1))
    except VendorUnavailable:
        assert not called
        return True
    return False


def fail_often(breaker: Breaker, times: int, error: Exception = SILENCE) -> None:
    for _ in range(times):
        with pytest.raises(type(error)) as caught:
            breaker.call(fail(error))
        assert caught.value is error


def test_what_a_call_returns_is_returned(breaker: Breaker) -> None:
    assert breaker.call(lambda: 42) == 42


@pytest.mark.parametrize("error", [SILENCE, VendorUnavailable("refused")])
def test_silence_in_a_row_opens_it(breaker: Breaker, error: VendorError) -> None:
    fail_often(breaker, 3, error)
    assert fails_fast(breaker)


def test_a_success_between_starts_the_row_anew(breaker: Breaker) -> None:
    fail_often(breaker, 2)
    breaker.call(lambda: None)
    fail_often(breaker, 2)
    assert not fails_fast(breaker)


@pytest.mark.parametrize(
    "error",
    [
        VendorRejected("x", status=401),
        VendorRateLimited("x", status=429),
        VendorInvalid("x", status=200),
        VendorInvalid("garbage"),
        VendorUnavailable("x", status=503),
    ],
)
def test_an_answer_that_we_dislike_is_no_silence(
    breaker: Breaker, error: VendorError
) -> None:
    fail_often(breaker, 10, error)
    assert not fails_fast(breaker)


def test_an_error_of_our_own_says_nothing_about_the_vendor(breaker: Breaker) -> None:
    fail_often(breaker, 10, KeyError("bug"))
    assert not fails_fast(breaker)


def test_silence_that_says_nothing_about_the_vendor_does_not_count(
    breaker: Breaker,
) -> None:
    fail_often(breaker, 2)
    fail_often(breaker, 10, Inconclusive("on a kept connection"))
    assert not fails_fast(breaker)


def test_while_it_is_open_callers_are_told_how_long_to_wait(
    breaker: Breaker, clock: Clock
) -> None:
    fail_often(breaker, 3)
    clock.now += 4
    with pytest.raises(VendorUnavailable, match=r"vendor\.test did not") as caught:
        breaker.call(lambda: None)
    assert caught.value.retry_after == pytest.approx(6)


def test_after_its_pause_one_call_tries_and_closes_it(
    breaker: Breaker, clock: Clock
) -> None:
    fail_often(breaker, 3)
    clock.now += 9.9
    assert fails_fast(breaker)
    clock.now += 0.1
    assert breaker.call(lambda: "back") == "back"
    fail_often(breaker, 2)
    assert not fails_fast(breaker)


def test_a_try_that_fails_opens_it_for_another_pause(
    breaker: Breaker, clock: Clock
) -> None:
    fail_often(breaker, 3)
    clock.now += 10
    fail_often(breaker, 1)
    clock.now += 9.9
    assert fails_fast(breaker)
    clock.now += 0.1
    assert not fails_fast(breaker)


def test_a_try_that_gets_a_bad_answer_closes_it(breaker: Breaker, clock: Clock) -> None:
    fail_often(breaker, 3)
    clock.now += 10
    fail_often(breaker, 1, VendorRejected("x", status=401))
    assert not fails_fast(breaker)


def test_while_one_tries_the_others_are_sent_away(
    breaker: Breaker, clock: Clock
) -> None:
    fail_often(breaker, 3)
    clock.now += 10
    assert breaker.call(lambda: fails_fast(breaker)) is True
    assert not fails_fast(breaker)


def test_a_try_that_never_ends_does_not_keep_it_open_for_ever(
    breaker: Breaker, clock: Clock
) -> None:
    fail_often(breaker, 3)
    clock.now += 10

    def hang() -> bool:
        clock.now += 10
        return fails_fast(breaker)

    assert breaker.call(hang) is False


def test_a_try_that_ends_by_a_bug_does_not_keep_it_open_for_ever(
    breaker: Breaker, clock: Clock
) -> None:
    fail_often(breaker, 3)
    clock.now += 10
    fail_often(breaker, 1, KeyError("bug"))
    assert fails_fast(breaker)
    clock.now += 10
    assert not fails_fast(breaker)


def test_calls_that_began_before_it_opened_may_end_after(breaker: Breaker) -> None:
    def late() -> str:
        fail_often(breaker, 3)
        return "late"

    assert breaker.call(late) == "late"
    assert fails_fast(breaker)


def test_a_slow_call_holds_up_nobody(breaker: Breaker) -> None:
    inside, leave = threading.Event(), threading.Event()

    def slow() -> bool:
        inside.set()
        return leave.wait(10)

    thread = threading.Thread(target=breaker.call, args=(slow,))
    thread.start()
    try:
        assert inside.wait(10)
        assert breaker.call(lambda: "quick") == "quick"
    finally:
        leave.set()
        thread.join(10)
    assert not thread.is_alive()


def test_of_many_that_come_after_the_pause_one_tries(
    breaker: Breaker, clock: Clock
) -> None:
    fail_often(breaker, 3)
    clock.now += 10
    together, answered = threading.Barrier(8), threading.Barrier(8)
    tried: list[bool] = []

    def come() -> None:
        together.wait(10)
        try:
            # Whoever tries waits until all others were sent away.
            breaker.call(lambda: answered.wait(10))
        except VendorUnavailable:
            tried.append(False)
            answered.wait(10)
        else:
            tried.append(True)

    threads = [threading.Thread(target=come) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(tried) == [False] * 7 + [True]


def test_its_changes_are_logged_and_the_calls_between_are_not(
    breaker: Breaker, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    fail_often(breaker, 3)
    for _ in range(5):
        assert fails_fast(breaker)
    clock.now += 10
    fail_often(breaker, 1)
    clock.now += 10
    breaker.call(lambda: None)
    ours = [r for r in caplog.records if r.name.startswith("flask_app_inbox")]
    assert [record.levelno for record in ours] == [logging.ERROR, logging.WARNING]
    assert "vendor.test does not answer" in ours[0].getMessage()
    assert "vendor.test answers again" in ours[1].getMessage()

"""Nobody hangs with a storage that hangs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from flask_app_inbox.web import kept_threads, storage_guard
from flask_app_inbox.web.outage import PAUSE
from flask_app_inbox.web.storage_guard import SILENCE, StorageGuard, StorageSilent
from tests.fixtures.clock import Clock
from tests.fixtures.waiting import wait_until


class Down(Exception):
    pass


class Place:
    """A guard, and a storage that hangs until it is told not to."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.guard = StorageGuard("Nothing works", (Down,), clock=self.clock)
        self.wakes = threading.Event()

    def hang(self) -> str:
        assert self.wakes.wait(30)
        return "late"

    def fail(self) -> str:
        raise Down

    def is_asked(self) -> bool:
        """Whether the guard lets a call through that answers at once."""
        try:
            return self.guard.ask(lambda: True, 5)
        except StorageSilent:
            return False

    def give_up(self, call: Callable[[], str], seconds: float = SILENCE) -> None:
        with pytest.raises((StorageSilent, Down)):
            self.guard.ask(call, seconds)


@pytest.fixture
def place() -> Iterator[Place]:
    place = Place()
    yield place
    place.wakes.set()


def test_an_answer_and_an_error_of_the_call_come_through(place: Place) -> None:
    assert place.guard.ask(lambda: 7, 5) == 7
    with pytest.raises(ValueError, match="seven"):
        place.guard.ask(lambda: int("seven"), 5)
    assert place.is_asked(), "an error that is an answer is no outage"


@pytest.mark.parametrize("how", ["hang", "fail"])
def test_after_a_failure_one_call_in_a_while_tries_again(
    place: Place, how: str
) -> None:
    place.give_up(getattr(place, how))
    assert not place.is_asked()
    with pytest.raises(Down):
        place.guard.ask(place.fail, 5, insist=True)
    place.clock.now += PAUSE
    place.give_up(place.fail)
    assert not place.is_asked()
    place.clock.now += PAUSE
    assert place.is_asked()
    assert place.is_asked()


def test_an_answer_that_comes_late_ends_the_outage(place: Place) -> None:
    place.give_up(place.hang)
    assert not place.is_asked()
    place.wakes.set()
    wait_until(place.is_asked)


def test_who_had_little_time_left_does_not_call_the_storage_dead(place: Place) -> None:
    place.give_up(place.hang, 0.01)
    place.give_up(place.hang, 0)
    assert place.is_asked()


def test_calls_that_hang_take_no_more_threads_than_there_are_slots(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage_guard, "SLOTS", 3)
    for _ in range(5):
        place.give_up(place.hang, 0.01)
    names = [thread.name for thread in threading.enumerate()]
    assert names.count("app-inbox storage") == 3
    place.give_up(lambda: "no slot is free", 0.01)
    place.wakes.set()
    wait_until(place.is_asked)


def test_calls_one_after_the_other_share_threads(place: Place) -> None:
    before = set(threading.enumerate())
    used = {place.guard.ask(threading.get_ident, 5) for _ in range(50)}
    # A call may come while the thread of the last one is still putting itself away.
    assert len(used) < 10
    started = set(threading.enumerate()) - before
    assert {thread.name for thread in started} <= {
        "app-inbox storage",
        "app-inbox storage, idle",
    }


def test_a_thread_without_calls_ends(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_threads, "PATIENCE", 0.01)
    thread = place.guard.ask(threading.current_thread, 5)
    thread.join(30)
    assert not thread.is_alive()
    assert place.is_asked()


def test_calls_that_come_while_threads_end_are_all_made(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_threads, "PATIENCE", 0.0001)
    with ThreadPoolExecutor(4) as executor:
        asked = [executor.submit(place.guard.ask, lambda: 7, 30) for _ in range(400)]
    assert {call.result() for call in asked} == {7}

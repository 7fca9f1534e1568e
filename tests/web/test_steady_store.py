"""A store that goes on with what the process has while Redis is down."""

from __future__ import annotations

import logging
import math

import pytest

from flask_app_inbox import StorageError
from flask_app_inbox.web.outage import PAUSE
from flask_app_inbox.web.shared_store import MemoryStore
from flask_app_inbox.web.steady_store import PATIENCE, SteadyStore
from tests.fixtures.clock import Clock


class Breaking(MemoryStore):
    """A store that can be down; it counts the calls that reach it."""

    def __init__(self) -> None:
        super().__init__()
        self.is_down = False
        self.calls = 0

    def _check(self) -> None:
        self.calls += 1
        if self.is_down:
            raise StorageError("Redis is down", retryable=True)

    def get(self, key: str, *, within: float = math.inf) -> bytes | None:
        self._check()
        return super().get(key, within=within)

    def put(
        self, key: str, value: bytes, seconds: float, *, within: float = math.inf
    ) -> None:
        self._check()
        super().put(key, value, seconds, within=within)

    def add(
        self, key: str, value: bytes, seconds: float, *, within: float = math.inf
    ) -> bool:
        self._check()
        return super().add(key, value, seconds, within=within)

    def take(self, key: str, *, within: float = math.inf) -> bytes | None:
        self._check()
        return super().take(key, within=within)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shared() -> Breaking:
    return Breaking()


@pytest.fixture
def store(shared: Breaking, clock: Clock) -> SteadyStore:
    return SteadyStore(shared, "Nothing is shared", clock=clock)


def test_what_works_is_used(store: SteadyStore, shared: Breaking) -> None:
    store.put("a", b"1", 60)
    assert not store.add("a", b"2", 60)
    assert shared.get("a") == store.get("a") == b"1"
    assert store.take("a") == b"1"
    store.put("b", b"1", 60)
    store.drop("b")
    assert shared.get("b") is None


def test_while_it_is_down_the_process_has_its_own(
    store: SteadyStore, shared: Breaking, clock: Clock
) -> None:
    store.put("a", b"shared", 60)
    shared.is_down = True
    assert store.get("a") is None
    assert store.add("a", b"own", 60)
    assert store.take("a") == b"own"
    calls = shared.calls
    assert store.get("a") is None
    assert shared.calls == calls
    shared.is_down = False
    clock.now += PAUSE
    assert store.get("a") == b"shared"
    assert store.get("a") == b"shared"


def test_an_outage_is_told_once_a_minute(
    store: SteadyStore,
    shared: Breaking,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    shared.is_down = True
    with caplog.at_level(logging.WARNING):
        for _ in range(10):
            store.get("a")
            clock.now += PAUSE
    assert [record.getMessage()[:17] for record in caplog.records] == [
        "Nothing is shared"
    ]


def test_whoever_has_no_time_learns_nothing_about_it(
    store: SteadyStore, shared: Breaking
) -> None:
    assert store.get("a", within=0) is None
    assert shared.calls == 0
    shared.is_down = True
    assert store.get("a", within=PATIENCE / 2) is None
    shared.is_down = False
    store.get("a", within=PATIENCE)
    assert shared.calls == 2


def test_what_works_once_is_kept_in_one_place(
    store: SteadyStore, shared: Breaking, clock: Clock
) -> None:
    store.hand_over("a", b"1", 60)
    assert store.take("a") == b"1"
    shared.is_down = True
    assert store.get("a") is None
    # Nobody asks the shared store now, so this process keeps it.
    store.hand_over("a", b"2", 60)
    clock.now += PAUSE
    # It is asked again, and may or may not have heard.
    store.hand_over("a", b"3", 60)
    assert store.take("a") is None
    shared.is_down = False
    clock.now += PAUSE
    assert store.take("a") is None

"""What processes share for a while, in memory and in Redis."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from flask_app_inbox import ConfigError, StorageError
from flask_app_inbox.web.outage import PAUSE
from flask_app_inbox.web.shared_store import (
    MemoryStore,
    RedisStore,
    SharedStore,
    open_store,
)
from tests.fixtures.clock import Clock
from tests.fixtures.forwarder import forwarding
from tests.fixtures.redis import RedisServer
from tests.fixtures.waiting import wait_until

#: Redis may be slow on a busy machine; these tests are not about its time.
PATIENCE = 10.0


def close(store: SharedStore) -> None:
    if isinstance(store, RedisStore):
        store._redis.pool.disconnect()


@pytest.fixture(params=["memory", "redis"])
def store(request: pytest.FixtureRequest) -> Iterator[SharedStore]:
    redis = request.param == "redis"
    url = request.getfixturevalue("redis_server").url if redis else "memory://"
    opened = open_store(url, patience=PATIENCE)
    yield opened
    close(opened)


def test_what_is_put_is_there_until_it_is_dropped(store: SharedStore) -> None:
    assert store.get("a") is None
    store.put("a", b"one", 60)
    store.put("a", b"two", 60)
    assert store.get("a") == b"two"
    store.drop("a")
    store.drop("a")
    assert store.get("a") is None


def test_what_is_added_stays_what_it_was(store: SharedStore) -> None:
    assert store.add("a", b"one", 60)
    assert not store.add("a", b"two", 60)
    assert store.get("a") == b"one"
    store.drop("a")
    assert store.add("a", b"two", 60)


def test_one_of_many_takes_a_thing(store: SharedStore) -> None:
    for _ in range(20):
        store.put("a", b"one", 60)
        start = threading.Barrier(4)

        def take(start: threading.Barrier = start) -> bytes | None:
            start.wait(PATIENCE)
            return store.take("a")

        with ThreadPoolExecutor(4) as executor:
            takers = [executor.submit(take) for _ in range(4)]
        assert [taker.result() for taker in takers].count(b"one") == 1


def test_one_of_many_adds_a_thing(store: SharedStore) -> None:
    with ThreadPoolExecutor(4) as executor:
        adders = [executor.submit(store.add, "a", b"one", 60) for _ in range(40)]
    assert [adder.result() for adder in adders].count(True) == 1


def test_a_thing_ends_with_its_time(store: SharedStore) -> None:
    store.put("a", b"one", 0.05)
    store.put("b", b"two", 60)
    wait_until(lambda: store.get("a") is None)
    assert store.add("a", b"two", 60)
    assert store.get("b") == b"two"


def test_a_process_forgets_its_oldest_things() -> None:
    clock = Clock()
    store = MemoryStore(capacity=3, clock=clock)
    for number in range(3):
        store.put(str(number), b"-", 60)
    store.put("0", b"again", 60)  # now the newest
    store.put("3", b"-", 60)
    assert [store.get(str(number)) for number in range(4)] == [
        b"again",
        None,
        b"-",
        b"-",
    ]
    clock.now += 60
    store.put("4", b"-", 60)
    assert len(store._kept.get().lives) == 1


def test_what_lives_long_keeps_nothing_dead_behind_it() -> None:
    clock = Clock()
    store = MemoryStore(clock=clock)
    store.put("token", b"-", 86400)
    for number in range(20):
        store.put(f"count {number}", b"-", 15)
        store.add(f"claim {number}", b"-", 4)
        clock.now += 1
    kept = store._kept.get()
    assert len(kept.lives) == 1 + 15 + 4
    assert kept.lives.keys() == {key for kind in kept.by_life.values() for key in kind}
    clock.now += 15
    store.put("token", b"-", 3600)
    assert (len(kept.lives), len(kept.by_life)) == (1, 1)


def test_where_there_is_no_room_what_ends_first_is_forgotten() -> None:
    store = MemoryStore(capacity=2, clock=Clock())
    store.put("token", b"-", 86400)
    for number in range(3):
        store.put(f"count {number}", b"-", 15)
    assert store.get("token") == b"-"
    assert store.get("count 2") == b"-"
    assert store.get("count 1") is None


def test_a_child_begins_with_an_empty_store() -> None:
    store = open_store("memory://", patience=PATIENCE)
    store.put("a", b"one", 60)
    child = os.fork()
    if not child:
        os._exit(store.get("a") is not None)
    assert os.waitpid(child, 0)[1] == 0
    assert store.get("a") == b"one"


def test_processes_share_what_is_in_redis(redis_server: RedisServer) -> None:
    stores = [open_store(redis_server.url, patience=PATIENCE) for _ in range(2)]
    stores[0].put("a", b"one", 60)
    assert stores[1].take("a") == b"one"
    assert stores[0].get("a") is None
    for store in stores:
        close(store)


def test_every_key_in_redis_says_whose_it_is(redis_server: RedisServer) -> None:
    store = open_store(redis_server.url, patience=PATIENCE)
    store.put("a", b"one", 60)
    store.add("b", b"one", 60)
    assert sorted(redis_server.keys()) == ["flask-app-inbox:a", "flask-app-inbox:b"]
    close(store)


@pytest.mark.parametrize("call", ["get", "put", "add", "take", "drop"])
def test_a_redis_that_is_gone_is_an_error(redis_server: RedisServer, call: str) -> None:
    clock = Clock()
    store = open_store(redis_server.url, patience=PATIENCE, clock=clock)
    given = {"put": (b"one", 60), "add": (b"one", 60)}.get(call, ())
    getattr(store, call)("a", *given)
    redis_server.stop()
    for _ in range(2):  # the second is not even asked
        with pytest.raises(StorageError, match="Redis at STORAGE_URL") as raised:
            getattr(store, call)("a", *given)
        assert raised.value.retryable
        assert str(redis_server.port) not in str(raised.value)
    redis_server.start()
    clock.now += PAUSE
    getattr(store, call)("a", *given)
    close(store)


def test_after_a_failover_new_connections_are_made(
    start_redis: Callable[..., RedisServer],
) -> None:
    old, new = start_redis(), start_redis()
    clock = Clock()
    with forwarding(old.port) as address:
        url = f"redis://127.0.0.1:{address.port}/0"
        store = open_store(url, patience=PATIENCE, clock=clock)
        store.put("a", b"one", 60)
        old.become_replica()
        address.target = new.port
        with pytest.raises(StorageError):
            store.put("a", b"one", 60)
        clock.now += PAUSE
        store.put("a", b"two", 60)
        close(store)
    assert new.keys() == ["flask-app-inbox:a"]


def test_a_redis_that_hangs_takes_no_more_than_is_left(
    redis_server: RedisServer,
) -> None:
    store = open_store(redis_server.url, patience=PATIENCE)
    store.put("a", b"one", 60)
    redis_server.signal(signal.SIGSTOP)
    try:
        began = time.monotonic()
        for within in (0.05, 0):
            with pytest.raises(StorageError):
                store.get("a", within=within)
        assert time.monotonic() - began < PATIENCE / 2
    finally:
        redis_server.signal(signal.SIGCONT)
    close(store)


def test_an_address_that_cannot_work_is_told_at_the_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise ValueError("secret")

    monkeypatch.setattr("flask_app_inbox.web.redis_access.make_pool", refuse)
    with pytest.raises(ConfigError, match="ValueError") as raised:
        open_store("redis://user:secret@127.0.0.1/0", patience=PATIENCE)
    assert "secret" not in str(raised.value)

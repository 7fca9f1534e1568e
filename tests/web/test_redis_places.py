"""Redis as sites have it: after a failover, behind old servers, far away."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from flask import Flask

from flask_app_inbox import ChatHub
from flask_app_inbox.chathub.state import EXTENSION
from flask_app_inbox.chathub.storage import RedisStorage
from flask_app_inbox.client.chathub_answers import OperatorToken
from flask_app_inbox.client.deadline import Deadline
from flask_app_inbox.inbox.check.finding import Section
from flask_app_inbox.inbox.check.storage import check_storage
from flask_app_inbox.inbox.settings import Settings, read_settings
from flask_app_inbox.web.outage import PAUSE
from flask_app_inbox.web.rate_limit import RateLimiter
from flask_app_inbox.web.redis_counts import RedisCounts
from tests.fixtures.clock import Clock
from tests.fixtures.forwarder import forwarding
from tests.fixtures.redis import RedisServer
from tests.web.test_rate_limit import count_admitted

TOKEN = OperatorToken(101, "token", 1.0, 2.0)

StartRedis = Callable[..., RedisServer]


def limiter_on(port: int, clock: Clock, patience: float = 5.0) -> RateLimiter:
    url = f"redis://127.0.0.1:{port}/0"
    return RateLimiter("3/minute", url, patience=patience, clock=clock)


def tokens_on(port: int, clock: Clock) -> RedisStorage:
    url = f"redis://127.0.0.1:{port}/0"
    options = {"keep": 100.0, "hold": 5.0, "patience": 5.0}
    return RedisStorage(url, secret=b"one", clock=clock, **options)


def settings_of(**settings: object) -> Settings:
    given = {"API_KEY": "key"} | settings
    config = {f"APP_INBOX_{name}": value for name, value in given.items()}
    return read_settings(config, "/")


def test_after_a_failover_the_limit_and_the_tokens_are_back(
    start_redis: StartRedis,
) -> None:
    old, new, clock = start_redis(), start_redis(), Clock()
    with forwarding(old.port) as address:
        limiter, tokens = (
            limiter_on(address.port, clock),
            tokens_on(address.port, clock),
        )
        assert count_admitted(limiter, "ann", 5) == 3
        tokens.write("key", TOKEN)
        old.become_replica()
        address.target = new.port
        # The kept connections still lead to the server that takes no changes.
        assert count_admitted(limiter, "bob", 5) == 5
        tokens.write("key", TOKEN)
        clock.now += PAUSE
        assert count_admitted(limiter, "cat", 5) == 3
        tokens.write("key", TOKEN)
        assert tokens.read("key", Deadline(5)) == TOKEN
        tokens._redis.pool.disconnect()
        assert limiter._counts is not None
        counts = limiter._counts.get()
        assert isinstance(counts, RedisCounts)
        counts._redis.pool.disconnect()
    assert len(new.keys()) == 2


def test_a_server_that_knows_no_hello_will_do(start_redis: StartRedis) -> None:
    server = start_redis("--rename-command", "HELLO", "")
    clock, section = Clock(), Section("Storage")
    check_storage(settings_of(STORAGE_URL=server.url), None, section)
    assert section.passed == ["Redis answers: all processes count together."]
    assert count_admitted(limiter_on(server.port, clock), "ann", 5) == 3
    tokens = tokens_on(server.port, clock)
    tokens.write("key", TOKEN)
    assert tokens.read("key", Deadline(5)) == TOKEN


def test_a_server_45_ms_away_is_near_enough(redis_server: RedisServer) -> None:
    with forwarding(redis_server.port, delay=0.045) as address:
        app = Flask("shop")
        app.config.update(
            SECRET_KEY="shop",
            CHATHUB_KEY="key",
            CHATHUB_RATE_LIMIT="3/minute",
            CHATHUB_STORAGE_URL=f"redis://127.0.0.1:{address.port}/0",
        )
        ChatHub(app)
        assert count_admitted(app.extensions[EXTENSION].rate_limiter, "ann", 12) == 3


@pytest.mark.parametrize(("patience", "admitted"), [(0.05, 5), (5.0, 3)])
def test_how_long_redis_may_take_is_a_setting(
    redis_server: RedisServer, patience: float, admitted: int
) -> None:
    with forwarding(redis_server.port, delay=0.1) as address:
        limiter = limiter_on(address.port, Clock(), patience)
        assert count_admitted(limiter, "ann", 5) == admitted


def test_redis_takes_no_more_than_is_left_of_a_request(
    redis_server: RedisServer,
) -> None:
    with forwarding(redis_server.port, delay=1.0) as address:
        limiter = limiter_on(address.port, Clock())
        began = time.monotonic()
        for _ in range(5):
            limiter.check("ann", 0.05)
            limiter.check("ann", 0)
        assert time.monotonic() - began < 5 * address.delay

"""One token for each operator: in threads, in processes, in Redis, and without it."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
from dogpile.cache.api import CantDeserializeException

from flask_app_inbox.chathub.settings import ChatHubSettings, read_settings
from flask_app_inbox.chathub.storage import RedisStorage
from flask_app_inbox.chathub.tokens import OperatorTokens
from flask_app_inbox.client.chathub_answers import OperatorToken, Validation
from flask_app_inbox.client.deadline import Deadline
from flask_app_inbox.errors import (
    VendorError,
    VendorInvalid,
    VendorRateLimited,
    VendorRejected,
    VendorTimeout,
    VendorUnavailable,
)
from flask_app_inbox.sandbox import SandboxServer
from flask_app_inbox.web.encryption import derive_key
from flask_app_inbox.web.redis_access import RedisDown
from tests.fixtures.control import Control

ISSUE = "/api/operator/get-token"
SECRET = "the site's secret key"


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Vendor:
    """A vendor that counts, and can be slow or down."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.issued: list[int] = []
        self.failure: VendorError | None = None
        self.slow = 0.0
        self.life: float | None = None
        #: The tokens that it has declared invalid.
        self.dead: set[str] = set()
        self.validated: list[str] = []
        self.valid = True
        #: Whose a token is, if the vendor tells.
        self.operator: int | None = None

    def issue_token(
        self, operator: int, lifetime: float, deadline: Deadline
    ) -> OperatorToken:
        if self.slow:
            time.sleep(self.slow)
        self._fail()
        self.issued.append(operator)
        now = self.clock()
        token = f"token-{operator}-{len(self.issued)}"
        return OperatorToken(operator, token, now, now + (self.life or lifetime))

    def validate(self, token: str, deadline: Deadline) -> Validation:
        self._fail()
        self.validated.append(token)
        is_valid = self.valid and token not in self.dead
        return Validation(is_valid, self.operator)

    def _fail(self) -> None:
        if self.failure is not None:
            raise self.failure


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def vendor(clock: Clock) -> Vendor:
    return Vendor(clock)


def settings_for(storage_url: str, **settings: Any) -> ChatHubSettings:
    return read_settings(
        {
            "SECRET_KEY": SECRET,
            "CHATHUB_KEY": "a-key",
            "CHATHUB_TOKEN_LIFETIME": 1000,
            "CHATHUB_STORAGE_URL": storage_url,
            # A machine with more to do than these tests is slow; Redis is not away.
            "CHATHUB_STORAGE_TIMEOUT": 10,
            **settings,
        }
    )


@pytest.fixture(params=["memory", "redis"])
def storage_url(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "memory":
        yield "memory://"
        return
    url = request.getfixturevalue("redis_url")
    with redis.Redis.from_url(url) as server:
        server.flushdb()
    yield url


@pytest.fixture
def make_tokens(
    storage_url: str, vendor: Vendor, clock: Clock
) -> Callable[..., OperatorTokens]:
    def make(secret: str = SECRET, **settings: Any) -> OperatorTokens:
        chosen: Any = vendor
        return OperatorTokens(
            settings_for(storage_url, **settings), chosen, secret, clock=clock
        )

    return make


def test_a_token_is_issued_once_for_each_operator(
    make_tokens: Callable[..., OperatorTokens], vendor: Vendor
) -> None:
    tokens = make_tokens()
    first = tokens.issue(101)
    assert tokens.issue(101) == first
    assert tokens.issue(102) != first
    assert vendor.issued == [101, 102]


def test_a_token_is_renewed_before_it_expires(
    make_tokens: Callable[..., OperatorTokens], vendor: Vendor, clock: Clock
) -> None:
    tokens = make_tokens()
    first = tokens.issue(101)
    clock.now += 740
    assert tokens.issue(101) == first
    clock.now += 20
    second = tokens.issue(101)
    assert second != first
    clock.now += 5000
    assert tokens.issue(101) not in (first, second)


def test_a_token_that_the_vendor_cut_short_is_renewed_by_its_own_life(
    make_tokens: Callable[..., OperatorTokens], vendor: Vendor, clock: Clock
) -> None:
    vendor.life = 100
    tokens = make_tokens()
    first = tokens.issue(101)
    clock.now += 70
    assert tokens.issue(101) == first
    clock.now += 10
    assert tokens.issue(101) != first


def test_many_threads_cost_one_mint(
    make_tokens: Callable[..., OperatorTokens], vendor: Vendor
) -> None:
    vendor.slow = 0.2
    tokens = make_tokens()
    got: list[OperatorToken] = []
    threads = [
        threading.Thread(target=lambda: got.append(tokens.issue(101)))
        for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
    assert len(got) == 16
    assert len(set(got)) == 1
    assert vendor.issued == [101]


@pytest.mark.alone
def test_others_go_on_with_the_old_token_while_one_renews_it(
    make_tokens: Callable[..., OperatorTokens], vendor: Vendor, clock: Clock
) -> None:
    tokens = make_tokens()
    first = tokens.issue(101)
    clock.now += 800
    vendor.slow = 0.5
    renewed: list[OperatorToken] = []
    thread = threading.Thread(target=lambda: renewed.append(tokens.issue(101)))
    thread.start()
    time.sleep(0.2)
    before = time.monotonic()
    assert tokens.issue(101) == first
    assert time.monotonic() - before < 0.2
    thread.join(timeout=10)
    assert renewed[0] != first


def test_a_failure_is_kept_nowhere(
    make_tokens: Callable[..., OperatorTokens], vendor: Vendor
) -> None:
    tokens = make_tokens()
    vendor.failure = VendorUnavailable("down")
    for _ in range(2):
        with pytest.raises(VendorUnavailable):
            tokens.issue(101)
    vendor.failure = None
    assert tokens.issue(101).token


DOWN = [
    VendorUnavailable("no connection"),
    VendorUnavailable("the vendor answered 503", status=503),
    VendorTimeout("no answer"),
    VendorRateLimited("the vendor answered 429", status=429),
    VendorInvalid("the vendor's answer is no JSON", status=200),
]
REFUSALS = [
    VendorRejected("the vendor answered 401", status=401),
    VendorInvalid("the vendor answered 404", status=404),
]


@pytest.mark.parametrize("failure", DOWN, ids=str)
def test_while_the_vendor_is_down_a_kept_token_serves_until_it_expires(
    make_tokens: Callable[..., OperatorTokens],
    vendor: Vendor,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    failure: VendorError,
) -> None:
    tokens = make_tokens()
    first = tokens.issue(101)
    clock.now += 800
    vendor.failure = failure
    for _ in range(3):
        assert tokens.issue(101) == first
        assert tokens.replace(101) == first
    assert str(failure) in caplog.text
    clock.now += 200
    with pytest.raises(type(failure)):
        tokens.issue(101)
    vendor.failure = None
    assert tokens.issue(101) != first


@pytest.mark.parametrize("failure", REFUSALS, ids=str)
def test_what_the_vendor_refuses_is_no_outage(
    make_tokens: Callable[..., OperatorTokens],
    vendor: Vendor,
    clock: Clock,
    failure: VendorError,
) -> None:
    tokens = make_tokens()
    tokens.issue(101)
    vendor.failure = failure
    with pytest.raises(type(failure)):
        tokens.replace(101)
    clock.now += 800
    with pytest.raises(type(failure)):
        tokens.issue(101)


@pytest.mark.alone
def test_who_waits_for_a_token_waits_no_longer_than_they_may(
    make_tokens: Callable[..., OperatorTokens], vendor: Vendor
) -> None:
    tokens = make_tokens()
    vendor.slow = 1.0
    thread = threading.Thread(target=tokens.issue, args=(101,))
    thread.start()
    time.sleep(0.2)
    before = time.monotonic()
    with pytest.raises(VendorTimeout):
        tokens.issue(101, Deadline(0.3))
    assert time.monotonic() - before < 0.6
    thread.join(timeout=10)


def test_a_token_is_validated_once_before_its_first_use(
    make_tokens: Callable[..., OperatorTokens], vendor: Vendor
) -> None:
    tokens = make_tokens()
    token = tokens.issue(101).token
    tokens.issue(101)
    assert vendor.validated == [token]


def test_a_token_that_the_vendor_does_not_accept_is_given_to_nobody(
    make_tokens: Callable[..., OperatorTokens], vendor: Vendor
) -> None:
    tokens = make_tokens()
    vendor.valid = False
    with pytest.raises(VendorInvalid, match="does not accept"):
        tokens.issue(101)
    vendor.valid = True
    assert tokens.issue(101).token == "token-101-2"


def test_a_token_of_another_operator_is_given_to_nobody(
    make_tokens: Callable[..., OperatorTokens], vendor: Vendor
) -> None:
    tokens = make_tokens()
    vendor.operator = 100
    with pytest.raises(VendorInvalid, match="another operator"):
        tokens.issue(101)
    assert tokens.issue(100).operator == 100


def test_a_dead_token_is_replaced_and_a_good_one_is_not(
    make_tokens: Callable[..., OperatorTokens], vendor: Vendor
) -> None:
    tokens = make_tokens()
    first = tokens.issue(101)
    assert tokens.replace(101) == first
    vendor.dead.add(first.token)
    second = tokens.replace(101)
    assert second != first
    assert vendor.issued == [101, 101]


def test_a_token_that_another_request_replaced_is_not_dropped(
    make_tokens: Callable[..., OperatorTokens], vendor: Vendor
) -> None:
    tokens = make_tokens()
    first = tokens.issue(101)
    vendor.dead.add(first.token)
    second = tokens.replace(101)
    tokens._forget(first, Deadline(5))
    assert tokens.issue(101) == second


# Redis alone


@pytest.fixture
def server(redis_url: str) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(redis_url) as server:
        server.flushdb()
        yield server


def make_shared(
    redis_url: str, vendor: Vendor, clock: Clock, secret: str = SECRET, **settings: Any
) -> OperatorTokens:
    chosen: Any = vendor
    return OperatorTokens(
        settings_for(redis_url, **settings), chosen, secret, clock=clock
    )


def test_in_redis_a_token_lies_encrypted_and_not_for_ever(
    redis_url: str, server: redis.Redis, vendor: Vendor, clock: Clock
) -> None:
    token = make_shared(redis_url, vendor, clock).issue(101).token
    [key] = server.keys("*")
    stored = server.get(key)
    assert isinstance(stored, bytes)
    assert token.encode() not in stored
    assert "a-key" not in str([key, stored])
    assert 0 < server.ttl(key) <= 1000


def test_processes_of_one_site_share_tokens_and_other_sites_do_not(
    redis_url: str, server: redis.Redis, vendor: Vendor, clock: Clock
) -> None:
    first = make_shared(redis_url, vendor, clock).issue(101)
    assert make_shared(redis_url, vendor, clock).issue(101) == first
    others = [
        make_shared(redis_url, vendor, clock, secret="another"),
        make_shared(redis_url, vendor, clock, CHATHUB_KEY="another-company"),
        make_shared(redis_url, vendor, clock, CHATHUB_API_URL="https://other.example"),
    ]
    assert first not in [other.issue(101) for other in others]
    assert len(vendor.issued) == 4


@pytest.mark.parametrize(
    "garbage", [b"", b"x", b"{}|x", b'{"ct": 1, "v": 1}|x', b"\xff\xfe|", b"|"]
)
def test_garbage_in_redis_counts_as_nothing(
    redis_url: str,
    server: redis.Redis,
    vendor: Vendor,
    clock: Clock,
    garbage: bytes,
) -> None:
    tokens = make_shared(redis_url, vendor, clock)
    tokens.issue(101)
    [key] = server.keys("*")
    server.set(key, garbage)
    assert tokens.issue(101).token == "token-101-2"


def test_a_token_put_under_another_operators_key_is_not_taken(
    redis_url: str, server: redis.Redis, vendor: Vendor, clock: Clock
) -> None:
    tokens = make_shared(redis_url, vendor, clock)
    tokens.issue(101)
    [sales] = server.keys("*")
    tokens.issue(102)
    [support] = [key for key in server.keys("*") if key != sales]
    server.set(support, server.get(sales) or b"")
    assert tokens.issue(102).operator == 102


def test_what_was_encrypted_under_another_key_cannot_be_read() -> None:
    region = RedisStorage(
        "redis://127.0.0.1:1/0", keep=10, hold=1, secret=b"one", patience=1
    )._region
    other = RedisStorage(
        "redis://127.0.0.1:1/0", keep=10, hold=1, secret=b"other", patience=1
    )._region
    assert region.serializer is not None
    assert other.deserializer is not None
    encrypted = region.serializer(OperatorToken(101, "token", 1.0, 2.0))
    with pytest.raises(CantDeserializeException):
        other.deserializer(encrypted)
    assert derive_key(b"one", "x") != derive_key(b"other", "x")


def test_a_lock_whose_holder_died_opens_by_itself(
    redis_url: str, server: redis.Redis, vendor: Vendor, clock: Clock
) -> None:
    tokens = make_shared(redis_url, vendor, clock, CHATHUB_TIMEOUT=0.2)
    shared = tokens._storages.get().redis
    assert shared is not None
    mutex = shared.mutex(tokens._key(101), Deadline(1))
    assert mutex.acquire()
    with pytest.raises(VendorTimeout):
        tokens.issue(101)
    assert tokens.issue(101, Deadline(5)).token  # 1.2 s after the lock was taken
    mutex.release()


def test_without_redis_each_process_keeps_its_own_and_says_so_once(
    vendor: Vendor, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    url = "redis://:hidden-word@127.0.0.1:1/0"
    tokens = make_shared(url, vendor, clock)
    first = tokens.issue(101)
    assert tokens.issue(101) == first
    vendor.dead.add(first.token)
    assert tokens.replace(101) != first
    assert caplog.text.count("CHATHUB_STORAGE_URL") == 1
    assert "hidden-word" not in caplog.text


def test_redis_is_used_again_once_it_is_back(
    redis_url: str, server: redis.Redis, vendor: Vendor, clock: Clock
) -> None:
    tokens = make_shared(redis_url, vendor, clock)
    shared = tokens._storages.get().redis
    assert shared is not None
    outage = shared._redis._guard._resources.get().outage
    seconds = [0.0]
    outage._clock = lambda: seconds[0]
    outage.note(RedisDown("gone"))
    tokens.issue(101)
    assert server.keys("*") == []
    seconds[0] = 6.0
    tokens.issue(101)
    assert len(server.keys("*")) == 1
    assert outage.is_worth_a_try()


PROGRAM = """
import json, multiprocessing, sys
from flask import Flask
from flask_app_inbox import ChatHub

app = Flask("site")
app.config.from_mapping(json.loads(sys.argv[1]))
ChatHub(app).operator_loader(lambda: {"sales": 101, "support": 102})

def ask(gate, answers):
    client = app.test_client()
    gate.wait(30)
    for alias in ("sales", "support"):
        answer = client.post("/chathub/token", json={"organization": alias})
        answers.put((alias, answer.json["token"]))

context = multiprocessing.get_context("fork")  # as servers do that load an app first
gate, answers = context.Barrier(8), context.Queue()
processes = [context.Process(target=ask, args=(gate, answers)) for _ in range(8)]
for process in processes:
    process.start()
print(json.dumps([answers.get(timeout=30) for _ in range(16)]))
for process in processes:
    process.join(30)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
def test_eight_processes_cost_one_token_for_each_operator(
    redis_url: str, server: redis.Redis, sandbox: SandboxServer, control: Control
) -> None:
    fault = {"route": "operator-token", "kind": "delay", "seconds": 0.3}
    control.call("POST", "faults", times=None, **fault)
    settings = {
        "SECRET_KEY": SECRET,
        "CHATHUB_LOGIN": "sandbox",
        "CHATHUB_PASSWORD": "sandbox",
        "CHATHUB_API_URL": sandbox.url,
        "CHATHUB_STORAGE_URL": redis_url,
        "CHATHUB_TIMEOUT": 30,
        "CHATHUB_STORAGE_TIMEOUT": 10,
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(settings)],
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert done.returncode == 0, done.stderr
    answers = {tuple(answer) for answer in json.loads(done.stdout)}
    assert len(answers) == 2
    assert control.paths().count(ISSUE) == 2
    assert "eyJ" not in str([server.get(key) for key in server.keys("*")])


def test_nothing_of_a_token_goes_into_the_log(
    make_tokens: Callable[..., OperatorTokens], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = make_tokens().issue(101).token
    assert token not in caplog.text

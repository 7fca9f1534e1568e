"""How often a contact may ask: in one process, over Redis, and without it."""

from __future__ import annotations

import logging
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest
from flask import Flask
from limits.storage import RedisStorage

from flask_app_inbox import AppInbox, ConfigError, Contact
from flask_app_inbox.config.rate import Rate
from flask_app_inbox.web.outage import PAUSE, WARN_EVERY
from flask_app_inbox.web.problems import RateLimited
from flask_app_inbox.web.rate_limit import RateLimiter
from flask_app_inbox.web.window_counts import WindowCounts
from tests.fixtures.clock import Clock
from tests.fixtures.redis import RedisServer
from tests.fixtures.waiting import wait_until

NOON = 1_800_000_000.0  # a whole number of minutes


def admitted(limiter: RateLimiter, tag: str) -> bool:
    try:
        limiter.check(tag)
    except RateLimited:
        return False
    return True


def count_admitted(limiter: RateLimiter, tag: str, times: int) -> int:
    return sum(admitted(limiter, tag) for _ in range(times))


# In one process


def test_a_contact_is_refused_beyond_the_limit_and_told_when_to_come_back() -> None:
    limiter = RateLimiter("3/minute", "memory://")
    assert count_admitted(limiter, "ann", 3) == 3
    with pytest.raises(RateLimited) as refusal:
        limiter.check("ann")
    assert refusal.value.retry_after is not None
    assert 1 <= refusal.value.retry_after <= 61


def test_one_contact_does_not_use_up_anothers_limit() -> None:
    limiter = RateLimiter("1/minute", "memory://")
    assert admitted(limiter, "ann")
    assert not admitted(limiter, "ann")
    assert admitted(limiter, "bob")


def test_no_limit_counts_nothing() -> None:
    limiter = RateLimiter(None, "memory://")
    assert count_admitted(limiter, "ann", 1000) == 1000


def hits(counts: WindowCounts, times: int, key: str = "ann") -> int:
    return sum(counts.count(key) is None for _ in range(times))


def test_the_edge_of_a_window_does_not_let_two_limits_through() -> None:
    clock = Clock(NOON + 59)
    counts = WindowCounts(Rate(30, 60), clock=clock)
    assert hits(counts, 40) == 30
    clock.now = NOON + 61
    assert hits(counts, 40) == 1
    clock.now = NOON + 90
    assert hits(counts, 40) == 14


@pytest.mark.parametrize("limit", [1, 3, 30])
@pytest.mark.parametrize("moments", [(0,), (59,), (10, 30, 61), (59, 70), (30, 119.9)])
def test_who_comes_back_when_told_gets_in_and_not_before(
    limit: int, moments: tuple[float, ...]
) -> None:
    clock = Clock()
    counts = WindowCounts(Rate(limit, 60), clock=clock)
    wait: float | None = None
    for moment in moments:
        clock.now = NOON + moment
        while (wait := counts.count("ann")) is None:
            pass
    assert wait is not None
    assert wait >= 1
    if wait > 1:
        clock.now += wait - 0.1
        assert counts.count("ann") is not None
        clock.now -= wait - 0.1
    clock.now += wait
    assert counts.count("ann") is None


def test_after_two_quiet_windows_a_contact_is_forgotten() -> None:
    clock = Clock(NOON)
    counts = WindowCounts(Rate(30, 60), clock=clock)
    hits(counts, 30)
    clock.now = NOON + 60
    assert hits(counts, 1) == 0, "the window before counts whole at its end"
    clock.now = NOON + 120
    assert hits(counts, 1, "bob") == 1
    assert len(counts) == 1


def test_a_clock_set_back_neither_fails_nor_locks_anybody_out() -> None:
    clock = Clock(NOON)
    counts = WindowCounts(Rate(30, 60), clock=clock)
    hits(counts, 30)
    clock.now = NOON - 3600
    assert hits(counts, 1) == 1


def test_counts_are_bounded() -> None:
    counts = WindowCounts(Rate(30, 60), capacity=10, clock=Clock(NOON))
    for number in range(100):
        assert hits(counts, 1, f"contact {number}")
    assert len(counts) == 10


def test_counting_in_this_process_starts_no_thread() -> None:
    before = threading.active_count()
    assert admitted(RateLimiter("3/minute", "memory://"), "ann")
    assert threading.active_count() == before


def test_sixteen_threads_share_one_limit() -> None:
    limiter = RateLimiter("100/hour", "memory://")
    passed: list[int] = []
    threads = [
        threading.Thread(target=lambda: passed.append(count_admitted(limiter, "a", 50)))
        for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # A change of the hour while this runs would let a few more through.
    assert 100 <= sum(passed) <= 110


def test_what_counts_on_redis_is_not_imported_without_it() -> None:
    program = """
import sys
from flask import Flask
from flask_app_inbox import AppInbox
app = Flask("shop")
app.config.update(SECRET_KEY="x", APP_INBOX_API_KEY="key")
AppInbox(app)
print(*({"limits", "redis"} & {*sys.modules}))
"""
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == []


# Over Redis


#: Seconds, where the time is not what is tested: a busy machine may be slow.
PATIENCE = 5.0


def limiter_on(
    url: str, clock: Clock | None = None, patience: float = PATIENCE
) -> RateLimiter:
    return RateLimiter(
        "3/minute", url, patience=patience, clock=clock or time.monotonic
    )


PROCESS = """
import sys
from flask_app_inbox.web.problems import RateLimited
from flask_app_inbox.web.rate_limit import RateLimiter

limiter = RateLimiter("50/hour", sys.argv[1], patience=5.0)
passed = 0
for _ in range(40):
    try:
        limiter.check("ann")
    except RateLimited:
        continue
    passed += 1
print(passed)
"""


def test_two_processes_share_one_limit(redis_server: RedisServer) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PROCESS, redis_server.url],
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    passed = [int(process.communicate(timeout=30)[0]) for process in processes]
    assert sum(passed) == 50


def test_a_contact_over_the_limit_on_redis_is_told_when_to_come_back(
    redis_server: RedisServer,
) -> None:
    limiter = limiter_on(redis_server.url)
    assert count_admitted(limiter, "ann", 5) == 3
    with pytest.raises(RateLimited) as refusal:
        limiter.check("ann")
    assert refusal.value.retry_after is not None
    assert 1 < refusal.value.retry_after <= 61, "the window has just begun"
    assert admitted(limiter, "bob")


def shop(url: str, secret_key: str = "one") -> Flask:
    app = Flask("shop")
    app.config.update(
        SECRET_KEY=secret_key,
        APP_INBOX_API_KEY="key",
        APP_INBOX_API_URL="http://127.0.0.1:9",
        APP_INBOX_STORAGE_URL=url,
        APP_INBOX_STORAGE_TIMEOUT=PATIENCE,
        APP_INBOX_RATE_LIMIT="1/minute",
    )
    AppInbox(app).contact_loader(lambda: Contact(email="ann@example.com"))
    return app


def test_keys_on_redis_name_the_package_and_no_person(
    redis_server: RedisServer,
) -> None:
    app = shop(redis_server.url)
    assert app.test_client().post("/app-inbox/token").status_code == 503
    assert app.test_client().post("/app-inbox/token").status_code == 429
    keys = redis_server.keys()
    assert keys
    assert all("/flask-app-inbox/" in key for key in keys)
    assert not any("ann" in key or "@" in key for key in keys)


def test_two_sites_on_one_redis_do_not_share_limits(redis_server: RedisServer) -> None:
    one, other = shop(redis_server.url, "one"), shop(redis_server.url, "other")
    assert one.test_client().post("/app-inbox/token").status_code == 503
    assert other.test_client().post("/app-inbox/token").status_code == 503
    assert other.test_client().post("/app-inbox/token").status_code == 429


def test_nothing_is_connected_before_a_contact_asks() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        limiter_on(f"redis://127.0.0.1:{listener.getsockname()[1]}/0")
        listener.settimeout(0.2)
        with pytest.raises(TimeoutError):
            listener.accept()


@pytest.mark.alone
@pytest.mark.parametrize(
    "options", ["socket_timeout=5", "socket_connect_timeout=5", "retry=9"]
)
def test_no_option_of_the_url_makes_the_limiter_more_patient(options: str) -> None:
    # The check of the setting refuses such URLs; a limiter does not rely on it.
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        limiter = limiter_on(f"redis://127.0.0.1:{port}/0?{options}", patience=0.1)
        assert seconds_for(lambda: limiter.check("ann")) < 1


def test_a_url_that_no_connection_can_be_made_of_is_told_at_the_start() -> None:
    with pytest.raises(ConfigError, match=r"STORAGE_URL \(TypeError\)") as caught:
        limiter_on("redis://:pa55word@127.0.0.1/0?x=y")
    assert "pa55word" not in str(caught.value)


@pytest.mark.parametrize("query", ["x=y", "socket_timeout=5", "protocol=9"])
def test_an_app_with_options_in_its_storage_url_does_not_start(query: str) -> None:
    with pytest.raises(ConfigError, match="APP_INBOX_STORAGE_URL must be"):
        shop(f"redis://127.0.0.1:6379/0?{query}")


@pytest.mark.parametrize("package", ["redis", "limits"])
def test_the_missing_extra_is_named_with_the_line_that_installs_it(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ConfigError) as error:
        shop("redis://127.0.0.1:6379/0")
    assert 'pip install "flask-app-inbox[redis]"' in str(error.value)
    assert "APP_INBOX_STORAGE_URL" in str(error.value)


# Without the Redis that was promised


def seconds_for(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def warnings_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [
        record.getMessage()
        for record in caplog.records
        if record.name == "flask_app_inbox.web.outage"
        and record.levelno >= logging.WARNING
    ]


def test_redis_down_from_the_start_lets_everybody_pass_without_a_500(
    redis_server: RedisServer,
) -> None:
    redis_server.stop()
    app = shop(redis_server.url)
    client = app.test_client()
    # 503 is the vendor, which is not there either: the limit of one was passed.
    assert [client.post("/app-inbox/token").status_code for _ in range(3)] == [503] * 3


@pytest.mark.alone
def test_redis_stopped_midway_costs_one_failure_and_comes_back_by_itself(
    redis_server: RedisServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = Clock(NOON)
    limiter = limiter_on(redis_server.url, clock=clock)
    assert count_admitted(limiter, "ann", 5) == 3
    redis_server.stop()
    assert seconds_for(lambda: limiter.check("ann")) < 0.1
    assert seconds_for(lambda: count_admitted(limiter, "ann", 1000)) < 0.1
    redis_server.start()
    assert admitted(limiter, "ann")  # not tried yet
    clock.now += PAUSE
    assert count_admitted(limiter, "ann", 5) == 3
    assert len(warnings_of(caplog)) == 1


@pytest.mark.alone
def test_a_hanging_redis_costs_its_time_once(
    redis_server: RedisServer,
) -> None:
    clock = Clock(NOON)
    limiter = limiter_on(redis_server.url, clock=clock, patience=0.2)
    assert count_admitted(limiter, "ann", 5) == 3
    redis_server.signal(signal.SIGSTOP)
    try:
        # On the kept connection, then on a new one that nobody accepts.
        for _ in range(2):
            assert seconds_for(lambda: limiter.check("ann")) < 0.4
            assert seconds_for(lambda: count_admitted(limiter, "ann", 1000)) < 0.1
            clock.now += PAUSE
    finally:
        redis_server.signal(signal.SIGCONT)

    def is_limited() -> bool:
        clock.now += PAUSE
        return not admitted(limiter, "ann")

    wait_until(is_limited)


@pytest.mark.alone
def test_while_redis_hangs_one_request_at_a_time_waits_for_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        clock = Clock(NOON)
        limiter = limiter_on(
            f"redis://127.0.0.1:{listener.getsockname()[1]}/0", clock, patience=0.2
        )
        limiter.check("ann")
        clock.now += PAUSE
        trying = threading.Thread(target=limiter.check, args=("ann",), daemon=True)
        trying.start()
        # Connection one was that of the first check; two is the thread's.
        for _ in range(2):
            listener.accept()[0].close()
        took = [seconds_for(lambda: limiter.check("bob")) for _ in range(5)]
        trying.join()
        assert min(took) < 0.01


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"-NOAUTH no\r\n", b"\x00\x01"]
)
def test_something_else_at_redis_address_lets_everybody_pass(answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        limiter = limiter_on(f"redis://127.0.0.1:{listener.getsockname()[1]}/0")
        assert count_admitted(limiter, "ann", 10) == 10
        thread.join()


def test_one_warning_a_minute_without_the_password(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = Clock(NOON)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    limiter = limiter_on(f"redis://user:pa55word@127.0.0.1:{port}/0", clock=clock)
    limiter.check("ann")
    for _ in range(int(WARN_EVERY / PAUSE) - 1):
        clock.now += PAUSE
        limiter.check("ann")
    assert len(warnings_of(caplog)) == 1
    clock.now += PAUSE
    limiter.check("ann")
    assert len(warnings_of(caplog)) == 2
    assert "pa55word" not in caplog.text


@pytest.mark.parametrize("error", [TypeError, UnicodeError, OSError])
def test_a_storage_that_fails_in_any_way_lets_everybody_pass(
    error: type[Exception],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*args: object) -> None:
        raise error("pa55word")

    monkeypatch.setattr(RedisStorage, "acquire_sliding_window_entry", fail)
    assert count_admitted(limiter_on("redis://127.0.0.1:1/0"), "ann", 5) == 5
    (warning,) = warnings_of(caplog)
    assert error.__name__ in warning
    assert "pa55word" not in caplog.text

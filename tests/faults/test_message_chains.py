"""Messages of several processes: each customer's own, through one chain of tokens."""

from __future__ import annotations

import http.client
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from flask_app_inbox.sandbox import SandboxServer
from flask_app_inbox.sandbox.tokens import MODES, Tokens, Use
from tests.faults.message_site import email_of
from tests.faults.servers import discreet, run_server
from tests.faults.sites import API_KEY, Reply, call
from tests.fixtures.control import Control
from tests.fixtures.redis import RedisServer, run_redis
from tests.fixtures.waiting import wait_until

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="these servers inherit a socket"
)

ROOT = Path(__file__).parent.parent.parent
GUNICORN = (
    *(sys.executable, "-m", "gunicorn", "tests.faults.message_site:create_app()"),
    *("--workers=2", "--worker-class=gthread", "--threads=4"),
    *("--graceful-timeout=1", "--bind=fd://{descriptor}"),
)
CUSTOMERS = ("ann", "ben", "eve", "zoe")
#: Seconds that the site has for a request; the machine may be busy.
TIMEOUT = 8


@dataclass
class Vendor:
    """A sandbox, and what became of the tokens of a test's customers."""

    control: Control
    url: str
    #: Tokens by the number of the contact that they were issued to.
    issued: Counter[int] = field(default_factory=Counter)
    refused: int = 0
    customers: tuple[str, ...] = ()


@pytest.fixture(scope="module")
def vendor_of_all() -> Iterator[Vendor]:
    issue, use = Tokens.issue, Tokens.use
    with (
        SandboxServer(api_key=API_KEY) as server,
        pytest.MonkeyPatch.context() as monkeypatch,
    ):
        vendor = Vendor(Control(server.url), server.url)

        def counting_issue(tokens: Tokens, contact_id: int) -> str:
            vendor.issued[contact_id] += 1
            return issue(tokens, contact_id)

        def counting_use(tokens: Tokens, token: str) -> Use | None:
            found = use(tokens, token)
            vendor.refused += found is None
            return found

        monkeypatch.setattr(Tokens, "issue", counting_issue)
        monkeypatch.setattr(Tokens, "use", counting_use)
        yield vendor
        vendor.control.close()


@pytest.fixture
def vendor(vendor_of_all: Vendor) -> Vendor:
    """The vendor, and customers of whom no other test has heard."""
    known = len(vendor_of_all.control.call("GET", "contacts"))
    names = tuple(f"{who}-{known}" for who in CUSTOMERS)
    for who in names:
        vendor_of_all.control.add(email_of(who), *(f"{n} for {who}" for n in range(4)))
    vendor_of_all.control.call("PUT", "tokens", mode=MODES[0])
    vendor_of_all.customers = names
    vendor_of_all.issued.clear()
    vendor_of_all.refused = 0
    return vendor_of_all


@contextmanager
def running(vendor: Vendor, redis: RedisServer, log: Path) -> Iterator[int]:
    """Run the site in two processes of four threads, and yield its port."""
    environment = {
        "PYTHONPATH": str(ROOT),
        "FLASK_SECRET_KEY": "a key of this site",
        "FLASK_APP_INBOX_API_KEY": API_KEY,
        "FLASK_APP_INBOX_API_URL": f"{vendor.url}/api",
        "FLASK_APP_INBOX_MESSAGES_URL": f"{vendor.url}/appinbox",
        "FLASK_APP_INBOX_WIDGET": "site",
        "FLASK_APP_INBOX_TIMEOUT": str(TIMEOUT),
        "FLASK_APP_INBOX_RATE_LIMIT": "100000/second",
        "FLASK_APP_INBOX_STORAGE_URL": redis.url,
    }
    with run_server(GUNICORN, environment, log) as port:
        yield port


class Place(NamedTuple):
    """A site that tests share: they leave it as well as they found it."""

    port: int
    redis: RedisServer

    def pids(self) -> set[bytes]:
        """Return the numbers of the processes that answer."""
        return {call(self.port, "GET", "/pid").body for _ in range(40)}


@pytest.fixture(scope="module")
def place_of_all(
    vendor_of_all: Vendor, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("place")
    with (
        run_redis(folder) as redis,
        discreet(folder / "log") as log,
        running(vendor_of_all, redis, log) as port,
    ):
        yield Place(port, redis)


@pytest.fixture
def place(place_of_all: Place) -> Place:
    """The site with both of its processes, after one was killed, too."""
    wait_until(lambda: len(place_of_all.pids()) == 2)
    return place_of_all


def ask(port: int, who: str, path: str, **body: Any) -> Reply:
    method = "POST" if body else "GET"
    return call(port, method, f"/app-inbox/{path}?who={who}", body or None)


def visit(port: int, vendor: Vendor, number: int) -> list[Reply]:
    """Do what pages and panels do, in the name of one customer after the other."""
    chance = random.Random(number)
    who = vendor.customers[number % len(vendor.customers)]
    listed = ask(port, who, "messages")
    if listed.status != 200:
        return [listed]
    messages = listed.json["messages"]
    assert {message["title"].split()[-1] for message in messages} == {who}
    replies = [listed, ask(port, who, "unread")]
    if chance.random() < 0.3:
        # Somebody may try ids of others.
        ids = [chance.choice(messages)["id"], "foreign"]
        replies.append(ask(port, who, "messages/read", ids=ids))
    return replies


def statuses(replies: list[list[Reply]]) -> Counter[int]:
    return Counter(reply.status for some in replies for reply in some)


@pytest.mark.parametrize("mode", MODES)
def test_processes_share_one_chain_for_each_customer(
    vendor: Vendor, place: Place, mode: str
) -> None:
    vendor.control.call("PUT", "tokens", mode=mode)
    with ThreadPoolExecutor(8) as pool:
        visits = pool.map(lambda number: visit(place.port, vendor, number), range(60))
        replies = list(visits)
    assert set(statuses(replies)) == {200}
    assert vendor.refused == 0
    assert set(vendor.issued.values()) == {1}
    assert len(vendor.issued) == len(CUSTOMERS)


def test_tokens_and_counts_tell_nobody_in_redis_anything(
    vendor: Vendor, place: Place
) -> None:
    before = {*place.redis.keys()}
    assert [reply.status for reply in visit(place.port, vendor, 0)][:2] == [200, 200]
    keys = "\n".join({*place.redis.keys()} - before)
    assert "token:" in keys
    assert "count:" in keys
    assert "ann" not in keys


@pytest.mark.parametrize("mode", MODES)
def test_a_worker_that_is_killed_costs_its_customers_a_token_each(
    vendor: Vendor, place: Place, mode: str
) -> None:
    vendor.control.call("PUT", "tokens", mode=mode)

    def visit_or_break_off(number: int) -> list[Reply]:
        if number == 20:
            os.kill(int(call(place.port, "GET", "/pid").body), signal.SIGKILL)
        try:
            return visit(place.port, vendor, number)
        except (http.client.HTTPException, OSError):
            return []  # it was in the hands of the worker that died

    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(visit_or_break_off, range(60)))
    assert set(statuses(replies)) == {200}
    assert replies.count([]) <= 8
    # A customer's token may be lost with each of the threads that had one, and with
    # those who did not wait any longer for their turn.
    assert max(vendor.issued.values()) <= 4
    assert vendor.refused <= len(CUSTOMERS)


def test_while_redis_hangs_or_is_gone_work_goes_on(
    vendor: Vendor, redis_server: RedisServer, log: Path
) -> None:
    with running(vendor, redis_server, log) as port, ThreadPoolExecutor(8) as pool:

        def visit_all(start: int) -> Counter[int]:
            visits = pool.map(
                lambda number: visit(port, vendor, number), range(start, start + 24)
            )
            return statuses(list(visits))

        assert set(visit_all(0)) == {200}
        redis_server.signal(signal.SIGSTOP)
        assert set(visit_all(100)) == {200}
        redis_server.signal(signal.SIGCONT)
        assert set(visit_all(200)) == {200}
        redis_server.stop()
        assert set(visit_all(300)) == {200}
        redis_server.start()
        replies: list[Reply] = []

        def is_used_again() -> bool:
            replies.extend(visit(port, vendor, len(replies)))
            return bool(redis_server.keys())

        wait_until(is_used_again)
        assert set(statuses([replies])) == {200}
        assert set(visit_all(400)) == {200}
    assert "does not work: each has its own" in log.read_text()


def test_a_page_waits_for_a_redis_that_hangs_a_moment_and_once(
    vendor: Vendor, redis_server: RedisServer, log: Path
) -> None:
    ann = vendor.customers[0]
    with running(vendor, redis_server, log) as port:

        def page() -> Reply:
            return call(port, "GET", f"/page?who={ann}")

        assert page().json == {"unread": None}
        assert ask(port, ann, "unread").json == {"unread": 4}
        assert page().json == {"unread": 4}
        redis_server.signal(signal.SIGSTOP)
        # Both processes find it out; what they know themselves is nothing.
        replies = [page() for _ in range(20)]
        redis_server.signal(signal.SIGCONT)
    assert {reply.status for reply in replies} == {200}
    assert sum(reply.seconds > 0.09 for reply in replies) <= 4
    assert max(reply.seconds for reply in replies) < 1

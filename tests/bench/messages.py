"""The site's own bell: counts from the store, and what the vendor is asked for."""

from __future__ import annotations

import contextlib
import heapq
import random
import statistics
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from flask import Flask

from flask_app_inbox import AppInbox, Contact
from flask_app_inbox.client.deadline import Deadline
from flask_app_inbox.client.messages import TokenUse
from flask_app_inbox.inbox.counting import find_count, known_count
from flask_app_inbox.inbox.counts import Counts
from flask_app_inbox.inbox.reading import reader_of
from flask_app_inbox.inbox.state import EXTENSION, State
from flask_app_inbox.inbox.token_chain import TokenChains
from flask_app_inbox.per_process import PerProcess
from flask_app_inbox.web.encryption import Encryptor
from flask_app_inbox.web.shared_store import MemoryStore
from flask_app_inbox.web.steady_store import SteadyStore
from tests.bench.certificates import make_certificate
from tests.bench.endpoint import check_all_good
from tests.bench.programs import Site, load, site, vendor
from tests.bench.report import Row, median_ratio, spread
from tests.bench.sites import THREADS

#: Where each site answers a count: ours from the store, the rival without one.
PATHS = {"ours": "/app-inbox/unread", "bare": "/bare"}
CONTACTS = 200
ROUNDS = 5
SECONDS = 4.0

CUSTOMERS = 1000
TABS = 3
MINUTES = 10
#: Seconds between two polls of a browser, as the page's script begins. It waits longer
#: where nothing changes.
POLL = 30.0
#: Seconds between two page views of a customer, on average, and between two messages.
VIEWS = 60.0
NEWS = 300.0


@contextlib.contextmanager
def two_sites() -> Iterator[dict[str, Site]]:
    """Run both sites side by side; the vendor answers in a moment."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        certificate = make_certificate(folder)
        url = stack.enter_context(vendor(certificate, 0.01)).url
        yield {
            kind: stack.enter_context(
                site(
                    kind,
                    BENCH_API_URL=url,
                    BENCH_MESSAGES_URL=url,
                    BENCH_WIDGET="site",
                    BENCH_SLOTS=str(THREADS),
                    REQUESTS_CA_BUNDLE=str(certificate.bundle),
                )
            )
            for kind in PATHS
        }


def measure_unread() -> Row:
    """Count answers a second, in turns."""
    rates: dict[str, list[float]] = {kind: [] for kind in PATHS}
    with two_sites() as sites:
        for number in range(ROUNDS + 1):
            for kind, path in PATHS.items():
                result = load(
                    port=sites[kind].port,
                    path=path,
                    contacts=CONTACTS,
                    seconds=SECONDS if number else 2.0,
                )
                check_all_good(kind, result)
                if number:  # before is for warming up
                    rates[kind].append(len(result["latencies"]) / result["took"])
    ours, bare = rates["ours"], rates["bare"]
    ratio = median_ratio(ours, bare)
    return Row(
        "GET /unread, requests/s",
        ours=f"{statistics.median(ours):.0f}",
        rival="",
        limit=f"{statistics.median(bare):.0f}",
        goal="≥ 0.7 × limit",
        result=f"{ratio:.2f} × limit",
        reached=ratio >= 0.7,
        notes=(
            "the limit is a view with a login that answers the same JSON; medians of "
            f"{ROUNDS} rounds of {SECONDS:g} s in turns, {CONTACTS} customers, whose "
            "counts are asked for again every 15 s; lowest and highest: ours "
            f"{spread(ours)}, limit {spread(bare)}",
        ),
    )


def measure_calls() -> Row:
    """Play ten minutes of customers with several tabs each, on the real code."""
    alone = _Play(hears_news=False).run()
    told = _Play(hears_news=True).run()
    minutes = CUSTOMERS * MINUTES
    per_half_minute, per_minute = alone / minutes / 2, told / minutes
    return Row(
        f"calls to the vendor, {CUSTOMERS} customers × {TABS} tabs × {MINUTES} minutes",
        ours=f"{alone}; with the webhook {told}",
        rival="",
        limit="",
        goal="≤ 1 for each customer and 30 s; with the webhook ≤ 1 a minute",
        result=f"{per_half_minute:.2f} in 30 s; {per_minute:.2f} a minute",
        reached=per_half_minute <= 1 and per_minute <= 1,
        notes=(
            "a simulation of the server's real code with a clock of its own. The tabs "
            f"of a browser poll as one, every {POLL:g} s, as the page's script begins; "
            f"a customer opens a page every {VIEWS:g} s on average and gets a message "
            f"every {NEWS:g} s. Tokens are not counted: a customer costs one",
        ),
    )


class _Clock:
    """The simulation's time, in seconds."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


class _Client:
    """A vendor that counts how often it is asked."""

    def __init__(self) -> None:
        self.calls = 0

    def count_unread(self, use: TokenUse, _: Deadline) -> int:
        self.calls += 1
        use.left = "next"
        return 1


class _Play:
    """An app whose store and counts have the simulation's time.

    :param hears_news: whether the vendor's webhook tells of new messages.
    """

    def __init__(self, *, hears_news: bool) -> None:
        self._chance = random.Random(14)
        self._clock, self._client = _Clock(), _Client()
        self._hears_news = hears_news
        self._app = Flask("simulation")
        self._app.config.update(SECRET_KEY="simulation", APP_INBOX_API_KEY="key")
        AppInbox(self._app)
        state: State = self._app.extensions[EXTENSION]
        store, keys = MemoryStore(clock=self._clock), Encryptor([Fernet.generate_key()])
        inboxes: Any = state.inboxes
        self._counts = Counts(store, hold=5, hears_news=hears_news, clock=self._clock)
        inboxes = replace(
            inboxes,
            client=self._client,
            chains=TokenChains(SteadyStore(store, ""), lambda: keys, hold=5),
            counts=self._counts,
        )
        with self._app.app_context():
            later = PerProcess(lambda: inboxes, remembers=False)
            state = replace(state, later_inboxes=later)
            self._readers = [
                reader_of(state, Contact("", "", number), inboxes.deadline())
                for number in range(CUSTOMERS)
            ]
        for who in (reader.key.who for reader in self._readers):
            store.put(f"token:{who}", keys.encrypt([who, "first"]).encode(), 1e6)

    def run(self) -> int:
        """Play, and return how often the vendor was asked."""
        waiting: list[tuple[float, int, str]] = []
        polls: dict[int, float] = {}
        for customer in range(CUSTOMERS):
            for what, pause in (("view", VIEWS), ("news", NEWS)):
                start = self._chance.uniform(0, pause)
                heapq.heappush(waiting, (start, customer, what))
        with self._app.app_context():
            while waiting[0][0] < MINUTES * 60:
                at, customer, what = heapq.heappop(waiting)
                self._clock.now = 1_000_000.0 + at
                if what == "poll" and polls[customer] != at:
                    continue  # another page has begun to poll
                for next_what, pause in self._happen(what, customer):
                    heapq.heappush(waiting, (at + pause, customer, next_what))
                    if next_what == "poll":
                        polls[customer] = at + pause
        return self._client.calls

    def _happen(self, what: str, customer: int) -> Iterator[tuple[str, float]]:
        """Let something happen; yield what follows, and after how many seconds."""
        reader = self._readers[customer]
        if what == "news":
            if self._hears_news:
                self._counts.forget(reader.key)
            yield "news", NEWS
            return
        # A page whose count the server knew does not ask at once.
        if what == "poll" or known_count(reader.state, reader.contact) is None:
            find_count(reader, reader.inboxes.deadline())
        yield "poll", POLL
        if what == "view":
            yield "view", self._chance.expovariate(1 / VIEWS)

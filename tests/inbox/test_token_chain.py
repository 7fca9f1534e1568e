"""The server's own tokens: used once, handed on, never shared."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.fernet import Fernet

from flask_app_inbox import (
    StorageError,
    VendorInvalid,
    VendorRejected,
    VendorTimeout,
    VendorUnavailable,
)
from flask_app_inbox.client.deadline import Deadline
from flask_app_inbox.client.messages import TokenUse
from flask_app_inbox.inbox.token_chain import PLACES, TokenChains, UnknownContact
from flask_app_inbox.sandbox.tokens import MODES, Tokens
from flask_app_inbox.web.encryption import Encryptor
from flask_app_inbox.web.shared_store import MemoryStore, SharedStore
from flask_app_inbox.web.steady_store import SteadyStore
from tests.fixtures.waiting import wait_until

KEYS = Encryptor([Fernet.generate_key()])
ANN = "ann's key"


class Vendor:
    """A vendor of one contact, with the sandbox's tokens."""

    def __init__(self, mode: str = "rotating") -> None:
        self.tokens = Tokens()
        self.tokens.mode = mode
        self.issued = 0
        self.refused = 0
        self.served = 0

    def issue(self) -> str:
        self.issued += 1
        return self.tokens.issue(1)

    def call(self, use: TokenUse) -> str:
        token = use.left or ""
        use.left = None
        found = self.tokens.use(token)
        if found is None:
            self.refused += 1
            raise VendorRejected("the vendor answered 401", status=401)
        self.served += 1
        use.left = found.successor
        return "served"


def make(store: SharedStore, encryptor: Encryptor = KEYS) -> TokenChains:
    steady = SteadyStore(store, "Nothing is shared")
    return TokenChains(steady, lambda: encryptor, hold=30)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture(params=MODES)
def vendor(request: pytest.FixtureRequest) -> Vendor:
    return Vendor(request.param)


def ask(
    chains: TokenChains,
    issue: Callable[[], str],
    call: Callable[[TokenUse], str],
    seconds: float = 20,
) -> str:
    with chains.borrow(ANN, Deadline(seconds), issue) as chain:
        return chain.ask(call)


def test_a_token_is_issued_once_and_handed_on(
    store: MemoryStore, vendor: Vendor
) -> None:
    chains = make(store)
    for _ in range(10):
        assert ask(chains, vendor.issue, vendor.call) == "served"
    assert (vendor.issued, vendor.refused, vendor.served) == (1, 0, 10)


def test_several_calls_go_through_one_borrowed_chain(
    store: MemoryStore, vendor: Vendor
) -> None:
    with make(store).borrow(ANN, Deadline(5), vendor.issue) as chain:
        assert [chain.ask(vendor.call) for _ in range(3)] == ["served"] * 3
    assert vendor.issued == 1


def test_a_call_says_whose_it_is(store: MemoryStore) -> None:
    heard = []
    with make(store).borrow(ANN, Deadline(5), lambda: "new") as chain:
        chain.ask(lambda use: heard.append(use.value))
    assert heard == [ANN]


def test_a_dead_token_is_replaced_once(store: MemoryStore, vendor: Vendor) -> None:
    chains = make(store)
    ask(chains, vendor.issue, vendor.call)
    vendor.tokens.invalidate()
    assert ask(chains, vendor.issue, vendor.call) == "served"
    assert (vendor.issued, vendor.refused) == (2, 1)


def test_a_vendor_that_refuses_its_own_tokens_is_asked_twice_and_no_more(
    store: MemoryStore,
) -> None:
    vendor = Vendor()

    def refuse(use: TokenUse) -> str:
        use.left = "what came with the refusal"
        raise VendorRejected("the vendor answered 401", status=401)

    for _ in range(2):
        with pytest.raises(VendorInvalid, match="MESSAGES_URL") as raised:
            ask(make(store), vendor.issue, refuse)
        assert raised.value.retryable
    assert vendor.issued == 4
    assert store.take(f"token:{ANN}") is None


def test_a_refusal_to_issue_is_no_refusal_of_a_token(store: MemoryStore) -> None:
    calls = 0

    def refuse() -> str:
        nonlocal calls
        calls += 1
        raise VendorRejected("the vendor answered 401", status=401)

    with pytest.raises(VendorRejected):
        ask(make(store), refuse, Vendor().call)
    assert calls == 1


def test_another_refusal_is_passed_on_and_costs_no_token(store: MemoryStore) -> None:
    vendor, chains = Vendor(), make(store)

    def refuse(use: TokenUse) -> str:
        vendor.call(use)
        raise VendorRejected("the vendor answered 403", status=403)

    with pytest.raises(VendorRejected):
        ask(chains, vendor.issue, refuse)
    ask(chains, vendor.issue, vendor.call)
    assert vendor.issued == 1


def test_a_call_that_may_have_used_its_token_up_costs_one(store: MemoryStore) -> None:
    vendor, chains = Vendor(), make(store)

    def silence(use: TokenUse) -> str:
        use.left = None
        raise VendorTimeout("no answer")

    with pytest.raises(VendorTimeout):
        ask(chains, vendor.issue, silence)
    ask(chains, vendor.issue, vendor.call)
    assert (vendor.issued, vendor.refused) == (2, 0)


def test_nobody_asks_for_a_contact_whom_the_vendor_does_not_know(
    store: MemoryStore,
) -> None:
    with pytest.raises(UnknownContact):
        ask(make(store), lambda: "", Vendor().call)
    assert store.take(f"token:{ANN}") is None


def test_a_waiting_token_is_encrypted_and_of_one_contact(store: MemoryStore) -> None:
    vendor, chains = Vendor("long-lived"), make(store)
    ask(chains, vendor.issue, vendor.call)
    kept = store.get(f"token:{ANN}")
    assert kept is not None
    assert not any(token.encode() in kept for token in vendor.tokens._owners)
    # Somebody puts it in another one's place.
    store.put("token:ben's key", kept, 60)
    issued = []
    with chains.borrow("ben's key", Deadline(5), lambda: "new") as chain:
        chain.ask(lambda use: issued.append(use.left))
    assert issued == ["new"]


@pytest.mark.parametrize("kept", [b"", b"\xff", b"gAAAAA", b"{}"])
def test_what_cannot_be_decrypted_counts_as_missing(
    store: MemoryStore, kept: bytes
) -> None:
    vendor = Vendor()
    store.put(f"token:{ANN}", kept, 60)
    ask(make(store), vendor.issue, vendor.call)
    ask(make(store, Encryptor([Fernet.generate_key()])), vendor.issue, vendor.call)
    assert (vendor.issued, vendor.refused) == (2, 0)


@pytest.fixture(params=["one process", "processes"])
def sites(request: pytest.FixtureRequest, store: MemoryStore) -> list[TokenChains]:
    """What the threads of a test ask: one site, or four that share a store."""
    return [make(store) for _ in range(1 if request.param == "one process" else 4)]


def test_those_who_ask_at_once_wait_for_each_other(
    sites: list[TokenChains], vendor: Vendor
) -> None:
    inside = most = 0

    def call(use: TokenUse) -> str:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        threading.Event().wait(0.002)
        inside -= 1
        return vendor.call(use)

    def visit(number: int) -> str:
        return ask(sites[number % len(sites)], vendor.issue, call)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(visit, range(80))) == {"served"}
    assert most == 1
    assert (vendor.issued, vendor.refused, vendor.served) == (1, 0, 80)


def test_a_process_that_dies_with_a_chain_costs_one_token_and_some_patience(
    store: MemoryStore, vendor: Vendor
) -> None:
    dying, other = make(store), make(store)
    ask(other, vendor.issue, vendor.call)
    with dying.borrow(ANN, Deadline(5), vendor.issue) as chain:
        chain.ask(vendor.call)
        # It never comes to the end of the block.
        start = time.monotonic()
        assert ask(other, vendor.issue, vendor.call, seconds=1) == "served"
        assert 0.4 < time.monotonic() - start < 1
        assert vendor.issued == 2


def test_a_thread_that_waits_too_long_says_so(
    store: MemoryStore, vendor: Vendor
) -> None:
    chains = make(store)
    with (
        chains.borrow(ANN, Deadline(5), vendor.issue),
        pytest.raises(VendorTimeout, match="another request"),
    ):
        ask(chains, vendor.issue, vendor.call, seconds=0.05)
    assert ask(chains, vendor.issue, vendor.call) == "served"


def test_no_more_wait_for_a_chain_than_may(store: MemoryStore, vendor: Vendor) -> None:
    chains, inside, over = make(store), threading.Semaphore(0), threading.Event()

    def slow(use: TokenUse) -> str:
        inside.release()
        over.wait(10)
        return vendor.call(use)

    with ThreadPoolExecutor(PLACES) as pool:
        calls = [pool.submit(ask, chains, vendor.issue, slow) for _ in range(PLACES)]
        inside.acquire()
        wait_until(lambda: chains._turns._queues.get().by_key[ANN].members == PLACES)
        with pytest.raises(VendorUnavailable, match="too many") as raised:
            ask(chains, vendor.issue, vendor.call)
        assert raised.value.retry_after == 1
        over.set()
        assert {call.result() for call in calls} == {"served"}
    assert ask(chains, vendor.issue, vendor.call) == "served"


def test_a_turn_that_passed_to_another_is_not_ended(store: MemoryStore) -> None:
    chains = make(store)
    with chains.borrow(ANN, Deadline(5), Vendor().issue):
        store.put(f"turn:{ANN}", b"another one's", 60)
    assert store.get(f"turn:{ANN}") == b"another one's"


class Late(MemoryStore):
    """A store that can be too late: it says that it failed, and keeps all the same."""

    is_late = False

    def put(
        self, key: str, value: bytes, seconds: float, *, within: float = math.inf
    ) -> None:
        super().put(key, value, seconds, within=within)
        if self.is_late:
            raise StorageError("Redis does not answer", retryable=True)


def test_a_token_that_may_be_in_the_store_is_nowhere_else() -> None:
    store, vendor = Late(), Vendor()
    here, there = make(store), make(store)
    ask(here, vendor.issue, vendor.call)
    store.is_late = True
    # Its successor reaches the store, though nobody hears of it.
    ask(here, vendor.issue, vendor.call)
    store.is_late = False
    for chains in (here, there, here):
        # The turn could not be given back, so others wait a while.
        ask(chains, vendor.issue, vendor.call, seconds=1)
    assert (vendor.issued, vendor.refused) == (2, 0)


def test_a_token_is_handed_on_after_the_requests_time_too(
    store: MemoryStore, vendor: Vendor
) -> None:
    chains = make(store)

    def slow(use: TokenUse) -> str:
        threading.Event().wait(0.06)
        return vendor.call(use)

    ask(chains, vendor.issue, slow, seconds=0.05)
    ask(chains, vendor.issue, vendor.call)
    assert vendor.issued == 1


@pytest.fixture(autouse=True)
def _end(store: MemoryStore) -> Iterator[None]:
    yield
    turns = [key for key in store._kept.get().lives if key.startswith("turn:")]
    assert [
        key for key in turns if store.get(key) not in (None, b"another one's")
    ] == []

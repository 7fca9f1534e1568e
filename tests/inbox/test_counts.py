"""Counts that are kept: for how long, for whom, and what ends them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest
from flask import Flask

from flask_app_inbox import (
    AppInbox,
    Contact,
    VendorRejected,
    VendorTimeout,
    VendorUnavailable,
)
from flask_app_inbox.client.deadline import Deadline
from flask_app_inbox.client.messages import MessagesClient
from flask_app_inbox.inbox import counting
from flask_app_inbox.inbox import counts as counts_module
from flask_app_inbox.inbox.contact_key import ContactKey, contact_key
from flask_app_inbox.inbox.counting import find_count, known_count
from flask_app_inbox.inbox.counts import (
    FRESH,
    FRESH_WITH_WEBHOOK,
    KEEP,
    NEAR_LIST,
    RECENT,
    TOO_OLD_FOR_PAGES,
    Count,
    Counts,
)
from flask_app_inbox.inbox.reading import Reader, mark_read, reader_of
from flask_app_inbox.inbox.rests import REST, Rests
from flask_app_inbox.inbox.token_chain import PLACES
from flask_app_inbox.testing import VendorDouble
from flask_app_inbox.web.shared_store import MemoryStore
from tests.conftest import MakeApp, state_of
from tests.fixtures.clock import Clock

ANN = Contact(email="ann@example.com", external_customer_id=7)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make(clock: Clock) -> Callable[..., Counts]:
    store = MemoryStore(clock=clock)
    return lambda **options: Counts(store, hold=5, clock=clock, **options)


@pytest.fixture
def key_of(make_app: MakeApp) -> Callable[..., ContactKey]:
    app = make_app()

    def key(contact: Contact, connection: str = "", identity: str = "") -> ContactKey:
        settings = state_of(app).settings
        return contact_key(app, settings, contact, connection, identity)

    return key


KeyOf = Callable[..., ContactKey]
Make = Callable[..., Counts]


def test_a_count_is_good_for_a_while(make: Make, key_of: KeyOf, clock: Clock) -> None:
    counts, key = make(), key_of(ANN)
    assert counts.find(key, 1) is None
    counts.keep(key, 3, "", 1)
    clock.now += FRESH - 1
    found = counts.find(key, 1)
    assert found is not None
    assert (found.unread, found.is_late) == (3, False)
    clock.now += 1
    assert counts.find(key, 1) is None
    last = counts.last(key, 1)
    assert last is not None
    assert (last.unread, last.at) == (3, clock.now - FRESH)
    clock.now += KEEP
    assert counts.last(key, 1) is None


def test_it_is_good_for_longer_where_the_webhook_tells_of_changes(
    make: Make, key_of: KeyOf, clock: Clock
) -> None:
    counts = make(hears_news=True)
    # The webhook names contacts by their external ids alone.
    told, other = key_of(ANN), key_of(Contact(email="ben@example.com"))
    counts.keep(told, 3, "", 1)
    counts.keep(other, 3, "", 1)
    clock.now += FRESH
    assert counts.find(told, 1) is not None
    assert counts.find(other, 1) is None
    clock.now += FRESH_WITH_WEBHOOK
    assert counts.find(told, 1) is None


def test_news_of_a_contact_end_their_counts(make: Make, key_of: KeyOf) -> None:
    counts = make(hears_news=True)
    here, there = key_of(ANN), key_of(ANN, "another connection")
    for key in (here, there):
        counts.keep(key, 3, "", 1)
    # The webhook knows neither the email nor the connection.
    counts.forget(key_of(Contact(external_customer_id=7)))
    for key in (here, there):
        assert counts.find(key, 1) is None
        assert counts.last(key, 1) is not None


def test_a_count_that_was_asked_for_before_the_news_is_not_good(
    make: Make, key_of: KeyOf, clock: Clock
) -> None:
    counts, key = make(hears_news=True), key_of(ANN)
    before = counts.news(key, 1)
    counts.forget(key)
    counts.keep(key, 3, before, 1)
    assert counts.find(key, 1) is None
    counts.keep(key, 4, counts.news(key, 1), 1)
    assert counts.find(key, 1) is not None
    # The vendor may have told of the message before it counted it.
    clock.now += FRESH
    assert counts.find(key, 1) is None
    clock.now += RECENT
    counts.keep(key, 4, counts.news(key, 1), 1)
    clock.now += FRESH
    assert counts.find(key, 1) is not None


def test_nobody_gets_the_count_of_somebody_who_shares_an_identifier(
    make: Make, key_of: KeyOf
) -> None:
    counts = make()
    counts.keep(key_of(ANN), 3, "", 1)
    for other in (
        key_of(Contact(external_customer_id=7)),
        key_of(Contact(external_customer_id=7, email="ben@example.com")),
        key_of(ANN, "another connection"),
        key_of(ANN, "", "another account"),
    ):
        assert counts.find(other, 1) is None
        assert counts.last(other, 1) is None


@pytest.mark.parametrize(
    "kept",
    [b"", b"\xff", b"[]", b"{}", b'["y", 1.0, true, ""]', b'[1, "now", true, ""]'],
)
def test_what_is_no_count_is_none(clock: Clock, key_of: KeyOf, kept: bytes) -> None:
    store = MemoryStore(clock=clock)
    key = key_of(ANN)
    store.put(f"count:{key.who}", kept, 60)
    assert Counts(store, hold=5, clock=clock).find(key, 1) is None


def test_a_page_begins_with_the_last_count_unless_that_is_old(
    make: Make, key_of: KeyOf, clock: Clock
) -> None:
    counts, key = make(), key_of(ANN)
    assert counts.for_page(key, 1) is None
    counts.keep(key, 3, "", 1)
    for _ in range(2):
        found = counts.for_page(key, 1)
        assert found is not None
        assert found.unread == 3
        clock.now += TOO_OLD_FOR_PAGES / 2
    clock.now += 1
    assert counts.for_page(key, 1) is None


def test_one_of_those_who_ask_at_once_asks_the_vendor(
    make: Make, key_of: KeyOf, clock: Clock
) -> None:
    counts, key = make(), key_of(ANN)
    assert counts.claim(key, 1)
    assert not counts.claim(key, 1)
    counts.give_up(key, 1)
    assert counts.claim(key, 1)
    clock.now += 5  # it has died
    assert counts.claim(key, 1)


def test_keys_are_opaque_and_of_one_site_and_account(make_app: MakeApp) -> None:
    def names(**settings: Any) -> tuple[str, ...]:
        secret = settings.pop("SECRET_KEY", "shop")
        app = make_app(config={"SECRET_KEY": secret}, **settings)
        key = contact_key(app, state_of(app).settings, ANN, "")
        return key.who, *key.names

    ours = names()
    assert "ann" not in "".join(ours)
    assert len(set(ours)) == 3
    others: list[dict[str, Any]] = [
        {"SECRET_KEY": "another"},
        {"API_KEY": "another"},
        {"API_URL": "https://another.test/api"},
        {"MESSAGES_URL": "https://another.test/appinbox"},
    ]
    for settings in others:
        assert not set(names(**settings)) & set(ours)


# Those who ask at once


def test_many_tabs_that_ask_at_once_cost_one_call(
    make_app: MakeApp, app_inbox_vendor: VendorDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(WIDGET="site")
    app_inbox_vendor.has_messages(["one"])
    count = app_inbox_vendor._inbox.count

    def slow(sent: object) -> object:
        threading.Event().wait(0.2)
        return count(sent)  # type: ignore[arg-type] # as it came

    monkeypatch.setattr(app_inbox_vendor._inbox, "count", slow)
    with app.app_context():
        pass

    def ask(_: int) -> int:
        told = app.test_client().get("/app-inbox/unread").json or {}
        return int(told["unread"])

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(24))) == [1] * 24
    assert [one.path for one in app_inbox_vendor.requests].count(
        "/v1/messages/count"
    ) == 1


def test_if_whoever_asks_has_died_another_one_asks(
    make_app: MakeApp, app_inbox_vendor: VendorDouble
) -> None:
    app = make_app(WIDGET="site", TIMEOUT=0.5)
    app_inbox_vendor.has_messages(["one"])
    with app.app_context():
        reader = reader_of(state_of(app), ANN, Deadline(1))
        reader.inboxes.counts.claim(reader.key, 1)
        found = find_count(reader, reader.inboxes.deadline(), sleep=lambda _: None)
    assert (found.unread, found.is_late) == (1, False)


def test_whoever_waits_for_too_long_gets_the_last_count(
    make_app: MakeApp, app_inbox_vendor: VendorDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(WIDGET="site", TIMEOUT=0.5)
    app_inbox_vendor.has_messages(["one"])
    monkeypatch.setattr(counts_module, "FRESH", 0.0)
    with app.app_context():
        reader = reader_of(state_of(app), ANN, Deadline(1))
        find_count(reader, reader.inboxes.deadline())
        reader.inboxes.counts.claim(reader.key, 1)
        found = find_count(reader, reader.inboxes.deadline(), sleep=lambda _: None)
    assert (found.unread, found.is_late) == (1, True)
    assert len(app_inbox_vendor.requests) == 2


def test_whoever_takes_the_one_who_asks_for_dead_gets_what_that_one_hears(
    make_app: MakeApp, app_inbox_vendor: VendorDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(WIDGET="site")
    monkeypatch.setattr(counting, "_PATIENCE", 1.0)  # it waits for nobody
    with app.app_context():
        reader = reader_of(state_of(app), ANN, Deadline(9))
        counts, asks = reader.inboxes.counts, threading.Event()
        news = counts.news

        def begin_to_ask(*given: Any) -> str:
            asks.set()
            return news(*given)

        monkeypatch.setattr(counts, "news", begin_to_ask)
        counts.claim(reader.key, 1)

        def ask() -> Count:
            with app.app_context():
                return find_count(reader, Deadline(9))

        with ThreadPoolExecutor(1) as pool:
            with reader.chain(Deadline(9)):
                other = pool.submit(ask)
                assert asks.wait(9)
                counts.keep(reader.key, 3, "", 1)
            assert other.result(9).unread == 3
    assert app_inbox_vendor.requests == []


def test_a_count_that_somebody_else_has_heard_is_not_replaced_by_an_older_one(
    make: Make, key_of: KeyOf, clock: Clock
) -> None:
    counts, key = make(), key_of(ANN)
    old = counts.keep(key, 3, "", 1)
    clock.now += FRESH
    assert counts.keep_late(key, old, 1).is_late
    clock.now += 1
    counts.keep(key, 4, "", 1)
    kept = counts.keep_late(key, old, 1)
    assert (kept.unread, kept.is_late) == (4, False)
    assert counts.find(key, 1) == kept


def test_no_more_wait_for_a_count_than_may(
    make_app: MakeApp, app_inbox_vendor: VendorDouble
) -> None:
    app = make_app(WIDGET="site")
    with app.app_context(), ExitStack() as others:
        reader = reader_of(state_of(app), ANN, Deadline(9))
        counts, places = reader.inboxes.counts, reader.inboxes.places
        counts.claim(reader.key, 1)
        for _ in range(PLACES):
            others.enter_context(places.hold(reader.key.who))
        with pytest.raises(VendorUnavailable, match="too many") as raised:
            find_count(reader, Deadline(9), sleep=lambda _: pytest.fail("it waits"))
        assert raised.value.retry_after == 1
        counts.keep(reader.key, 3, "", 1)
        counts.drop(reader.key, 1)
        found = find_count(reader, Deadline(9))
        assert (found.unread, found.is_late) == (3, True)
    assert app_inbox_vendor.requests == []


def test_after_a_failure_the_vendor_rests_for_a_few_seconds(
    make_app: MakeApp, app_inbox_vendor: VendorDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(WIDGET="site")
    inbox, clock = AppInbox(), Clock()
    inboxes = state_of(app).inboxes
    assert inboxes is not None
    rests = Rests(MemoryStore(clock=clock), clock=clock)
    monkeypatch.setitem(inboxes.__dict__, "rests", rests)
    app_inbox_vendor.rejects(403)
    with app.app_context():
        for left in (None, REST, 1):
            with pytest.raises(VendorRejected, match="403") as raised:
                inbox.unread_count(ANN)
            assert (raised.value.status, raised.value.retryable) == (403, False)
            assert raised.value.retry_after == left
            clock.now += REST - 1 if left == REST else 0
        assert len(app_inbox_vendor.requests) == 1
        # Others do not rest with them.
        app_inbox_vendor._refusal = None  # and no app is told
        app_inbox_vendor._inbox.fill(["one"])
        assert inbox.unread_count(Contact("ben@example.com")) == 1
        clock.now += 1
        assert inbox.unread_count(ANN) == 1


@pytest.mark.parametrize("kept", [b"", b"{}", b"[]", b'["", "", 1, true, "now"]'])
def test_what_is_no_failure_gives_the_vendor_no_rest(
    key_of: KeyOf, kept: bytes
) -> None:
    store, key = MemoryStore(), key_of(ANN)
    store.put(f"rest:{key.who}", kept, 60)
    assert Rests(store).find(key, 1) is None


def test_the_webhook_of_the_vendor_can_void_a_count(
    make_app: MakeApp, app_inbox_vendor: VendorDouble
) -> None:
    app = make_app(WIDGET="site")
    inbox = AppInbox()
    inboxes, told = state_of(app).inboxes, Contact(external_customer_id="7")
    assert inboxes is not None
    counts = inboxes.counts
    counts._hears_news = True
    with app.app_context():
        assert inbox.unread_count(ANN) == 0
        app_inbox_vendor._inbox.fill(["one"])  # and no app is told
        assert inbox.unread_count(ANN) == 0
        counts.forget(contact_key(app, state_of(app).settings, told, ""))
        assert inbox.unread_count(ANN) == 1


@pytest.mark.parametrize("hears_news", [True, False])
def test_a_mark_ends_the_counts_under_the_contacts_other_identifiers(
    make_app: MakeApp, app_inbox_vendor: VendorDouble, hears_news: bool
) -> None:
    app = make_app(WIDGET="site")
    inbox = AppInbox()
    inboxes, other = state_of(app).inboxes, Contact(external_customer_id="7")
    assert inboxes is not None
    inboxes.counts._hears_news = hears_news
    app_inbox_vendor.has_messages([{"id": "m1"}, {"id": "m2"}, {"id": "m3"}])

    with app.app_context():
        assert inbox.unread_count(ANN) == inbox.unread_count(other) == 3
        inbox.mark_read(other, ["m1"])
        calls = len(app_inbox_vendor.requests)
        # The one who marked need not ask.
        assert inbox.unread_count(other) == 2
        assert len(app_inbox_vendor.requests) == calls
        assert inbox.unread_count(ANN) == (2 if hears_news else 3)
        inbox.mark_read(other)
        assert inbox.unread_count(other) == 0
        assert inbox.unread_count(ANN) == (0 if hears_news else 3)


def test_a_page_that_comes_while_a_mark_is_on_its_way_asks_again(
    make_app: MakeApp,
    app_inbox_vendor: VendorDouble,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app, inbox = make_app(WIDGET="site"), AppInbox()
    app_inbox_vendor.has_messages([{"id": "m1"}, {"id": "m2"}])
    seen: list[bool] = []
    mark_read = MessagesClient.mark_read

    def look(client: MessagesClient, *given: Any) -> None:
        known = known_count(state_of(app), ANN)
        assert known is not None
        seen.append(known.is_late)
        mark_read(client, *given)

    monkeypatch.setattr(MessagesClient, "mark_read", look)
    with app.app_context():
        assert inbox.unread_count(ANN) == 2
        inbox.mark_read(ANN)
        known = known_count(state_of(app), ANN)
    assert seen == [True]
    assert known is not None
    assert (known.unread, known.is_late) == (0, False)


def test_a_page_after_the_list_asks_again_since_a_click_may_mark_and_lead_to_it(
    make_app: MakeApp, app_inbox_vendor: VendorDouble
) -> None:
    app = make_app(WIDGET="site", loader=lambda: ANN)
    client = app.test_client()
    app_inbox_vendor.has_messages([{"id": "m1"}, {"id": "m2"}])

    def known() -> tuple[int, bool]:
        with app.app_context():
            count = known_count(state_of(app), ANN)
        assert count is not None
        return count.unread, count.is_late

    def is_asked(method: str, path: str, **options: Any) -> bool:
        calls = len(app_inbox_vendor.requests)
        answer = client.open(f"/app-inbox/{path}", method=method, **options)
        assert answer.status_code == 200
        return len(app_inbox_vendor.requests) > calls

    assert is_asked("GET", "unread")
    assert known() == (2, False)
    assert is_asked("GET", "messages")
    assert known() == (2, True)
    # The page's question costs the vendor nothing while nobody has marked.
    assert not is_asked("GET", "unread")
    assert known() == (2, True)
    assert is_asked("POST", "messages/read", json={"ids": ["m1"]})
    assert known() == (1, False)


def test_that_ends_with_the_time_in_which_somebody_clicks(
    make: Make, key_of: KeyOf, clock: Clock
) -> None:
    counts, key = make(hears_news=True), key_of(ANN)
    counts.keep(key, 3, "", 1, has_list=True)
    for passes, is_late in ((0, True), (NEAR_LIST - 1, True), (1, False)):
        clock.now += passes
        known = counts.for_page(key, 1)
        assert known is not None
        assert known.is_late == is_late
        # Whoever asks is told a count that is good.
        found = counts.find(key, 1)
        assert found is not None
        assert not found.is_late


# A vendor that takes all the time there is


@pytest.fixture
def hang(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Callable[[str], list[str]]:
    """Let calls of the client last until the deadline is over; return those made."""

    def begin(call: str) -> list[str]:
        made: list[str] = []

        def take_all(*_: object, **__: object) -> None:
            made.append(call)
            clock.now += 60
            error = VendorTimeout("no answer in time")
            error.may_have_worked = True
            raise error

        monkeypatch.setattr(MessagesClient, call, take_all)
        return made

    return begin


def ask_in_time(app: Flask, clock: Clock) -> tuple[Reader, Deadline]:
    deadline = Deadline(3, clock=clock)
    return reader_of(state_of(app), ANN, deadline), deadline


@pytest.mark.parametrize("hears_news", [True, False])
def test_a_count_is_asked_for_again_after_a_mark_that_nobody_knows_of(
    make_app: MakeApp,
    app_inbox_vendor: VendorDouble,
    clock: Clock,
    hang: Callable[[str], list[str]],
    monkeypatch: pytest.MonkeyPatch,
    hears_news: bool,
) -> None:
    app, inbox = make_app(WIDGET="site"), AppInbox()
    inboxes, other = state_of(app).inboxes, Contact(external_customer_id="7")
    assert inboxes is not None
    inboxes.counts._hears_news = hears_news
    app_inbox_vendor.has_messages(["one", "two"])
    with app.app_context():
        reader, deadline = ask_in_time(app, clock)
        assert inbox.unread_count(other) == 2
        hang("mark_read")
        drop = Counts.drop

        def drop_while_others_ask(*given: Any) -> None:
            drop(*given)
            if deadline.remaining():  # the mark is on its way
                news = inboxes.counts.news(reader.key, 1)
                inboxes.counts.keep(reader.key, 2, news, 1)

        monkeypatch.setattr(Counts, "drop", drop_while_others_ask)
        with pytest.raises(VendorTimeout):
            mark_read(reader, deadline, None)
        # The vendor has done it.
        app_inbox_vendor._inbox.fill([])
        assert inbox.unread_count(ANN) == 0
        assert inbox.unread_count(other) == (0 if hears_news else 2)


def test_a_count_is_asked_for_again_after_a_mark_whose_count_took_too_long(
    make_app: MakeApp,
    app_inbox_vendor: VendorDouble,
    clock: Clock,
    hang: Callable[[str], list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app, inbox = make_app(WIDGET="site"), AppInbox()
    inboxes = state_of(app).inboxes
    assert inboxes is not None
    app_inbox_vendor.has_messages([{"id": "m1"}, {"id": "m2"}])
    with app.app_context():
        reader, deadline = ask_in_time(app, clock)
        mark, count = MessagesClient.mark_read, MessagesClient.count_unread

        def mark_while_others_ask(*given: Any) -> None:
            inboxes.counts.keep(reader.key, 2, "", 1)
            mark(*given)

        monkeypatch.setattr(MessagesClient, "mark_read", mark_while_others_ask)
        hang("count_unread")
        assert mark_read(reader, deadline, ["m1"]) is None
        monkeypatch.setattr(MessagesClient, "count_unread", count)
        assert inbox.unread_count(ANN) == 1


def test_the_last_count_serves_while_the_vendor_hangs(
    make_app: MakeApp,
    app_inbox_vendor: VendorDouble,
    clock: Clock,
    hang: Callable[[str], list[str]],
) -> None:
    app, inbox = make_app(WIDGET="site"), AppInbox()
    inboxes = state_of(app).inboxes
    assert inboxes is not None
    app_inbox_vendor.has_messages(["one", "two"])
    with app.app_context():
        assert inbox.unread_count(ANN) == 2
        reader, deadline = ask_in_time(app, clock)
        inboxes.counts.drop(reader.key, 1)
        asked = hang("count_unread")
        for each in (deadline, Deadline(1000, clock=clock)):
            count = find_count(reader, each)
            assert (count.unread, count.is_late) == (2, True)
        assert asked == ["count_unread"]
        assert inboxes.counts.claim(reader.key, 1), "somebody asks still"

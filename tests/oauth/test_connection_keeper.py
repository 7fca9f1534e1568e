"""Keeping a connection alive: when a refresh begins, and what becomes of failures."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import current_app
from sqlalchemy import event

from flask_app_inbox import (
    Contact,
    ReconnectNeeded,
    StorageError,
    VendorInvalid,
    VendorRateLimited,
    VendorRejected,
    VendorTimeout,
    VendorUnavailable,
    per_process,
)
from flask_app_inbox.client.deadline import Deadline
from flask_app_inbox.oauth.client import Tokens
from flask_app_inbox.oauth.keeper import ConnectionKeeper
from flask_app_inbox.oauth.locked import LockedConnection
from flask_app_inbox.oauth.pace import leeway, pause_after, pause_left
from flask_app_inbox.oauth.store import TokenStore
from flask_app_inbox.signals import connection_lost
from tests.fixtures.waiting import wait_until
from tests.oauth.conftest import MakeSite, connect
from tests.oauth.test_processes import let_the_token_die
from tests.oauth.vendor import Vendor

DAY = 86400.0


@pytest.fixture
def lost() -> Iterator[list[tuple[Any, ...]]]:
    """What the signal told."""
    heard: list[tuple[Any, ...]] = []

    def listen(sender: Any, **details: Any) -> None:
        assert current_app.name == sender.name
        heard.append((details["connection"], details["reason"]))

    connection_lost.connect(listen)
    yield heard
    connection_lost.disconnect(listen)


def test_a_fresh_token_is_lent_without_a_refresh(
    vendor: Vendor, make_site: MakeSite
) -> None:
    site = make_site(connected=True)
    for _ in range(3):
        assert site.token() == (200, "")
    site.wait_for_refresh()
    assert vendor.refreshes() == 0


@pytest.mark.alone
def test_a_refresh_begins_before_the_end_and_nobody_waits_for_it(
    vendor: Vendor, make_site: MakeSite
) -> None:
    site = make_site(connected=True)
    row = site.row()
    site.shift_expiry(time.time() + 60 - row.expires_at)
    vendor.fault(route="oauth_token", kind="delay", seconds=2)
    began = time.monotonic()
    for _ in range(3):
        assert site.token() == (200, "")
    assert time.monotonic() - began < 2
    assert site.row().generation == row.generation
    site.wait_for_refresh()
    assert site.row().generation == row.generation + 1
    assert vendor.refreshes() == 1
    assert site.token() == (200, "")


def test_the_leeway_is_a_part_of_short_lives_and_differs_between_processes(
    make_site: MakeSite,
) -> None:
    row = make_site(connected=True).row()
    assert leeway(row, 1.0) == 3600
    object.__setattr__(row, "expires_at", row.issued_at + 10)
    assert leeway(row, 1.0) == pytest.approx(1)
    assert leeway(row, 0.5) == pytest.approx(0.5)


@pytest.mark.parametrize("ends_old", [False, True])
def test_a_token_that_is_refused_is_renewed_once_and_the_call_made_again(
    vendor: Vendor, make_site: MakeSite, ends_old: bool
) -> None:
    vendor.configure(refresh_ends_access_token=ends_old)
    site = make_site(connected=True)
    vendor.control("DELETE", "oauth/tokens")
    assert site.token() == (200, "")
    assert vendor.refreshes() == 1
    asked = [path for path in vendor.paths() if path.endswith("contact/token")]
    assert len(asked) == 2


def test_threads_that_are_refused_together_share_one_refresh(
    vendor: Vendor, make_site: MakeSite
) -> None:
    site = make_site(connected=True, TIMEOUT=20.0)
    vendor.control("DELETE", "oauth/tokens")
    vendor.fault(route="oauth_token", kind="delay", seconds=0.5)
    answers: list[str] = []

    def ask() -> None:
        with site.app.app_context():
            answers.append(site.inbox.issue_token(Contact(email="ann@example.com")))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == [""] * 6
    assert vendor.refreshes() == 1


def test_a_vendor_that_refuses_new_tokens_is_not_asked_for_more(
    vendor: Vendor, make_site: MakeSite
) -> None:
    site = make_site(connected=True)
    vendor.fault(route="token", kind="status", status=401, times=None)
    for _ in range(3):
        assert site.token() == (502, "vendor_rejected")
    assert vendor.refreshes() == 1
    vendor.clear_faults()
    assert site.token() == (200, "")
    assert vendor.refreshes() == 1


def test_an_app_without_the_right_is_told_which_one_is_missing(
    vendor: Vendor, make_site: MakeSite, caplog: pytest.LogCaptureFixture
) -> None:
    vendor.register(rights="events")
    site = make_site(connected=True)
    assert site.token() == (502, "vendor_rejected")
    assert "'full access to the API'" in caplog.text
    with site.app.app_context(), pytest.raises(VendorRejected) as caught:
        site.inbox.sync_contact(Contact(email="ann@example.com"))
    assert "'events and contacts'" in str(caught.value)
    assert vendor.refreshes() == 0


def test_a_403_after_a_refresh_is_told_too(vendor: Vendor, make_site: MakeSite) -> None:
    vendor.register(rights="messages")
    site = make_site(connected=True)
    vendor.control("DELETE", "oauth/tokens")
    with site.app.app_context(), pytest.raises(VendorRejected, match="needs the right"):
        site.inbox.issue_token(Contact(email="ann@example.com"))


def test_a_connection_that_the_owner_ended_is_lost_and_told_once(
    vendor: Vendor, make_site: MakeSite, lost: list[tuple[Any, ...]]
) -> None:
    site = make_site(connected=True)
    vendor.control("DELETE", "oauth/connections")
    answer = site.browser.post("/app-inbox/token")
    assert answer.status_code == 503
    assert answer.get_json(force=True)["code"] == "reconnect_needed"
    assert "Retry-After" not in answer.headers
    asked = len(vendor.paths())
    for _ in range(3):
        assert site.token() == (503, "reconnect_needed")
    assert len(vendor.paths()) == asked
    [(name, reason)] = lost
    assert name == "default"
    assert "disconnected at the vendor" in reason


def test_each_receiver_hears_that_a_connection_is_lost(
    vendor: Vendor, make_site: MakeSite, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[str] = []

    def fail(_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    async def write(_: Any, connection: str, **__: Any) -> None:
        await asyncio.sleep(0)
        heard.append(connection)

    async def fail_later(_: Any, **__: Any) -> None:
        raise LookupError

    site = make_site(connected=True)
    vendor.control("DELETE", "oauth/connections")
    with ExitStack() as receivers:
        # They are called in no certain order.
        for receiver in (fail, write, fail_later):
            receivers.enter_context(connection_lost.connected_to(receiver))
        assert site.token() == (503, "reconnect_needed")
    assert heard == ["default"]
    assert caplog.text.count("receiver of the signal app-inbox-connection-lost") == 2


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 500},
        {"kind": "status", "status": 503, "times": 2},
        {"kind": "reset", "when": "before"},
        {"kind": "status", "status": 404},
        {"kind": "status", "status": 429, "retryAfter": 1},
        {"kind": "status", "status": 400, "body": '{"error": "server_error"}'},
    ],
)
def test_a_passing_failure_is_outlasted_in_one_request(
    vendor: Vendor, make_site: MakeSite, fault: dict[str, Any]
) -> None:
    site = make_site(TIMEOUT=20.0)
    let_the_token_die(vendor, site)
    vendor.fault(route="oauth_token", **fault)
    assert site.token() == (200, "")
    assert vendor.refreshes() == 1
    assert site.row().failures == 0


@pytest.mark.alone
def test_a_vendor_that_stays_down_costs_patience_once_and_no_tokens(
    vendor: Vendor, make_site: MakeSite
) -> None:
    site = make_site(TIMEOUT=1.0)
    let_the_token_die(vendor, site)
    tokens = site.row().tokens
    vendor.fault(route="oauth_token", kind="status", status=503, times=None)
    assert site.token()[0] in (503, 504)
    wait_until(lambda: site.row().retry_at > time.time() + 0.6)
    began = time.monotonic()
    answer = site.browser.post("/app-inbox/token")
    assert time.monotonic() - began < 0.9
    assert answer.status_code == 503
    assert answer.get_json(force=True)["code"] == "vendor_unavailable"
    assert answer.headers["Retry-After"]
    row = site.row()
    assert row.state == "connected"
    assert row.tokens.refresh_token == tokens.refresh_token
    assert "answered 503" in row.problem
    vendor.clear_faults()
    site.wait_for_refresh()
    wait_until(lambda: site.token() == (200, ""))
    assert vendor.refreshes() == 1


def test_a_failed_refresh_ahead_of_time_leaves_the_old_token_in_use(
    vendor: Vendor, make_site: MakeSite
) -> None:
    site = make_site(connected=True)
    site.shift_expiry(time.time() + 60 - site.row().expires_at)
    vendor.fault(route="oauth_token", kind="status", status=500, times=None)
    for _ in range(3):
        assert site.token() == (200, "")
    vendor.clear_faults()
    site.wait_for_refresh()


@pytest.mark.parametrize("error", ["invalid_grant", "invalid_token"])
@pytest.mark.parametrize("status", [400, 401])
def test_tokens_that_the_vendor_calls_dead_are_dead(
    vendor: Vendor, make_site: MakeSite, error: str, status: int
) -> None:
    site = make_site(connected=True)
    vendor.fault(
        route="oauth_token", kind="status", status=status, body=f'{{"error":"{error}"}}'
    )
    with pytest.raises(ReconnectNeeded):
        site.oauth.keeper("default").refresh()
    assert site.row().state == "reconnect_needed"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, '{"error":"invalid_client"}'),
        (401, '{"error":"unauthorized_client"}'),
        (401, "Unauthorized"),
        (403, "<h1>Forbidden</h1>"),
    ],
)
def test_wrong_client_credentials_do_not_end_a_connection(
    vendor: Vendor, make_site: MakeSite, status: int, body: str
) -> None:
    site = make_site(connected=True)
    vendor.fault(route="oauth_token", kind="status", status=status, body=body)
    with pytest.raises(VendorRejected):
        site.oauth.keeper("default").refresh()
    assert site.row().state == "connected"
    assert site.oauth.keeper("default").refresh().failures == 0


def test_a_slow_refresh_outlives_the_request_that_waited_for_it(
    vendor: Vendor, make_site: MakeSite
) -> None:
    site = make_site(TIMEOUT=1.0)
    let_the_token_die(vendor, site)
    vendor.fault(route="oauth_token", kind="delay", seconds=2.5)
    assert site.token() == (504, "vendor_timeout")
    site.wait_for_refresh()
    assert site.row().expires_at > time.time() + DAY
    assert vendor.refreshes() == 1


def test_only_some_requests_wait_for_a_refresh(
    vendor: Vendor, make_site: MakeSite
) -> None:
    site = make_site(connected=True)
    oauth = site.oauth
    keeper = ConnectionKeeper("default", oauth.store, oauth.client, max_waiting=1)
    vendor.fault(route="oauth_token", kind="delay", seconds=1)
    lent = keeper.lend(Deadline(1))
    thread = threading.Thread(target=keeper.replace, args=(lent, Deadline(20)))
    thread.start()
    wait_until(lambda: keeper._refreshing.get().running)
    with pytest.raises(VendorUnavailable, match="too many"):
        keeper.replace(lent, Deadline(20))
    thread.join(30)
    assert vendor.refreshes() == 1


@pytest.mark.parametrize("skew", [-600.0, 600.0])
def test_clocks_that_differ_by_minutes_do_no_harm(
    vendor: Vendor, make_site: MakeSite, skew: float
) -> None:
    site = make_site(connected=True)
    oauth = site.oauth

    def clock() -> float:
        return time.time() + skew

    store = TokenStore(oauth.store._database, oauth.store._encryptor, clock=clock)
    other = ConnectionKeeper("default", store, oauth.client, clock=clock)
    mine = oauth.keeper("default")
    # While the token lives, both use it.
    assert other.lend(Deadline(5)) == mine.lend(Deadline(5))
    assert vendor.refreshes() == 0
    # Refused, it is renewed by one of them, and the other one takes that.
    vendor.control("DELETE", "oauth/tokens")
    refused = mine.lend(Deadline(5))
    new = other.replace(refused, Deadline(20))
    assert mine.replace(refused, Deadline(20)) == new
    assert vendor.refreshes() == 1
    # A failure that one notes keeps the other from no more than a minute's pause.
    vendor.fault(route="oauth_token", kind="status", status=503)
    with pytest.raises(VendorUnavailable):
        other.refresh()
    site.shift_expiry(-3 * DAY)
    assert mine.lend(Deadline(20)).generation == new.generation + 1
    assert vendor.refreshes() == 2


@pytest.mark.parametrize("skew", [-600.0, 600.0])
def test_a_short_life_works_with_a_skewed_clock(
    vendor: Vendor, make_site: MakeSite, skew: float
) -> None:
    vendor.configure(access_token_life=0.5)
    site = make_site(connected=True, TIMEOUT=20.0)
    site.shift_expiry(-skew)
    time.sleep(0.5)
    # The next one lives as long as a busy machine may need.
    vendor.configure(access_token_life=DAY)
    assert site.token() == (200, "")
    assert vendor.refreshes() == 1


def test_tokens_are_saved_when_the_database_fails_after_the_vendor_answered(
    vendor: Vendor,
    make_site: MakeSite,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = make_site(DATABASE_URL=database_url, connected=True)
    original = LockedConnection.renew
    failures = [1]

    def failing(self: LockedConnection, *args: Any) -> None:
        original(self, *args)
        if failures:
            failures.pop()
            raise StorageError("the disk is full")

    monkeypatch.setattr(LockedConnection, "renew", failing)
    generation = site.row().generation
    assert site.oauth.keeper("default").refresh().generation == generation + 1
    monkeypatch.undo()
    assert site.oauth.keeper("default").refresh().generation == generation + 2
    assert vendor.connections()[-1]["void"] is None


def test_a_database_that_cannot_be_written_stops_a_refresh_before_the_vendor_is_asked(
    vendor: Vendor, make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_site(connected=True)

    def failing(*_: Any) -> bool:
        raise StorageError("read-only")

    monkeypatch.setattr(TokenStore, "note_refresh", failing)
    with pytest.raises(StorageError):
        site.oauth.keeper("default").refresh()
    assert vendor.refreshes() == 0


def test_a_refresh_that_somebody_else_has_done_is_not_done_again(
    vendor: Vendor, make_site: MakeSite
) -> None:
    site = make_site(connected=True)
    keeper = site.oauth.keeper("default")
    before = site.row().generation
    after = keeper.refresh().generation
    assert keeper._refresh_once(before).generation == after
    assert vendor.refreshes() == 1


def test_a_refresh_meets_a_disconnect(vendor: Vendor, make_site: MakeSite) -> None:
    site = make_site(connected=True)
    keeper = site.oauth.keeper("default")
    generation = site.row().generation
    site.oauth.store.disconnect("default")
    with pytest.raises(ReconnectNeeded):
        keeper._refresh_once(generation)
    assert vendor.refreshes() == 0


def test_each_process_refreshes_at_a_moment_of_its_own(
    vendor: Vendor, make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    oauth = make_site().oauth
    parts = [0.75, 0.25]
    keeper = ConnectionKeeper("x", oauth.store, oauth.client, jitter=parts.pop)
    assert keeper._refreshing.get().share == 0.625
    monkeypatch.setattr(per_process, "_forks", per_process._forks + 1)
    assert keeper._refreshing.get().share == 0.875


def test_a_site_in_the_query_string_form_works_and_logs_no_secret(
    vendor: Vendor, make_site: MakeSite, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    site = make_site(OAUTH_FORM="query")
    connect(vendor, site)
    tokens = site.row().tokens
    site.oauth.keeper("default").refresh()
    assert site.token() == (200, "")
    for secret in (vendor.client_secret, tokens.refresh_token, tokens.code):
        assert secret not in caplog.text


def test_the_pauses_between_failures_grow_to_a_minute() -> None:
    error = VendorUnavailable("down")
    pauses = [pause_after(error, failures, 0.5) for failures in range(12)]
    assert pauses[:4] == [0.25, 0.5, 1.0, 2.0]
    assert pauses[-1] == 60
    assert pause_after(error, 0, 0.0) < pause_after(error, 0, 1.0)
    assert pause_after(VendorRateLimited("x", retry_after=7), 0, 0.5) == 7
    assert pause_after(VendorRateLimited("x", retry_after=900), 0, 0.5) == 60
    assert pause_after(VendorRejected("x"), 0, 0.5) == 10


def test_after_the_answer_one_rehearsed_statement_and_the_commit_are_left(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    site = make_site(DATABASE_URL=database_url, connected=True)
    log: list[str] = []
    engine = site.oauth.store._database.engine
    event.listen(
        engine,
        "before_cursor_execute",
        lambda _1, _2, statement, *_: log.append(statement),
    )
    event.listen(engine, "commit", lambda _: log.append("COMMIT"))
    ask = site.oauth.client.refresh

    def asking(tokens: Tokens) -> Tokens:
        answer = ask(tokens)
        log.append("ANSWER")
        return answer

    monkeypatch.setattr(site.oauth.client, "refresh", asking)
    site.oauth.keeper("default").refresh()
    answered = log.index("ANSWER")
    statement, commit = log[answered + 1 : answered + 3]
    assert statement.startswith("UPDATE")
    assert statement == log[answered - 1], "executed in this transaction already"
    assert commit == "COMMIT"


def test_a_refresh_that_fails_leaves_tokens_and_times(
    vendor: Vendor, make_site: MakeSite
) -> None:
    site = make_site(connected=True)
    before = site.row()
    vendor.fault(route="oauth_token", kind="status", status=503, times=None)
    with pytest.raises(VendorUnavailable):
        site.oauth.keeper("default").refresh()
    after = site.row()
    assert after.failures == 1
    noted: dict[str, Any] = {"failures": 0, "problem": "", "retry_at": before.retry_at}
    assert replace(after, **noted) == before


def test_a_pause_that_is_too_long_is_another_clocks(make_site: MakeSite) -> None:
    row = make_site(connected=True).row()
    object.__setattr__(row, "retry_at", 1000.0)
    assert pause_left(row, 990.0) == 10
    assert pause_left(row, 1000.0) == 0
    assert pause_left(row, 100.0) == 0


@pytest.mark.parametrize(
    ("answer", "works"),
    [
        ({"access_token": "a", "refresh_token": "b", "expires_in": 5}, True),
        ({"access_token": "a", "refresh_token": "b"}, True),
        ({"access_token": "a", "refresh_token": "b", "expires_in": "90"}, True),
        ({"access_token": "a", "refresh_token": "b", "expires_in": []}, True),
        ({"access_token": "a", "refresh_token": "b", "expires_in": -1}, True),
        ({"access_token": "a"}, True),
        ({"access_token": "a", "refresh_token": None, "token_type": "MAC"}, True),
        ({"refresh_token": "b"}, False),
        ({"access_token": "a\nb", "refresh_token": "b"}, False),
        ({"access_token": 7, "refresh_token": "b"}, False),
        ({"access_token": "", "refresh_token": "b"}, False),
        ([], False),
    ],
)
def test_an_answer_with_tokens_is_never_thrown_away(
    vendor: Vendor, make_site: MakeSite, answer: Any, works: bool
) -> None:
    site = make_site(connected=True)
    before = site.row().tokens
    vendor.fault(route="oauth_token", kind="types", value=answer)
    keeper = site.oauth.keeper("default")
    if not works:
        with pytest.raises(VendorInvalid):
            keeper.refresh()
        assert site.row().tokens == before
        return
    row = keeper.refresh()
    assert row.tokens.access_token == "a"
    expected = answer.get("refresh_token") or before.refresh_token
    assert row.tokens.refresh_token == expected
    assert 5 <= row.expires_at - row.issued_at <= 172800


def test_a_deadline_that_has_passed_waits_for_nothing(make_site: MakeSite) -> None:
    site = make_site(connected=True)
    keeper = site.oauth.keeper("default")
    lent = keeper.lend(Deadline(1))
    with pytest.raises(VendorTimeout):
        keeper.replace(lent, Deadline(0))


def test_a_connection_of_the_pool_that_died_does_not_matter(
    vendor: Vendor, make_site: MakeSite, postgres_url: str, tmp_path: Path
) -> None:
    site = make_site(DATABASE_URL=postgres_url, connected=True)
    with site.oauth.store._database.read() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND datname = 'postgres'"
        )
    assert site.token() == (200, "")

"""Messages from Python."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from flask_app_inbox import (
    AppInbox,
    AppInboxError,
    ConfigError,
    Contact,
    LoaderError,
    MessagePage,
    ReconnectNeeded,
    VendorUnavailable,
)
from flask_app_inbox.signals import token_issued
from flask_app_inbox.testing import ConnectionsDouble, VendorDouble
from tests.conftest import CONTACT, MakeApp

pytestmark = pytest.mark.usefixtures("no_secret_logged")

EVE = Contact(email="eve@example.com")


def test_messages_come_in_pages_and_are_clean(
    app: Flask, inbox: AppInbox, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.has_messages(
        [{"id": 1, "html": "<b>x</b><script>1</script>", "link": "data:x"}, "two"]
    )
    with app.app_context():
        page = inbox.messages(CONTACT, page_size=1)
        assert (page.pages, len(page.messages)) == (2, 1)
        (first,) = page.messages
        assert (first.id, first.html, first.link) == ("1", "<b>x</b>", None)
        second = inbox.messages(CONTACT, page=1, page_size=1).messages[0]
        assert second.title == "two"
        assert inbox.unread_count(CONTACT) == 2
        inbox.mark_read(CONTACT, [1])
        unread = inbox.messages(CONTACT, unread_only=True).messages
        assert [message.title for message in unread] == ["two"]
        inbox.mark_read(CONTACT)
        assert inbox.unread_count(CONTACT) == 0


def test_reading_marks_nothing(
    app: Flask, inbox: AppInbox, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.has_messages(["one"])
    with app.app_context():
        inbox.messages(CONTACT)
        assert not inbox.messages(CONTACT).messages[0].read


def test_what_is_known_is_told_without_a_call(
    app: Flask, inbox: AppInbox, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.has_messages(["one"])
    with app.app_context():
        assert inbox.unread_count(CONTACT, fetch=False) is None
        assert app_inbox_vendor.requests == []
        inbox.unread_count(CONTACT)
        before = len(app_inbox_vendor.requests)
        assert inbox.unread_count(CONTACT, fetch=False) == 1
        assert len(app_inbox_vendor.requests) == before


def test_a_stranger_has_an_empty_inbox(
    app: Flask, inbox: AppInbox, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.knows_nobody()
    with app.app_context():
        assert inbox.messages(CONTACT) == MessagePage()
        assert inbox.unread_count(CONTACT) == 0
        inbox.mark_read(CONTACT)


def test_a_stranger_is_created_first_where_that_is_set(
    make_app: MakeApp, inbox: AppInbox, app_inbox_vendor: VendorDouble
) -> None:
    app = make_app(inbox=inbox, CREATE_CONTACTS=True)
    app_inbox_vendor.has_messages(["one"])
    app_inbox_vendor.knows_nobody()
    with app.app_context():
        assert inbox.unread_count(CONTACT) == 1


@pytest.mark.parametrize(
    "page",
    [
        *({"page": -1}, {"page_size": 0}, {"page_size": 1001}),
        *({"page": True}, {"page_size": True}, {"page": 1.0}),
    ],
)
def test_there_are_pages_that_cannot_be(
    app: Flask, inbox: AppInbox, page: dict[str, Any]
) -> None:
    with app.app_context(), pytest.raises(ValueError, match="Pages begin with 0"):
        inbox.messages(CONTACT, **page)


@pytest.mark.parametrize(
    ("count", "size"), [(1000, 7000), (64, 120_000), (1, 900_000), (20, 60_000)]
)
def test_a_page_may_have_as_many_bytes_as_its_messages_need(
    app: Flask,
    inbox: AppInbox,
    app_inbox_vendor: VendorDouble,
    count: int,
    size: int,
) -> None:
    app_inbox_vendor.has_messages([{"html": "x" * size}] * count)
    with app.app_context():
        assert len(inbox.messages(CONTACT, page_size=count).messages) == count


@pytest.mark.parametrize("ids", ["m1", [None], [True], [""], range(1001), [b"m1"]])
def test_ids_that_cannot_be_are_told(app: Flask, inbox: AppInbox, ids: Any) -> None:
    with app.app_context(), pytest.raises(ValueError, match="id"):
        inbox.mark_read(CONTACT, ids)


def test_no_ids_mark_nothing(
    app: Flask, inbox: AppInbox, app_inbox_vendor: VendorDouble
) -> None:
    with app.app_context():
        inbox.mark_read(CONTACT, [])
        inbox.mark_read(CONTACT, iter(()))
    assert app_inbox_vendor.requests == []


def test_failures_are_raised(
    app: Flask, inbox: AppInbox, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.is_down()
    calls: list[Callable[[], object]] = [
        lambda: inbox.messages(CONTACT),
        lambda: inbox.unread_count(CONTACT),
        lambda: inbox.mark_read(CONTACT),
    ]
    for call in calls:
        with app.app_context(), pytest.raises(VendorUnavailable):
            call()
    with app.app_context():
        assert inbox.unread_count(CONTACT, fetch=False) is None


def test_what_is_switched_off_asks_nobody(
    make_app: MakeApp, inbox: AppInbox, caplog: pytest.LogCaptureFixture
) -> None:
    app = make_app(inbox=inbox, ENABLED=False)
    with app.app_context(), caplog.at_level(logging.DEBUG):
        for call in (inbox.messages, inbox.unread_count):
            with pytest.raises(AppInboxError, match="APP_INBOX_ENABLED"):
                call(CONTACT)
        assert inbox.unread_count(CONTACT, fetch=False) is None
        inbox.mark_read(CONTACT)
    assert "mark_read did nothing" in caplog.text


def test_a_site_with_an_api_key_has_no_connections(app: Flask, inbox: AppInbox) -> None:
    for call in (inbox.messages, inbox.unread_count, inbox.mark_read):
        with (
            app.app_context(),
            pytest.raises(ValueError, match="no connection 'north'"),
        ):
            call(CONTACT, connection="north")


def test_each_connection_has_tokens_and_counts_of_its_own(
    make_app: MakeApp,
    inbox: AppInbox,
    app_inbox_vendor: VendorDouble,
    app_inbox_connections: ConnectionsDouble,
) -> None:
    app = make_app(
        inbox=inbox,
        API_KEY=None,
        OAUTH_CLIENT_ID="client",
        OAUTH_CLIENT_SECRET="secret",
        OAUTH_REDIRECT_URI="http://localhost/app-inbox/oauth/callback",
    )
    inbox.connection_loader(lambda: "north")
    for name in ("north", "south"):
        app_inbox_connections.connect(name)
    app_inbox_vendor.has_messages(["one"])
    with app.app_context():
        for connection in (None, "north", "south", None, "south"):
            assert inbox.unread_count(CONTACT, connection=connection) == 1
            inbox.messages(CONTACT, connection=connection)
        with pytest.raises(ReconnectNeeded):
            inbox.unread_count(CONTACT, connection="west")
    paths = [one.path.rpartition("/")[2] for one in app_inbox_vendor.requests]
    assert (paths.count("token"), paths.count("count")) == (2, 2)


def test_a_missing_extra_is_one_error_that_names_the_line_for_pip(
    app: Flask, inbox: AppInbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flask_app_inbox.bell.extra.find_spec", lambda name: None)
    for call in (inbox.messages, inbox.unread_count, inbox.mark_read):
        with app.app_context(), pytest.raises(ConfigError, match=r"app-inbox\[bell\]"):
            call(CONTACT)
    # A page does not break.
    with app.app_context():
        assert inbox.unread_count(CONTACT, fetch=False) is None


def test_a_site_with_the_vendors_bell_pays_nothing_for_its_own() -> None:
    code = """
import json, sys
from flask import Flask
from flask_app_inbox import AppInbox
app = Flask("shop")
app.config.update(SECRET_KEY="x", APP_INBOX_API_KEY="k")
AppInbox(app)
app.test_client().post("/app-inbox/token")
print(json.dumps([n for n in ("nh3", "cryptography", "redis") if n in sys.modules]))
"""
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert json.loads(run.stdout) == []


def test_a_list_and_the_count_after_it_go_together(
    app: Flask, inbox: AppInbox, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.has_messages([])
    with app.app_context():
        assert inbox.unread_count(CONTACT) == 0
        app_inbox_vendor.has_messages(["one", "two"])
        assert len(inbox.messages(CONTACT).messages) == 2
        assert inbox.unread_count(CONTACT) == 2


# Within another call


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("call", ["messages", "unread_count", "mark_read"])
def test_a_receiver_of_a_tokens_signal_cannot_ask_for_messages_itself(
    app: Flask,
    inbox: AppInbox,
    app_inbox_vendor: VendorDouble,
    call: str,
    is_async: bool,
) -> None:
    app_inbox_vendor.has_messages(["one"])

    def ask(*_: object, **__: object) -> None:
        getattr(inbox, call)(CONTACT)

    async def ask_later(*_: object, **__: object) -> None:
        ask()

    hear = ask_later if is_async else ask
    with app.app_context(), token_issued.connected_to(hear, app):
        for first in (inbox.unread_count, inbox.messages):
            with pytest.raises(LoaderError) as caught:
                first(CONTACT)
            assert "a part of it" in str(caught.value.__cause__)
    with app.app_context():  # and it leaves nothing behind
        assert len(inbox.messages(CONTACT).messages) == 1


def test_a_receiver_can_ask_for_another_contacts_messages(
    app: Flask, inbox: AppInbox, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.has_messages(["one"])
    heard: list[int] = []

    def ask(*_: object, **__: object) -> None:
        if not heard:
            heard.append(0)
            heard[0] = len(inbox.messages(EVE).messages)

    with app.app_context(), token_issued.connected_to(ask, app):
        assert inbox.unread_count(CONTACT) == 1
    assert heard == [1]

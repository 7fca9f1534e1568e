"""Messages by OAuth: they are those of the account that is connected now."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask, request
from werkzeug.test import TestResponse

from flask_app_inbox import AppInbox, Contact
from flask_app_inbox.oauth import known as known_module
from flask_app_inbox.signals import token_issued
from flask_app_inbox.testing import ConnectionsDouble, VendorDouble
from flask_app_inbox.web.user_tag import USER_HEADER
from tests.conftest import MakeApp, state_of
from tests.fixtures.registration import OAUTH

LIST, UNREAD = "/app-inbox/messages", "/app-inbox/unread"
ANN = Contact(external_customer_id=7)


@pytest.fixture
def inbox() -> AppInbox:
    return AppInbox()


@pytest.fixture
def app(tmp_path: Path, inbox: AppInbox) -> Flask:
    app = Flask("shop", instance_path=str(tmp_path / "instance"))
    app.config.update(
        SECRET_KEY="a key",
        **OAUTH,
        # A machine with more to do than this test is slow, not broken.
        APP_INBOX_TIMEOUT=20,
        APP_INBOX_WIDGET="site",
    )
    inbox.init_app(app)
    inbox.contact_loader(lambda: ANN)
    inbox.connection_loader(lambda: request.args.get("tenant"))
    return app


def ask(app: Flask, path: str, tenant: str = "default", **headers: str) -> TestResponse:
    return app.test_client().get(path, query_string={"tenant": tenant}, headers=headers)


def tag_in(app: Flask, tenant: str) -> str:
    with app.test_request_context(query_string={"tenant": tenant}):
        return state_of(app).user_tag(ANN)


def known(app: Flask, inbox: AppInbox) -> int | None:
    with app.app_context():
        return inbox.unread_count(ANN, fetch=False, connection="default")


def test_an_account_that_was_disconnected_is_read_no_longer(
    app: Flask,
    inbox: AppInbox,
    app_inbox_vendor: VendorDouble,
    app_inbox_connections: ConnectionsDouble,
) -> None:
    app_inbox_connections.connect()
    app_inbox_vendor.has_messages(["of the first account"])
    assert ask(app, LIST).status_code == ask(app, UNREAD).status_code == 200
    for end in (app_inbox_connections.lose, app_inbox_connections.disconnect):
        end()
        for path in (LIST, UNREAD):
            answer = ask(app, path)
            assert answer.status_code == 503
            assert (answer.json or {})["code"] == "reconnect_needed"
        assert known(app, inbox) is None
    assert len(app_inbox_vendor.requests) == 2


def test_another_account_under_the_same_name_begins_with_nothing(
    app: Flask,
    inbox: AppInbox,
    app_inbox_vendor: VendorDouble,
    app_inbox_connections: ConnectionsDouble,
) -> None:
    app_inbox_connections.connect(account="one")
    app_inbox_vendor.has_messages(["of the first account"])
    ask(app, LIST)
    app_inbox_connections.connect(account="two")
    assert known(app, inbox) is None
    app_inbox_vendor.is_down()
    # Not even the last count serves.
    assert ask(app, UNREAD).status_code == 503
    app_inbox_vendor.has_messages([])
    assert ask(app, LIST).status_code == 200
    tokens = [one for one in app_inbox_vendor.requests if one.path.endswith("token")]
    assert len(tokens) >= 2


def test_customers_of_two_tenants_with_one_number_are_two_users(
    app: Flask,
    app_inbox_vendor: VendorDouble,
    app_inbox_connections: ConnectionsDouble,
) -> None:
    for tenant in ("north", "south"):
        app_inbox_connections.connect(tenant)
    app_inbox_vendor.has_messages([])
    tags = {tenant: tag_in(app, tenant) for tenant in ("north", "south")}
    assert [ask(app, LIST, "north").status_code for _ in range(31)][-1] == 429
    assert ask(app, LIST, "south").status_code == 200
    for tenant, status in (("north", 409), ("south", 200)):
        shown = {USER_HEADER: tags["south"]}
        assert ask(app, UNREAD, tenant, **shown).status_code == status


def test_the_default_connection_has_the_tags_of_an_api_key(
    app: Flask, make_app: MakeApp
) -> None:
    by_key = make_app(loader=lambda: ANN, config={"SECRET_KEY": "a key"})
    assert tag_in(app, "default") == tag_in(by_key, "") != tag_in(app, "north")


@pytest.mark.parametrize("path", ["/app-inbox/token", LIST])
def test_signals_from_python_name_the_user_of_the_connection(
    app: Flask,
    inbox: AppInbox,
    app_inbox_connections: ConnectionsDouble,
    path: str,
) -> None:
    app_inbox_connections.connect("north")
    heard: list[str] = []

    def hear(_: Flask, user: str, **__: object) -> None:
        heard.append(user)

    with token_issued.connected_to(hear, app):
        with app.app_context():
            if path == LIST:
                inbox.messages(ANN, connection="north")
            else:
                inbox.issue_token(ANN, connection="north")
        app.test_client().post("/app-inbox/token?tenant=north")
    assert heard == [tag_in(app, "north")] * 2


def test_a_page_shows_the_count_of_a_connection_that_was_read_lately(
    app: Flask,
    inbox: AppInbox,
    app_inbox_vendor: VendorDouble,
    app_inbox_connections: ConnectionsDouble,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app_inbox_connections.connect()
    app_inbox_vendor.has_messages(["one"])
    assert known(app, inbox) is None
    with monkeypatch.context() as patch:
        patch.setattr(known_module, "LIFE", 0.0)
        ask(app, UNREAD)
    # Another process may have connected another account since then.
    assert known(app, inbox) is None
    ask(app, UNREAD)
    assert known(app, inbox) == 1

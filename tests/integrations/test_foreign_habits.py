"""What other people's sites do in their own way, as the manual's recipes take it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import click
import pytest
from click.testing import CliRunner
from flask import Flask, g, render_template_string, request
from flask.cli import FlaskGroup
from flask_security import Security, UserDatastore
from flask_security import UserMixin as SecurityUser
from werkzeug.http import parse_csp_header

from flask_app_inbox import AppInbox, Contact
from flask_app_inbox.testing import VendorDouble
from tests.integrations.conftest import LAYOUT, ask, shown


def make_app(**config: Any) -> Flask:
    app = Flask("shop")
    app.config.update(
        SECRET_KEY="a key", APP_INBOX_API_KEY="key", APP_INBOX_SCRIPT_ID="SITE"
    )
    app.config.update(config)
    app.add_url_rule("/", "index", lambda: render_template_string(LAYOUT))
    return app


# Flask-Security


class Person(SecurityUser):
    def __init__(self, uniquifier: str, **values: Any) -> None:
        self.fs_uniquifier = uniquifier
        self.id, self.active, self.roles = 7, True, []
        self.email = f"{uniquifier}@example.com"
        self.confirmed_at = None
        vars(self).update(values)


class People(UserDatastore):
    def __init__(self, *people: Person) -> None:
        self.people = people

    def find_user(self, case_insensitive: bool = False, **by: Any) -> Person | None:
        ((name, value),) = by.items()
        found = (one for one in self.people if getattr(one, name) == value)
        return next(found, None)


def secure_site(*people: Person, **config: Any) -> Flask:
    app = make_app(SECURITY_PASSWORD_SALT="salt", **config)
    AppInbox(app)
    Security(app, People(*people), register_blueprint=False)
    return app


def test_flask_security_needs_nothing(app_inbox_vendor: VendorDouble) -> None:
    client = secure_site(Person("ann")).test_client()
    with client.session_transaction() as session:
        session["_user_id"] = "ann"
    assert ask(client, shown(client.get("/"))).json == {"token": "token-1"}
    assert app_inbox_vendor.requests[0].body == {"email": "ann@example.com"}


def test_check_takes_the_uniquifier_of_flask_security() -> None:
    runner = secure_site(Person("ann")).test_cli_runner()
    options = ("app-inbox", "check", "--offline", "--session")
    assert (
        "nobody_logged_in"
        not in runner.invoke(args=[*options, "_user_id=ann", "--json"]).output
    )
    assert (
        "nobody_logged_in"
        in runner.invoke(args=[*options, "_user_id=7", "--json"]).output
    )


@pytest.mark.parametrize(("confirmed_at", "status"), [(None, 401), ("now", 200)])
def test_flask_securitys_own_confirmation_counts(
    app_inbox_vendor: VendorDouble, confirmed_at: object, status: int
) -> None:
    app = secure_site(
        Person("ann", confirmed_at=confirmed_at),
        APP_INBOX_VERIFIED_ATTRIBUTE="confirmed_at",
    )
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = "ann"
    assert client.post("/app-inbox/token").status_code == status


# Users of other kinds


def row() -> sqlite3.Row:
    database = sqlite3.connect(":memory:")
    database.row_factory = sqlite3.Row
    found: sqlite3.Row = database.execute(
        "SELECT 1 AS id, 'ann@example.com' AS email"
    ).fetchone()
    database.close()
    return found


@pytest.mark.parametrize(
    "make_user", [lambda: {"email": "ann@example.com"}, row], ids=["dict", "row"]
)
def test_a_user_may_be_a_dict_or_a_row(
    app_inbox_vendor: VendorDouble, make_user: Callable[[], Any]
) -> None:
    app = make_app()
    app.before_request(lambda: setattr(g, "user", make_user()))
    AppInbox(app).contact_loader(
        lambda: Contact(email=g.user["email"]) if g.user["email"] else None
    )
    client = app.test_client()
    assert ask(client, shown(client.get("/"))).status_code == 200
    assert app_inbox_vendor.requests[0].body == {"email": "ann@example.com"}


def test_contact_fields_may_be_json_in_the_environment(
    app_inbox_vendor: VendorDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = '{"external_customer_id": "fs_uniquifier"}'
    monkeypatch.setenv("FLASK_APP_INBOX_CONTACT_FIELDS", fields)
    app = make_app(SECURITY_PASSWORD_SALT="salt")
    app.config.from_prefixed_env()
    AppInbox(app)
    Security(app, People(Person("ann", email=None)), register_blueprint=False)
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = "ann"
    assert ask(client, shown(client.get("/"))).status_code == 200
    assert app_inbox_vendor.requests[0].body == {"externalCustomerId": "ann"}


# Habits


def test_a_function_that_writes_can_leave_our_requests_out(
    app_inbox_vendor: VendorDouble,
) -> None:
    app = make_app()
    visits = []

    @app.before_request
    def note_last_visit() -> None:
        if request.blueprint != "app_inbox":
            visits.append(request.path)

    AppInbox(app).contact_loader(lambda: Contact(email="ann@example.com"))
    client = app.test_client()
    page = shown(client.get("/"))
    assert ask(client, page).status_code == 200
    for path in (page.address("src"), "/app-inbox/user", "/app-inbox/embed.js"):
        assert client.get(path).status_code < 300
    assert visits == ["/"]


def test_a_command_line_of_the_sites_own_has_our_commands() -> None:
    inbox = AppInbox()

    def create_app() -> Flask:
        app = make_app()
        inbox.init_app(app)
        return app

    inbox.contact_loader(lambda: None)

    @click.group(cls=FlaskGroup, create_app=create_app)
    def shop() -> None:
        """Manage the shop."""

    result = CliRunner().invoke(shop, ["app-inbox", "check", "--offline"])
    assert "APP_INBOX_API_KEY" in result.output, result.output


def test_a_policy_that_is_a_text_gets_our_sources() -> None:
    app = make_app()
    inbox = AppInbox(app)
    policy = inbox.csp_sources(parse_csp_header("default-src 'self'; img-src data:"))
    assert policy["default-src"] == ["'self'"]
    assert policy["img-src"] == ["data:", "https:"]
    assert policy["script-src"] == ["'self'", "https://statics.esputnik.com"]

"""``check``: who is logged in, and what the endpoint answers to nobody."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NoReturn

import pytest
from click.testing import Result
from flask import Flask, abort, g, redirect, request, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.wrappers import Response

from flask_app_inbox import Contact
from tests.inbox.commands.conftest import Findings, MakeSite, Run
from tests.inbox.commands.site import cookie_of, with_flask_login


@pytest.mark.parametrize(
    "options", [(), ("--session", "email=ann@example.com"), ("--as", "ann@example.com")]
)
def test_a_site_that_does_not_say_who_is_logged_in_is_told_once(
    make_site: MakeSite, findings: Findings, options: tuple[str, ...]
) -> None:
    told = findings(make_site(loader=None), "--offline", *options)
    assert set(told) == {"contact_loader_missing"}
    assert "@app_inbox.contact_loader" in told["contact_loader_missing"]["fix"]


def test_a_running_site_that_does_not_say_it_is_told_once_too(
    make_site: MakeSite, findings: Findings, serve: Callable[[Flask], str]
) -> None:
    app = make_site(loader=None)
    assert set(findings(app, "--url", serve(app))) == {"contact_loader_missing"}


def notes(result: Result) -> list[str]:
    return [note["code"] for note in json.loads(result.stdout)["notes"]]


def test_a_plain_check_says_that_nobody_was_logged_in(
    make_site: MakeSite, run: Run
) -> None:
    site = make_site()
    result = run(site, "check", "--offline")
    assert "note     Nobody was logged in for this check" in result.output
    assert "flask app-inbox check --session KEY=VALUE" in result.output
    assert "Everything is in order." in result.output
    result = run(site, "check", "--offline", "--strict", "--json")
    assert (result.exit_code, notes(result)) == (0, ["checked_as_stranger"])


@pytest.mark.parametrize(
    "options",
    [
        ("--session", "email=ann@example.com"),
        ("--cookie", "session=x"),
        ("--as", "ann@example.com"),
    ],
)
def test_a_check_as_somebody_does_not_say_so(
    make_site: MakeSite, run: Run, options: tuple[str, ...]
) -> None:
    assert notes(run(make_site(), "check", "--offline", "--json", *options)) == []


@pytest.mark.parametrize("email", ["ann", ""])
def test_a_check_as_somebody_wants_an_email_address(
    make_site: MakeSite, run: Run, email: str
) -> None:
    result = run(make_site(), "check", "--offline", "--as", email)
    assert (result.exit_code, "wants an email address" in result.output) == (2, True)


def test_a_check_of_a_running_site_does_not_say_so(
    make_site: MakeSite, run: Run, serve: Callable[[Flask], str]
) -> None:
    app = make_site()
    arguments = ("--offline", "--json", "--url", serve(app))
    assert notes(run(app, "check", *arguments)) == []


def test_a_user_of_flask_login_sees_their_own_page(
    make_site: MakeSite, run: Run
) -> None:
    app = make_site(
        prepare=with_flask_login, loader=None, CONTACT_FIELDS={"email": "mail"}
    )
    arguments = ("check", "--url", "/account", "--session", "_user_id=7")
    result = run(app, *arguments)
    assert "Our script is in the page, once." in result.output
    assert "current user: mail as email" in result.output


def test_a_contact_field_that_users_do_not_have(
    make_site: MakeSite, findings: Findings
) -> None:
    app = make_site(prepare=with_flask_login, loader=None)
    told = findings(app, "--url", "/account", "--session", "_user_id=7")
    assert "'email'" in told["loader_failed"]["what"]
    assert told["loader_failed"]["fix"].startswith("APP_INBOX_CONTACT_FIELDS")


def test_a_verified_attribute_that_users_do_not_have(
    make_site: MakeSite, findings: Findings
) -> None:
    app = make_site(
        prepare=with_flask_login,
        loader=None,
        CONTACT_FIELDS={"email": "mail"},
        VERIFIED_ATTRIBUTE="confirmed",
    )
    told = findings(app, "--url", "/account", "--session", "_user_id=7")
    assert "'confirmed'" in told["loader_failed"]["what"]
    assert "or APP_INBOX_VERIFIED_ATTRIBUTE" in told["loader_failed"]["fix"]


def test_the_cookie_of_a_browser_logs_in_too(make_site: MakeSite, run: Run) -> None:
    app = make_site(
        prepare=with_flask_login, loader=None, CONTACT_FIELDS={"email": "mail"}
    )
    cookie = cookie_of(app, _user_id="7")
    result = run(app, "check", "--url", "/account", "--cookie", cookie)
    assert "Our script is in the page, once." in result.output


def test_a_session_of_nobody(make_site: MakeSite, findings: Findings) -> None:
    site = make_site(config={"SESSION_COOKIE_NAME": "shop"})
    fix = findings(site, "--session", "_user_id=1")["nobody_logged_in"]["fix"]
    assert "check --cookie 'shop=…'" in fix
    assert "_user_id did not log in" in fix
    assert "--session _user_id=1" not in fix, "that was tried"


def test_the_advice_keeps_the_page_and_offers_one_without_a_login(
    make_site: MakeSite, findings: Findings
) -> None:
    site = make_site(prepare=guard_everything)
    fix = findings(site, "--url", "/account")["page_redirects"]["fix"]
    assert "check --url /account --session KEY=VALUE" in fix
    assert fix.endswith("flask app-inbox check --url /login  # without a login")


@pytest.mark.parametrize("option", [("--session", "a=1"), ("--host", "shop.example")])
def test_a_running_site_takes_no_session_of_this_process(
    make_site: MakeSite, run: Run, option: tuple[str, str]
) -> None:
    result = run(make_site(), "check", "--url", "http://127.0.0.1:9/", *option)
    assert (result.exit_code, "takes --cookie" in result.output) == (2, True)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, True),
        ({"VERIFIED_ATTRIBUTE": "is_active"}, False),
        ({"CONTACT_FIELDS": {"external_customer_id": "id"}}, False),
    ],
)
def test_users_whose_addresses_nobody_has_verified(
    make_site: MakeSite, findings: Findings, settings: dict[str, Any], told: bool
) -> None:
    site = make_site(prepare=with_flask_login, loader=None, **settings)
    found = findings(site, "--offline", notes=True)
    assert ("addresses_unverified" in found) == told


def test_a_page_for_visitors_alone(make_site: MakeSite, findings: Findings) -> None:
    told = findings(make_site(ANONYMOUS="tracking"), "--session", "cart=[1]")
    assert "--cookie" in told["nobody_logged_in"]["fix"]


def test_a_session_without_a_key_cannot_be_made(
    make_site: MakeSite, findings: Findings
) -> None:
    told = findings(make_site(config={"SECRET_KEY": None}), "--session", "email=a@b.c")
    assert "no session" in told["page_missing"]["what"]


@pytest.mark.parametrize("option", [(), ("--session", "email=ann@example.com")])
def test_sessions_whose_storage_is_away(
    make_site: MakeSite, findings: Findings, option: tuple[str, ...]
) -> None:
    class Away(SecureCookieSessionInterface):
        def open_session(self, *_: object) -> NoReturn:
            raise ConnectionError("nobody keeps sessions")

    def prepare(app: Flask) -> None:
        app.session_interface = Away()
        app.config["PROPAGATE_EXCEPTIONS"] = True

    told = findings(make_site(prepare=prepare), "--offline", *option)
    assert "nobody keeps sessions" in told["page_missing"]["what"]


def test_a_loader_that_raises(make_site: MakeSite, findings: Findings) -> None:
    def broken() -> Contact:
        raise LookupError("no database")

    app = make_site(loader=broken, config={"PROPAGATE_EXCEPTIONS": True})
    told = findings(app, "--offline", "--session", "a=b")
    assert "could not say who is logged in" in told["loader_failed"]["what"]
    assert "raises" in told["loader_failed"]["why"]
    assert told["loader_failed"]["fix"].startswith("return Contact(")


def test_a_loader_that_always_fails_is_told_once(make_site: MakeSite, run: Run) -> None:
    site = make_site(loader=lambda: "ann@example.com")
    result = run(site, "check", "--offline", "--json", "--session", "a=b")
    codes = [finding["code"] for finding in json.loads(result.stdout)["findings"]]
    assert codes == ["loader_failed"]


def test_a_loader_that_returns_something_else(
    make_site: MakeSite, findings: Findings
) -> None:
    told = findings(make_site(loader=lambda: "ann@example.com"))
    assert told["loader_failed"]["fix"].startswith("return Contact(")


def guard_everything(app: Flask) -> None:
    @app.before_request
    def guard() -> Response | None:
        if "email" not in session and request.path != "/login":
            return redirect("/login")
        return None


def test_a_login_that_the_endpoint_requires(
    make_site: MakeSite, findings: Findings
) -> None:
    told = findings(make_site(prepare=guard_everything), "--session", "email=a@b.c")
    assert 'request.blueprint == "app_inbox"' in told["endpoint_redirects"]["fix"]
    assert told["script_unreachable"]["fix"] == told["endpoint_redirects"]["fix"]


def test_a_page_that_sends_visitors_to_the_login(
    make_site: MakeSite, findings: Findings
) -> None:
    told = findings(make_site(prepare=guard_everything))
    assert "--session" in told["page_redirects"]["fix"]
    assert "/login" in told["page_redirects"]["what"]


def test_something_else_answers_for_the_endpoint(
    make_site: MakeSite, findings: Findings
) -> None:
    def prepare(app: Flask) -> None:
        @app.before_request
        def refuse() -> None:
            if request.method == "POST":
                abort(400)

    told = findings(make_site(prepare=prepare))
    assert 'request.blueprint == "app_inbox"' in told["endpoint_taken"]["fix"]


@pytest.mark.parametrize("words", [None, "Your form has expired."])
@pytest.mark.parametrize("by_hand", [True, False])
def test_a_csrf_protection_that_the_site_calls_by_hand(
    make_site: MakeSite, findings: Findings, by_hand: bool, words: str | None
) -> None:
    def prepare(app: Flask) -> None:
        csrf = CSRFProtect(app)
        if by_hand:
            app.config["WTF_CSRF_CHECK_DEFAULT"] = False
            app.before_request(csrf.protect)
        if words:
            app.register_error_handler(CSRFError, lambda _: (words, 400))

    told = findings(make_site(prepare=prepare))
    assert set(told) == ({"endpoint_csrf"} if by_hand else set())
    if by_hand:
        assert told["endpoint_csrf"]["fix"].startswith("if request.blueprint not in")


def test_a_loader_that_takes_visitors_for_somebody(
    make_site: MakeSite, findings: Findings, control: Callable[..., Any]
) -> None:
    app = make_site(loader=lambda: Contact(email="ann@example.com"))
    assert "return None" in findings(app)["endpoint_open"]["fix"]


def test_an_endpoint_that_raises(make_site: MakeSite, findings: Findings) -> None:
    def prepare(app: Flask) -> None:
        app.config["PROPAGATE_EXCEPTIONS"] = True

        @app.before_request
        def guard() -> None:
            if request.blueprint == "app_inbox":
                raise LookupError("no shop")

    told = findings(make_site(prepare=prepare))
    assert "no shop" in told["endpoint_fails"]["what"]
    assert "no shop" in told["script_unreachable"]["what"]


def test_an_endpoint_that_does_not_know_whom_the_page_knows(
    make_site: MakeSite, findings: Findings, run: Run
) -> None:
    # As a blueprint's own function does: it runs for the blueprint's pages alone.
    def find_user(app: Flask) -> None:
        @app.before_request
        def load_user() -> None:
            if request.blueprint != "app_inbox":
                g.user = session.get("email")

    def load_contact() -> Contact | None:
        return Contact(email=g.user) if g.get("user") else None

    site = make_site(prepare=find_user, loader=load_contact)
    told = findings(site, "--session", "email=ann@example.com")["endpoint_forgets"]
    assert "/app-inbox/user says that nobody is logged in" in told["what"]
    assert "before_app_request" in told["fix"]
    assert "endpoint_forgets" not in findings(site)


@pytest.mark.parametrize("root", ["/", "/shop"])
def test_an_endpoint_that_knows_whom_the_page_knows(
    make_site: MakeSite, run: Run, root: str
) -> None:
    site = make_site(config={"APPLICATION_ROOT": root})
    shown = run(site, "check", "--offline", "--session", "email=ann@example.com")
    assert "The endpoint knows the visitor whom the page is for." in shown.output


@pytest.mark.parametrize(
    ("prepare", "entry"),
    [(with_flask_login, "_user_id=1"), (lambda app: None, "KEY=VALUE")],
)
def test_only_of_flask_login_the_session_is_known(
    make_site: MakeSite, run: Run, prepare: Callable[[Flask], None], entry: str
) -> None:
    shown = run(make_site(prepare=prepare), "check", "--offline").output
    assert f"flask app-inbox check --session {entry}" in shown

"""AppInbox: one beside the factory, several apps, once in each."""

from __future__ import annotations

from pathlib import Path

import pytest
import responses
from flask import Flask

from flask_app_inbox import (
    AppInbox,
    AppInboxError,
    ChatHub,
    ConfigError,
    Contact,
    VendorRejected,
)
from tests.conftest import (
    API_KEY,
    API_URL,
    CONTACT,
    CONTACT_URL,
    TOKEN,
    TOKEN_URL,
    MakeApp,
    state_of,
)


def test_the_app_may_be_given_at_once() -> None:
    app = Flask("shop")
    app.config["APP_INBOX_API_KEY"] = API_KEY
    AppInbox(app)
    assert state_of(app).settings.api_key == API_KEY


def test_a_second_inbox_in_an_app_is_refused_with_advice(make_app: MakeApp) -> None:
    inbox = AppInbox()
    app = make_app(inbox=inbox)
    for other in (inbox, AppInbox()):
        with pytest.raises(RuntimeError, match="once for each app"):
            other.init_app(app)


def test_an_app_whose_settings_cannot_work_is_left_as_it_was() -> None:
    app = Flask("shop")
    with pytest.raises(ConfigError):
        AppInbox(app)
    assert "app_inbox" not in app.extensions
    assert "app_inbox" not in app.blueprints
    app.config["APP_INBOX_API_KEY"] = API_KEY
    AppInbox(app)


@pytest.mark.parametrize("enabled", [True, False])
def test_two_extensions_on_one_prefix_are_refused(
    make_app: MakeApp, enabled: bool
) -> None:
    app = make_app(config={"CHATHUB_KEY": "key", "CHATHUB_URL_PREFIX": "/app-inbox"})
    app.config["CHATHUB_ENABLED"] = enabled
    words = "CHATHUB_URL_PREFIX must differ from APP_INBOX_URL_PREFIX: both are /app-"
    with pytest.raises(ConfigError, match=words):
        ChatHub(app)
    app.config["CHATHUB_URL_PREFIX"] = "/app-inbox/staff"
    ChatHub(app)


#: What a variable of the machine may name, and what a site is told then.
BUNDLES = {
    "missing.pem": "No such file",
    "empty.pem": "it holds no certificate",
    "words.pem": "it holds no certificate",
    "folder": "it holds no certificate",
}


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
@pytest.mark.parametrize("name", BUNDLES)
def test_certificates_that_cannot_be_trusted_are_told_at_the_start(
    make_app: MakeApp,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    variable: str,
    name: str,
) -> None:
    (tmp_path / "empty.pem").touch()
    (tmp_path / "words.pem").write_text("no certificate")
    (tmp_path / "folder").mkdir()
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.setenv(variable, str(tmp_path / name))
    with pytest.raises(ConfigError) as caught:
        make_app()
    (problem,) = caught.value.problems
    assert problem.startswith(f"{variable} must name a file of certificates in PEM")
    assert BUNDLES[name] in problem
    make_app(ENABLED=False)


def test_an_inbox_does_not_know_its_apps(make_app: MakeApp) -> None:
    inbox = AppInbox()
    app = make_app(inbox=inbox)
    assert app not in vars(inbox).values()
    assert API_KEY not in repr(vars(inbox))


def test_one_inbox_serves_several_apps_with_settings_of_their_own(
    make_app: MakeApp, vendor: responses.RequestsMock
) -> None:
    inbox = AppInbox()
    one = make_app(inbox=inbox)
    two = make_app(inbox=inbox, API_URL="https://two.test")
    vendor.post(TOKEN_URL, json={"token": "one"})
    vendor.post("https://two.test/v1/auth/contact/token", json={"token": "two"})
    with one.app_context():
        assert inbox.issue_token(CONTACT) == "one"
        with two.app_context():
            assert inbox.issue_token(CONTACT) == "two"
        assert inbox.issue_token(CONTACT) == "one"


def test_an_app_changed_after_init_app_keeps_the_settings_it_had(
    make_app: MakeApp,
) -> None:
    app = make_app()
    app.config["APP_INBOX_API_URL"] = "https://other.test"
    assert state_of(app).settings.api_url == API_URL


def test_nothing_is_sent_to_anybody_while_an_app_is_made(
    make_app: MakeApp, vendor: responses.RequestsMock
) -> None:
    make_app()
    assert len(vendor.calls) == 0


def test_an_app_has_its_inbox_whether_it_is_tested_debugged_or_neither(
    make_app: MakeApp,
) -> None:
    for config in ({}, {"TESTING": True}, {"DEBUG": True}):
        app = make_app(config=config)
        assert "app_inbox" in app.blueprints
        assert {"app_inbox", "app_inbox_anchor"} <= set(app.jinja_env.globals)


def test_what_is_switched_off_keeps_its_globals_and_what_tells_so(
    make_app: MakeApp,
) -> None:
    app = make_app(ENABLED=False, API_KEY=None)
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert endpoints - {"static"} == {
        f"app_inbox.{name}" for name in ("script", "embed", "embed_script")
    }
    assert {"app_inbox", "app_inbox_anchor"} <= set(app.jinja_env.globals)


def test_decorators_return_the_loader_unchanged() -> None:
    inbox = AppInbox()

    def contact() -> Contact:
        return CONTACT

    def language() -> str:
        return "en"

    assert inbox.contact_loader(contact) is contact
    assert inbox.language_loader(language) is language


def test_a_token_can_be_issued_without_a_request(
    make_app: MakeApp, vendor: responses.RequestsMock
) -> None:
    vendor.post(TOKEN_URL, json={"token": TOKEN})
    inbox = AppInbox()
    with make_app(inbox=inbox).app_context():
        assert inbox.issue_token(CONTACT) == TOKEN


def test_a_contact_can_be_brought_to_the_vendor(
    make_app: MakeApp, vendor: responses.RequestsMock
) -> None:
    vendor.post(CONTACT_URL, json={"id": 1})
    inbox = AppInbox()
    with make_app(inbox=inbox).app_context():
        inbox.sync_contact(CONTACT)


def test_what_the_vendor_refuses_is_raised_without_a_secret(
    make_app: MakeApp, vendor: responses.RequestsMock
) -> None:
    vendor.post(TOKEN_URL, status=401, body=API_KEY)
    inbox = AppInbox()
    with (
        make_app(inbox=inbox).app_context(),
        pytest.raises(VendorRejected, match="the vendor answered 401") as caught,
    ):
        inbox.issue_token(CONTACT)
    assert API_KEY not in repr(caught.value)


def test_what_is_switched_off_calls_nobody(make_app: MakeApp) -> None:
    inbox = AppInbox()
    with (
        make_app(inbox=inbox, ENABLED=False).app_context(),
        pytest.raises(AppInboxError, match="ENABLED is False"),
    ):
        inbox.issue_token(CONTACT)

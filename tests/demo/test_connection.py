"""The owner's page: who may see it, and a shop that is connected by OAuth."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
import requests
from flask import Flask

from demo.registration import ACCESS_TOKEN_LIFE, register
from flask_app_inbox.sandbox import SandboxServer
from tests.fixtures.control import Control

from .conftest import MakeShop, Visitor

CONNECT = "/app-inbox/oauth/connect"


@pytest.fixture
def oauth_shop(make_shop: MakeShop, sandbox: SandboxServer) -> Flask:
    """Return a shop that is registered with the sandbox and has no key."""
    registered = register(sandbox.url, "http://localhost")
    return make_shop(SHOP_SANDBOX_URL=sandbox.url, **registered)


def connect(owner: Visitor) -> None:
    """Allow the access at the sandbox and come back."""
    page = owner.get(CONNECT).location
    allowed = requests.post(
        page, data={"decision": "allow"}, timeout=5, allow_redirects=False
    )
    back = urlsplit(allowed.headers["Location"])
    assert owner.get(f"{back.path}?{back.query}").status_code == 303


def has_bell(shop: Flask) -> bool:
    """Tell whether a customer's pages have a bell."""
    page = Visitor(shop).log_in().text("/")
    assert ("<app-inbox-bell" in page) == ("data-unread-url" in page)
    return "<app-inbox-bell" in page


def test_with_a_key_the_owner_is_told_how_to_see_oauth(visitor: Visitor) -> None:
    page = visitor.log_in("owner@example.com").text("/")
    assert 'href="/connect"' in page
    assert "demo/run --oauth" in visitor.text("/connect")


def test_with_a_real_account_the_owner_is_told_to_leave_it_out_for_that(
    real_shop: Flask,
) -> None:
    owner = Visitor(real_shop).log_in("owner@example.com")
    assert "without the settings of your account" in owner.text("/connect")


def test_the_page_is_the_owners_alone(oauth_shop: Flask) -> None:
    assert Visitor(oauth_shop).get("/connect").location == "/login?next=/connect"
    for email in ("olena@example.com", "staff@example.com"):
        other = Visitor(oauth_shop).log_in(email)
        for path in ("/connect", "/app-inbox/oauth/", CONNECT):
            assert other.get(path).status_code == 404, path
        assert 'href="/connect"' not in other.text("/")


def test_until_the_owner_connects_there_is_no_bell_and_the_shop_works(
    oauth_shop: Flask,
) -> None:
    assert "APP_INBOX_API_KEY" not in oauth_shop.config
    customer = Visitor(oauth_shop).log_in().take("teapot")
    assert not has_bell(oauth_shop)
    assert "Nobody has a bell yet" in customer.text("/")
    assert "Open the bell" not in customer.text(customer.order())
    assert (customer.token().json or {})["code"] == "reconnect_needed"


def test_the_owner_connects_and_disconnects(
    oauth_shop: Flask, control: Control
) -> None:
    owner = Visitor(oauth_shop).log_in("owner@example.com")
    page = owner.text("/connect", follow_redirects=True)
    assert "Not connected yet" in page
    connect(owner)
    page = owner.text("/connect", follow_redirects=True)
    assert "Sandbox" in page
    assert page.count(" UTC</dd>") == 3
    assert "none yet" in page
    assert has_bell(oauth_shop)
    customer = Visitor(oauth_shop).log_in()
    assert (customer.token().json or {})["token"]
    assert "with its access token, to issue a token" in customer.text("/flow/calls")
    state = control.call("GET", "oauth")
    assert state["access_token_life"] == ACCESS_TOKEN_LIFE

    said = owner.client.post("/app-inbox/oauth/disconnect").text
    assert 'class="logo"' in said
    assert "Back to the connection" in said
    assert not has_bell(oauth_shop)


def test_who_logged_in_before_the_connection_is_registered_after_it(
    oauth_shop: Flask, control: Control
) -> None:
    early = Visitor(oauth_shop).log_in("jonas@example.com")
    assert control.call("GET", "contacts") == []
    connect(Visitor(oauth_shop).log_in("owner@example.com"))
    Visitor(oauth_shop).log_in()
    assert (early.token().json or {})["token"]


def test_a_lost_connection_takes_the_bell_away(
    oauth_shop: Flask, control: Control
) -> None:
    connect(Visitor(oauth_shop).log_in("owner@example.com"))
    customer = Visitor(oauth_shop).log_in()
    control.call("POST", "faults", route="token", kind="status", status=500)
    assert customer.token().status_code == 503
    assert has_bell(oauth_shop)
    control.call("DELETE", "oauth/connections")
    assert (customer.token().json or {})["code"] == "reconnect_needed"
    assert not has_bell(oauth_shop)

"""The owner's page: who may see it, and how the shop is connected."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from flask import Flask

from demo.shop.registration import ACCESS_TOKEN_LIFE, register
from demo.shop.sandbox import SandboxError

from .conftest import MakeShop, SandboxView, Visitor

CONNECT = "/app-inbox/oauth/connect?next=/connect"


@pytest.fixture
def oauth_shop(make_shop: MakeShop, sandbox: SandboxView) -> Flask:
    """Return a shop that is registered with the sandbox and has no key."""
    registered = register(sandbox.url, "http://localhost")
    return make_shop(SHOP_SANDBOX_URL=sandbox.url, **registered)


def _consent(owner: Visitor) -> str:
    """Allow the access at the sandbox; return the path that the owner lands on."""
    page = owner.get(CONNECT).location
    allowed = requests.post(
        page, data={"decision": "allow"}, timeout=5, allow_redirects=False
    )
    back = urlsplit(allowed.headers["Location"])
    return owner.get(f"{back.path}?{back.query}").location


def test_the_owner_is_told_how_to_see_oauth(visitor: Visitor) -> None:
    page = visitor.log_in("owner@example.com").text("/")
    assert 'href="/connect"' in page
    assert "demo/run --oauth" in visitor.text("/connect")


@pytest.mark.parametrize("email", ["olena@example.com", "staff@example.com"])
def test_the_page_is_the_owners_alone(oauth_shop: Flask, email: str) -> None:
    other = Visitor(oauth_shop).log_in(email)
    for path in ("/connect", "/app-inbox/oauth/", CONNECT):
        assert other.get(path).status_code == 404, path
    assert 'href="/connect"' not in other.text("/")


def test_nobody_is_sent_to_the_login(oauth_shop: Flask) -> None:
    assert Visitor(oauth_shop).get("/connect").location == "/login?next=/connect"


def test_until_the_owner_connects_there_is_no_bell_and_the_shop_works(
    oauth_shop: Flask,
) -> None:
    assert "APP_INBOX_API_KEY" not in oauth_shop.config
    customer = Visitor(oauth_shop).log_in().take("teapot")
    assert "data-token-url" not in customer.text("/")
    assert customer.order().startswith("/orders/")
    answer = customer.client.post("/app-inbox/token")
    assert (answer.status_code, (answer.json or {})["code"]) == (
        503,
        "reconnect_needed",
    )


def test_the_owner_connects_and_customers_get_tokens(
    oauth_shop: Flask, sandbox: SandboxView
) -> None:
    owner = Visitor(oauth_shop).log_in("owner@example.com")
    assert "Not connected yet" in owner.text("/connect")
    assert _consent(owner) == "/connect"
    page = owner.text("/connect")
    assert "Sandbox" in page
    assert page.count(" UTC</dd>") == 3
    assert "none yet" in page
    customer = Visitor(oauth_shop).log_in()
    assert "data-token-url" in customer.text("/")
    assert (customer.client.post("/app-inbox/token").json or {})["token"]
    assert "with its access token, for a token" in customer.text("/flow/calls")
    state = requests.get(f"{sandbox.url}/_sandbox/oauth", timeout=5).json()
    assert state["access_token_life"] == ACCESS_TOKEN_LIFE
    assert [c["account"] for c in state["connections"]] == ["Sandbox"]


def test_a_disconnected_shop_has_no_bell_again(oauth_shop: Flask) -> None:
    owner = Visitor(oauth_shop).log_in("owner@example.com")
    _consent(owner)
    said = owner.client.post("/app-inbox/oauth/disconnect").text
    assert "has forgotten its connection" in said
    assert 'class="logo"' in said
    assert "Not connected yet" in owner.text("/connect")
    assert "data-token-url" not in Visitor(oauth_shop).log_in().text("/")


def test_a_new_registration_knows_nothing_of_the_old_one(
    oauth_shop: Flask, make_shop: MakeShop, sandbox: SandboxView
) -> None:
    _consent(Visitor(oauth_shop).log_in("owner@example.com"))
    registered = register(sandbox.url, "http://localhost")
    again = make_shop(SHOP_SANDBOX_URL=sandbox.url, **registered)
    owner = Visitor(again).log_in("owner@example.com")
    assert "Not connected yet" in owner.text("/connect")


def test_a_database_that_is_broken_costs_the_bell_alone(
    oauth_shop: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    database = Path(oauth_shop.instance_path, "app_inbox.sqlite3")
    database.write_bytes(b"this is no database, " * 100)
    customer = Visitor(oauth_shop).log_in()
    assert "data-token-url" not in customer.text("/")
    assert "The connection could not be read" in caplog.text


def test_without_a_sandbox_there_is_no_registration() -> None:
    with pytest.raises(SandboxError):
        register("http://127.0.0.1:9", "http://localhost")

"""A site that is registered as an app, and a vendor with made-up tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import responses
from flask import Flask

from flask_app_inbox import AppInbox, Contact
from flask_app_inbox.oauth.connections import EXTENSION
from flask_app_inbox.oauth.table import StoredConnection
from tests.contract.oauth_program import query_of

UAA = "https://uaa.esputnik.com/uaa"
TOKEN_URL = f"{UAA}/oauth/token"
PRINTED_TOKEN_URL = "https://esputnik.com/uaa/oauth/token"
API = "https://esputnik.com/api"
REDIRECT_URI = "https://shop.example/app-inbox/oauth/callback"
TOKENS = {
    "access_token": "ACCESS",
    "token_type": "bearer",
    "refresh_token": "REFRESH",
    "scope": "UseRestApi",
    "expires_in": 172541,
}

MakeOAuthSite = Callable[..., Flask]


@pytest.fixture
def make_oauth_site(tmp_path: Path) -> MakeOAuthSite:
    """Make a site that is registered as an app, and no more."""

    def make(**settings: Any) -> Flask:
        app = Flask("shop", instance_path=str(tmp_path))
        app.config.update(
            SECRET_KEY="shop",
            APP_INBOX_OAUTH_CLIENT_ID="CLIENT",
            APP_INBOX_OAUTH_CLIENT_SECRET="SECRET",
            APP_INBOX_OAUTH_REDIRECT_URI=REDIRECT_URI,
        )
        app.config.update({f"APP_INBOX_{name}": v for name, v in settings.items()})
        inbox = AppInbox(app)
        inbox.contact_loader(lambda: Contact(email="ann@example.com"))
        inbox.owner_loader(lambda: True)
        return app

    return make


@pytest.fixture
def oauth_vendor() -> Iterator[responses.RequestsMock]:
    """A vendor that answers what a connection needs, beside its tokens."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as vendor:
        version = {"version": "1", "protocolVersion": "1.0"}
        vendor.get(f"{API}/v2/version", json=version)
        vendor.get(f"{API}/v1/account/info", json={"organisationName": "Ann"})
        yield vendor


def connect(
    app: Flask, vendor: responses.RequestsMock, token_url: str = TOKEN_URL
) -> str:
    """Connect a site; return the address of the consent page."""
    vendor.post(token_url, json=TOKENS)
    browser = app.test_client()
    location = str(browser.get("/app-inbox/oauth/connect").location)
    state = query_of(location)["state"]
    answer = browser.get(f"/app-inbox/oauth/callback?code=CODE&state={state}")
    assert answer.status_code == 303
    return location


def refresh(app: Flask) -> None:
    app.extensions[EXTENSION].keeper("default").refresh()


def token_requests(vendor: responses.RequestsMock) -> list[Any]:
    """Return what was sent to the token address, the oldest first."""
    sent = [call.request for call in vendor.calls]
    return [one for one in sent if "/oauth/token" in str(one.url)]


def form_of(request: Any) -> dict[str, str]:
    return query_of(f"?{request.body}")


def row_of(app: Flask) -> StoredConnection:
    row: StoredConnection = app.extensions[EXTENSION].store.read("default")
    return row

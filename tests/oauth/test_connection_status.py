"""What a site can ask about its own connection."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask

from flask_app_inbox import AppInbox, LoaderError
from tests.conftest import MakeApp
from tests.oauth.conftest import MakeSite, connect
from tests.oauth.site import Site
from tests.oauth.vendor import CALLBACK, Vendor


def printed(site: Site, name: str) -> object:
    """Return what the command prints about a connection."""
    runner = site.app.test_cli_runner()
    command = ["app-inbox", "oauth", "status", "--json", "--connection", name]
    [shown] = json.loads(runner.invoke(args=command).output)
    return shown


def test_a_site_sees_what_the_command_prints(
    vendor: Vendor, make_site: MakeSite
) -> None:
    site = make_site(connected=True)
    with site.app.test_request_context():
        status = site.inbox.connection_status()
    assert status is not None
    assert status["state"] == "connected"
    assert status == printed(site, "default")
    tokens = site.row().tokens
    assert tokens.access_token not in str(status)
    assert tokens.refresh_token not in str(status)


def test_a_lost_connection_is_seen_with_its_reason(
    vendor: Vendor, make_site: MakeSite
) -> None:
    site = make_site(connected=True)
    vendor.control("DELETE", "oauth/connections")
    site.app.test_cli_runner().invoke(args=["app-inbox", "oauth", "refresh"])
    with site.app.app_context():
        status = site.inbox.connection_status() or {}
    assert status["state"] == "reconnect_needed"
    assert "refused the refresh token" in status["problem"]


def test_each_request_sees_its_own_connection(
    vendor: Vendor, make_site: MakeSite
) -> None:
    site = make_site()
    connect(vendor, site, "north")
    for name, state in (("north", "connected"), ("south", "not_connected")):
        site.connection = name
        with site.app.test_request_context():
            status = site.inbox.connection_status() or {}
        assert (status["connection"], status["state"]) == (name, state)
    with site.app.app_context():  # a job has no request and names the connection
        status = site.inbox.connection_status(connection="north") or {}
    assert (status["connection"], status["state"]) == ("north", "connected")


def test_a_name_that_is_none_is_told(make_site: MakeSite) -> None:
    site = make_site()
    site.connection = 7
    with site.app.test_request_context(), pytest.raises(LoaderError):
        site.inbox.connection_status()


def test_an_app_with_an_api_key_has_no_connection(make_app: MakeApp) -> None:
    with make_app().app_context():
        assert AppInbox().connection_status() is None


def test_an_app_whose_inbox_is_switched_off_has_no_connection(
    make_app: MakeApp,
) -> None:
    oauth: dict[str, Any] = {
        "OAUTH_CLIENT_ID": "id",
        "OAUTH_CLIENT_SECRET": "secret",
        "OAUTH_REDIRECT_URI": CALLBACK,
    }
    with make_app(ENABLED=False, API_KEY=None, **oauth).app_context():
        assert AppInbox().connection_status() is None


def test_an_app_without_an_inbox_is_told_so() -> None:
    with (
        Flask("shop").app_context(),
        pytest.raises(RuntimeError, match="has no AppInbox"),
    ):
        AppInbox().connection_status()

"""The fixture that sites with OAuth test with."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask, request

from flask_app_inbox import AppInbox, Contact
from flask_app_inbox.testing import ConnectionsDouble, VendorDouble
from tests.fixtures.registration import OAUTH


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    app = Flask("shop", instance_path=str(tmp_path / "instance"))
    app.config.update(
        SECRET_KEY="a key",
        **OAUTH,
        # A machine with more to do than this test is slow, not broken.
        APP_INBOX_TIMEOUT=20,
        # Nobody is there, and nobody is asked.
        APP_INBOX_DATABASE_URL="postgresql://shop@127.0.0.1:1/shop",
    )
    inbox = AppInbox(app)
    inbox.contact_loader(lambda: Contact("ann@example.com"))
    inbox.connection_loader(lambda: request.args.get("tenant"))
    return app


def ask(app: Flask, tenant: str = "default") -> tuple[int, str]:
    """Ask for a token like the page does; return the status, and token or code."""
    answer = app.test_client().post(f"/app-inbox/token?tenant={tenant}")
    body = answer.get_json(force=True)
    return answer.status_code, body.get("token", body.get("code"))


def test_only_what_is_connected_has_tokens(
    app: Flask, app_inbox_vendor: VendorDouble, app_inbox_connections: ConnectionsDouble
) -> None:
    app_inbox_connections.connect("north")
    assert ask(app, "north") == (200, "token-1")
    assert ask(app, "south") == (503, "reconnect_needed")
    app_inbox_connections.connect("south")
    app_inbox_connections.lose("north")
    assert ask(app, "north") == (503, "reconnect_needed")
    assert ask(app, "south") == (200, "token-2")
    app_inbox_connections.disconnect("south")
    assert ask(app, "south") == (503, "reconnect_needed")
    with pytest.raises(ValueError, match="no connection 'west' to lose"):
        app_inbox_connections.lose("west")


def test_a_token_that_has_expired_is_renewed_or_the_connection_lost(
    app: Flask, app_inbox_connections: ConnectionsDouble
) -> None:
    app_inbox_connections.connect(expires_in=0)
    assert ask(app) == (200, "token-1")
    assert app_inbox_connections.renewals == 1
    app_inbox_connections.refuses_renewal()
    app_inbox_connections.connect(expires_in=0)
    assert ask(app) == (503, "reconnect_needed")


def test_the_sites_own_database_is_left_alone(
    app: Flask, app_inbox_connections: ConnectionsDouble
) -> None:
    app_inbox_connections.connect("north", account="Shop of the north")
    result = app.test_cli_runner().invoke(args=["app-inbox", "oauth", "status"])
    assert "account:       Shop of the north" in result.output
    assert not Path(app.instance_path).exists()

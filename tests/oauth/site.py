"""A site connected by OAuth, in a test or in a process of its own."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import update

from flask_app_inbox import AppInbox, Contact
from flask_app_inbox.oauth.connections import EXTENSION, OAuthConnections
from flask_app_inbox.oauth.table import StoredConnection, table

ANN = "ann@example.com"


class Site:
    """An app and what a test wants to know of it.

    :param config: everything that stands in ``app.config``; it can be sent to
        another process.
    """

    def __init__(self, config: dict[str, Any], instance_path: str) -> None:
        self.config = config
        self.instance_path = instance_path
        self.owner = True
        self.connection: Any = None
        self.app = Flask("shop", instance_path=instance_path)
        self.app.config.update(config)
        self.inbox = AppInbox(self.app)
        self.inbox.contact_loader(lambda: Contact(email=ANN))
        self.inbox.owner_loader(lambda: self.owner)
        self.inbox.connection_loader(lambda: self.connection)
        self.browser = self.app.test_client()

    @property
    def oauth(self) -> OAuthConnections:
        connections: OAuthConnections = self.app.extensions[EXTENSION]
        return connections

    def row(self, name: str = "default") -> StoredConnection:
        """The connection as it is stored."""
        row = self.oauth.store.read(name)
        assert row is not None
        return row

    def token(self) -> tuple[int, str]:
        """Ask for a token like the page does; return the status, and token or code."""
        answer = self.browser.post("/app-inbox/token")
        body = answer.get_json(force=True)
        return answer.status_code, body.get("token", body.get("code"))

    def shift_expiry(self, seconds: float) -> None:
        """Move the life of the stored access token in time."""
        values = {
            "issued_at": table.c.issued_at + seconds,
            "expires_at": table.c.expires_at + seconds,
        }
        with self.oauth.store._database.write() as connection:
            connection.execute(update(table).values(values))

    def wait_for_refresh(self) -> None:
        """Wait until no refresh runs in this process."""
        running = self.oauth.keeper("default")._refreshing.get().running
        if running is not None:
            running.exception(30)

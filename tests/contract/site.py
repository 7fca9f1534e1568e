"""A site that follows the web guides, without a server."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from flask import Flask, render_template_string
from flask.testing import FlaskClient

from flask_app_inbox import AppInbox, Contact

ANN = Contact(email="ann@example.com")


def client_of(contact: Contact | None = ANN, **settings: Any) -> FlaskClient:
    """Return a client of a site whose user is one contact."""
    app = Flask("site")
    app.config.update(SECRET_KEY="x", APP_INBOX_API_KEY="the-key")
    app.config.update({f"APP_INBOX_{key}": settings[key] for key in settings})
    AppInbox(app).contact_loader(lambda: contact)
    app.add_url_rule("/", view_func=lambda: render_template_string("{{ app_inbox() }}"))
    return app.test_client()


def script_of(client: FlaskClient) -> dict[str, str | None]:
    """Return the attributes of our script element in the site's page."""
    found: list[dict[str, str | None]] = []

    class Reader(HTMLParser):
        def handle_starttag(
            self, tag: str, attrs: list[tuple[str, str | None]]
        ) -> None:
            if tag == "script":
                found.append(dict(attrs))

    Reader().feed(client.get("/").text)
    return found[0] if found else {}

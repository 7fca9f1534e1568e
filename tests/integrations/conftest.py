"""Sites of other people's packages, asked without a browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import pytest
from flask import Flask, render_template_string, session
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from flask_app_inbox import AppInbox, Contact

LAYOUT = """<!doctype html>
<html><body>{{ app_inbox_anchor() }}{{ app_inbox() }}</body></html>"""

MakeSite = Callable[..., Flask]


@pytest.fixture
def make_site() -> MakeSite:
    """Make a site whose session holds the visitor's email.

    :param prepare: called with the app before the extension is there.
    :param finish: called with it afterwards.
    :param config: of the app.
    :param options: of ``Flask``.
    """

    def make(
        *,
        prepare: Callable[[Flask], object] = lambda app: None,
        finish: Callable[[Flask], object] = lambda app: None,
        config: dict[str, Any] | None = None,
        page: str | None = "/",
        **options: Any,
    ) -> Flask:
        app = Flask("shop", **options)
        app.config.update(
            SECRET_KEY="a key",
            APP_INBOX_API_KEY="key",
            APP_INBOX_SCRIPT_ID="SITE",
        )
        app.config.update(config or {})
        prepare(app)
        inbox = AppInbox(app)

        @inbox.contact_loader
        def contact() -> Contact | None:
            email = session.get("email")
            return Contact(email=email) if email else None

        if page is not None:
            app.add_url_rule(page, "index", lambda: render_template_string(LAYOUT))
        finish(app)
        return app

    return make


def client_of(
    app: Flask, email: str = "ann@example.com", **options: Any
) -> FlaskClient:
    """Return a client that is logged in."""
    client = app.test_client()
    with client.session_transaction(**options) as cookie:
        cookie["email"] = email
    return client


@dataclass(frozen=True)
class Shown:
    """What a page says to its browser.

    :param html: the page.
    :param url: its address.
    """

    html: str
    url: str

    def attribute(self, name: str) -> str | None:
        """Return an attribute of our script's element."""
        tag = re.search(r"<script async [^>]*>", self.html)
        if tag is None:
            return None
        found = re.search(rf'\b{name}="([^"]*)"', tag[0])
        return found[1] if found else None

    def address(self, name: str) -> str:
        """Return such an attribute as the browser resolves it."""
        link = self.attribute(name)
        assert link is not None, f"no {name} in {self.html}"
        return urljoin(self.url, link)


def shown(response: TestResponse) -> Shown:
    """Return a page that was answered."""
    assert response.status_code == 200, response.text
    return Shown(response.text, response.request.url)


def ask(client: FlaskClient, page: Shown, **headers: str) -> TestResponse:
    """Ask for a token as the page's script does."""
    return client.post(
        page.address("data-token-url"),
        headers={
            "Sec-Fetch-Site": "same-origin",
            "X-App-Inbox-User": page.attribute("data-user") or "",
            **headers,
        },
    )

"""The shop's settings: defaults, the environment, then whatever a test gives."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from flask import Flask

#: The sandbox accepts this key and any script id.
SANDBOX_KEY = "sandbox-key"
SANDBOX_SCRIPT_ID = "5A4E0B0C7EA84C1AB1E70F15C0FFEE00"

#: With it the sandbox calls the shop's webhook.
SANDBOX_WEBHOOK_PASSWORD = "sandbox-webhook"  # noqa: S105 - it guards a demo

#: ChatHub's operators on a fresh sandbox, by the shop's two desks.
SANDBOX_OPERATORS = {"sales": 101, "support": 102}

#: Seconds. Hours are usual, but in a demo people want to see a token renewed.
SANDBOX_OPERATOR_TOKEN_LIFE = 60

#: Settings of the vendor's bell alone. Whoever gives one wants to see that bell.
_OF_VENDORS_BELL = ("APP_INBOX_SCRIPT_ID", "APP_INBOX_ANCHOR", "APP_INBOX_POSITION")


def configure(app: Flask, config: Mapping[str, Any]) -> None:
    """Fill ``app.config``.

    With ``SHOP_SANDBOX_URL`` the shop runs on the sandbox. Without it,
    ``FLASK_APP_INBOX_*`` describe the real account, and staff has a chat where
    ``FLASK_CHATHUB_*`` do the same for ChatHub and ``FLASK_SHOP_OPERATORS`` says
    who answers: ``{"sales": 101, "support": 102}``.

    :param config: overrides the environment.
    """
    app.config.from_mapping(
        SESSION_COOKIE_NAME="zavarka",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # A form on a page left open for an hour must still work.
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=64 * 1024,
        # The vendor's webhook names customers by their ids.
        APP_INBOX_CONTACT_FIELDS={
            "external_customer_id": "customer_id",
            "email": "email",
        },
        SHOP_SANDBOX_URL=os.environ.get("SHOP_SANDBOX_URL") or None,
    )
    app.config.from_prefixed_env()
    app.config.from_mapping(config)
    wants_vendors_bell = any(map(app.config.get, _OF_VENDORS_BELL))
    sandbox_url = app.config["SHOP_SANDBOX_URL"]
    if sandbox_url:
        app.config["SHOP_SANDBOX_URL"] = sandbox_url = sandbox_url.rstrip("/")
        app.config.setdefault("APP_INBOX_API_URL", f"{sandbox_url}/api")
        app.config.setdefault("APP_INBOX_SCRIPT_URL", sandbox_url)
        app.config.setdefault("APP_INBOX_MESSAGES_URL", f"{sandbox_url}/appinbox")
        app.config.setdefault("APP_INBOX_OAUTH_URL", f"{sandbox_url}/uaa")
        # A shop is connected by a key or by OAuth, never by both.
        if not app.config.get("APP_INBOX_OAUTH_CLIENT_ID"):
            app.config.setdefault("APP_INBOX_API_KEY", SANDBOX_KEY)
        app.config.setdefault("APP_INBOX_SCRIPT_ID", SANDBOX_SCRIPT_ID)
        app.config.setdefault("CHATHUB_API_URL", sandbox_url)
        app.config.setdefault("CHATHUB_SCRIPT_URL", sandbox_url)
        app.config.setdefault("CHATHUB_KEY", SANDBOX_KEY)
        app.config.setdefault("CHATHUB_TOKEN_LIFETIME", SANDBOX_OPERATOR_TOKEN_LIFE)
        app.config.setdefault("APP_INBOX_WEBHOOK_PASSWORD", SANDBOX_WEBHOOK_PASSWORD)
        app.config.setdefault("SHOP_OPERATORS", SANDBOX_OPERATORS)
    app.config.setdefault("SHOP_OPERATORS", {})
    # The extension's own defaults; the drawer shows them.
    app.config.setdefault("APP_INBOX_ANCHOR", "#app-inbox")
    app.config.setdefault("APP_INBOX_POSITION", "beforeend")
    can_show_it = bool(app.config.get("APP_INBOX_SCRIPT_ID"))
    widget = "vendor" if wants_vendors_bell and can_show_it else "site"
    app.config.setdefault("APP_INBOX_WIDGET", widget)
    has_chat = any(app.config.get(f"CHATHUB_{name}") for name in ("KEY", "LOGIN"))
    app.config.setdefault("CHATHUB_ENABLED", has_chat)

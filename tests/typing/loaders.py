"""Checked by mypy and not run: decorated loaders keep their types."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Literal

from flask import Flask

from flask_app_inbox import AppInbox, Contact

if TYPE_CHECKING:
    from typing_extensions import assert_type

    app_inbox = AppInbox(Flask(__name__), csp_nonce=lambda: "nonce")

    @app_inbox.contact_loader
    def contact() -> Contact | None:
        return None

    assert_type(contact(), Contact | None)

    @app_inbox.contact_loader
    def always() -> Contact:
        return Contact(email="a@b.c")

    assert_type(always(), Contact)

    @app_inbox.contact_loader
    async def async_contact() -> Contact | None:
        return None

    awaited_contact: Callable[[], Awaitable[Contact | None]] = async_contact

    @app_inbox.language_loader
    def language() -> Literal["en"]:
        return "en"

    assert_type(language(), Literal["en"])

    @app_inbox.language_loader
    async def async_language() -> str | None:
        return "uk"

    awaited_language: Callable[[], Awaitable[str | None]] = async_language

    # A loader takes no arguments, and returns a contact.
    @app_inbox.contact_loader  # type: ignore[type-var] # must stay refused
    def wrong() -> str:
        return "a@b.c"

    @app_inbox.contact_loader  # type: ignore[type-var] # must stay refused
    def greedy(user: object) -> Contact | None:
        return None

    assert_type(app_inbox.issue_token(always()), str)

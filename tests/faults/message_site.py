"""A site that draws its own bell; the query says whose: ``?who=ann``."""

from __future__ import annotations

import os

from flask import Flask, request

from flask_app_inbox import AppInbox, Contact


def create_app() -> Flask:
    """Return a site whose settings are in the environment."""
    app = Flask(__name__)
    app.config.from_prefixed_env()
    inbox = AppInbox(app)

    def contact() -> Contact:
        return Contact(email=email_of(request.args["who"]))

    inbox.contact_loader(contact)

    @app.get("/page")
    def page() -> dict[str, int | None]:
        """Render what a page tells without asking the vendor."""
        return {"unread": inbox.unread_count(contact(), fetch=False)}

    app.add_url_rule("/pid", view_func=lambda: str(os.getpid()))
    return app


def email_of(who: str) -> str:
    return f"{who}@customers.example"

"""The page of a site in good order, and its users."""

from __future__ import annotations

from flask import Flask, render_template_string
from flask.sessions import SecureCookieSessionInterface
from flask_login import LoginManager, UserMixin, login_required

LAYOUT = """<!doctype html>
<html lang="en">
<head><title>Shop</title></head>
<body>
<header>Shop {{ app_inbox_anchor() }}</header>
<p>Hello</p>
{{ app_inbox() }}
</body>
</html>"""


class User(UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    id = 7
    mail = "ann@example.com"


def with_flask_login(app: Flask) -> None:
    manager = LoginManager(app)
    manager.login_view = "index"

    @manager.user_loader  # type: ignore[untyped-decorator]  # as above
    def load(user_id: str) -> User | None:
        return User() if user_id == "7" else None

    @app.get("/account")
    @login_required  # type: ignore[untyped-decorator]  # as above
    def account() -> str:
        return render_template_string(LAYOUT)


def cookie_of(app: Flask, **session: object) -> str:
    """Return the Cookie header of a browser with a session."""
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    return f"session={serializer.dumps(session)}"

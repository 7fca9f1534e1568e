"""The page of a site in good order, and its users."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from flask import Flask, render_template_string
from flask.sessions import SecureCookieSessionInterface
from flask_login import LoginManager, UserMixin, login_required
from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

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


def behind_a_gate(passing: str) -> Callable[[Flask], None]:
    """Return what puts middleware before an app, which answers in its place.

    :param passing: a pattern of the paths that it lets through.
    """

    def prepare(app: Flask) -> None:
        inner = app.wsgi_app

        def gate(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
            if re.fullmatch(passing, environ["PATH_INFO"]):
                return inner(environ, start)
            return Response("Soon", 503)(environ, start)

        # As Flask's manual does.
        app.wsgi_app = gate  # type: ignore[assignment,method-assign]

    return prepare


def cookie_of(app: Flask, **session: object) -> str:
    """Return the Cookie header of a browser with a session."""
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    return f"session={serializer.dumps(session)}"

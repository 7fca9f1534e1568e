"""A site with staff and customers, for the tests of the operator panel."""

from __future__ import annotations

from typing import Any

from flask import Flask, redirect, render_template_string, request
from flask_login import LoginManager, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from flask_app_inbox import ChatHub

#: Who is which operator; everybody else is a customer.
STAFF = {
    "olha": {"sales": 101, "support": 102},
    "taras": {"support": 102},
}

#: Another staff, in which nobody shares an organization.
TWO_OPERATORS = {"olha": {"sales": 101}, "taras": {"support": 102}}

PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Site</title><link rel="icon" href="data:,"></head>
<body>
<main><h1>Staff</h1><p id="who">{{ current_user.get_id() or "nobody" }}</p>
{{ chathub() }}</main>
</body>
</html>"""


class User:
    is_active = is_authenticated = True
    is_anonymous = False

    def __init__(self, name: str) -> None:
        self.name = name

    def get_id(self) -> str:
        return self.name


def make_app(**settings: Any) -> Flask:
    """Return the site; other settings than the usual by their whole names.

    /login?user=…, /logout, / and /two with the panel, /plain without it. ``PAGE`` is
    another page, ``STAFF_OF`` another staff, ``HEADERS`` go on every answer.
    """
    app = Flask("site")
    app.config.update(SECRET_KEY="a key of this site", CHATHUB_KEY="sandbox-key")
    app.config.update(settings)
    manager = LoginManager(app)
    manager.user_loader(User)
    chathub = ChatHub(app)
    staff = app.config.get("STAFF_OF", STAFF)
    chathub.operator_loader(lambda: staff.get(current_user.get_id(), {}))

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.update(app.config.get("HEADERS", {}))
        return response

    @app.get("/")
    @app.get("/two")
    def page() -> str:
        return render_template_string(app.config.get("PAGE", PAGE))

    @app.get("/plain")
    def plain() -> str:
        page: str = app.config.get("PAGE", PAGE)
        return render_template_string(page.replace("{{ chathub() }}", ""))

    @app.get("/login")
    def login() -> Response:
        login_user(User(request.args["user"]))
        return redirect(request.args.get("next", "/"))

    @app.get("/logout")
    def logout() -> Response:
        logout_user()
        return redirect("/plain")

    return app

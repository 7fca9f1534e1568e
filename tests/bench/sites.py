"""Three sites that differ in one thing: where the contact's token comes from.

``ours`` has the extension. ``recipe`` does what the vendor's guide describes, in
the plainest way: one requests.post in a view that needs a login. ``pooled`` is
the same view on a kept requests.Session, the best that it can get.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import requests
from flask import Flask, Response, render_template
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user, login_required
from requests.adapters import HTTPAdapter

from flask_app_inbox import AppInbox, Contact

KEY = "bench-key"
SECRET_KEY = "bench secret that is long enough"
THREADS = 16

#: Where each site hands out tokens.
TOKEN_PATHS = {"ours": "/app-inbox/token", "recipe": "/token", "pooled": "/token"}

#: The style sheets of a real shop.
STYLES = Path(__file__).parent.parent.parent / "demo/shop/static/style"


class User:
    """A customer, made of the id in the session alone: no database is measured."""

    is_authenticated = is_active = True
    is_anonymous = False

    def __init__(self, number: str) -> None:
        self.number = number
        self.email = f"customer{number}@example.com"

    def get_id(self) -> str:
        """Return what the session keeps."""
        return self.number


def create(kind: str) -> Flask:
    """Make a site.

    :param kind: ``ours``, ``recipe``, ``pooled``, or ``bare``: a view with a login
        that needs nobody.
    """
    app = Flask("tests.bench")
    app.config.update(
        SECRET_KEY=SECRET_KEY,
        APP_INBOX_API_KEY=KEY,
        APP_INBOX_SCRIPT_ID="5329D46FF7EB4D63A5CA2E048C5C6C4E",
        # Some rows have as many slots as threads, or one customer for everything.
        APP_INBOX_MAX_CONCURRENT=int(os.environ.get("BENCH_SLOTS", "8")),
        APP_INBOX_RATE_LIMIT=os.environ.get("BENCH_RATE_LIMIT", "30/minute"),
    )
    for name in (
        *("API_URL", "SCRIPT_URL", "MESSAGES_URL", "WIDGET"),
        *("STORAGE_URL", "WEBHOOK_PASSWORD"),
    ):
        if value := os.environ.get(f"BENCH_{name}"):
            app.config[f"APP_INBOX_{name}"] = value
    LoginManager(app).user_loader(User)
    app.add_url_rule("/page", view_func=page)
    app.add_url_rule("/bell/<kind>", view_func=bell)
    app.add_url_rule("/shop/<kind>", view_func=shop)
    app.add_url_rule("/shop.css", view_func=shop_style)
    if kind == "ours":
        add_event(app, AppInbox(app))
    elif kind == "bare":
        app.add_url_rule("/bare", view_func=login_required(lambda: {"unread": 3}))
    elif kind == "recipe":
        app.add_url_rule(
            "/token", view_func=login_required(recipe_token), methods=["POST"]
        )
    else:
        add_pooled_token(app)
    return app


def add_event(app: Flask, app_inbox: AppInbox) -> None:
    """Add a view that sends an event of one of a million customers."""

    def event() -> ResponseReturnValue:
        contact = Contact(external_customer_id=random.randrange(1_000_000))
        app_inbox.send_event("orderPlaced", contact, {"number": "ZV-1042"})
        return "", 204

    app.add_url_rule("/event", view_func=event, methods=["POST"])


def page() -> ResponseReturnValue:
    """Show any other page of the site."""
    return render_template("page.html", items=range(20))


def bell(kind: str) -> ResponseReturnValue:
    """Show a page with a bell, for the browser."""
    return render_template(
        f"bell_{kind}.html",
        script_url=os.environ.get("BENCH_SCRIPT_URL"),
        script_id="5329D46FF7EB4D63A5CA2E048C5C6C4E",
        token_url="/token",
        language="en",
    )


def shop(kind: str) -> ResponseReturnValue:
    """Show a page of a common size: ``with`` or ``without`` a bell."""
    return render_template("shop.html", has_bell=kind == "with", items=range(60))


def shop_style() -> ResponseReturnValue:
    """Serve the style sheet of that page."""
    styles = [file.read_text("utf-8") for file in sorted(STYLES.glob("*.css"))]
    response = Response("\n".join(styles), mimetype="text/css")
    response.cache_control.max_age = 3600
    return response


def vendor_url() -> str:
    """Return where the vendor issues tokens."""
    return os.environ["BENCH_API_URL"] + "/v1/auth/contact/token"


def recipe_token() -> ResponseReturnValue:
    """Issue a token as the guide describes it."""
    answer = requests.post(  # the guide's recipe knows no timeout
        vendor_url(), auth=("any", KEY), json={"email": current_user.email}
    )
    return {"token": answer.json()["token"]}


def add_pooled_token(app: Flask) -> None:
    """Add the same view on kept connections."""
    session = requests.Session()
    session.mount("https://", HTTPAdapter(pool_maxsize=THREADS))

    def token() -> ResponseReturnValue:
        answer = session.post(
            vendor_url(),
            auth=("any", KEY),
            json={"email": current_user.email},
            timeout=3,
        )
        return {"token": answer.json()["token"]}

    app.add_url_rule("/token", view_func=login_required(token), methods=["POST"])


def cookies(count: int) -> list[str]:
    """Return session cookies of that many customers."""
    app = Flask("tests.bench")
    app.secret_key = SECRET_KEY
    interface = app.session_interface
    signer = interface.get_signing_serializer(app)  # type: ignore[attr-defined] # of the default interface
    return [
        str(signer.dumps({"_user_id": str(number), "_fresh": False}))
        for number in range(count)
    ]

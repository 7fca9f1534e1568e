"""The owner's page: how the shop is connected to the vendor, by key or by OAuth.

By OAuth the extension's own pages do the work. The shop puts them into its layout
(``templates/app_inbox``) and says who the owner is.
"""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from flask_app_inbox import AppInbox, signals

from .accounts import OWNER
from .sign_in import require_login

blueprint = Blueprint("connection", __name__)

_EXTENSION = "shop_connected"


def init_app(app: Flask, app_inbox: AppInbox) -> None:
    """Say who the owner is, and follow whether there can be a bell."""
    app_inbox.owner_loader(_is_owner)
    app_inbox.connection_loader(_name_connection)
    # Each start registers a new app with the sandbox, so nobody has connected it.
    waits = uses_oauth(app) and bool(app.config["SHOP_SANDBOX_URL"])
    app.extensions[_EXTENSION] = {"connected": not waits}
    app.after_request(_follow_owner)
    signals.token_failed.connect(_note_failure, app)
    signals.connection_lost.connect(_note_loss, app)
    app.jinja_env.globals["has_bell"] = has_bell


def uses_oauth(app: Flask) -> bool:
    """Tell whether the shop has no API key but connects by OAuth."""
    return bool(app.config.get("APP_INBOX_OAUTH_CLIENT_ID"))


@blueprint.before_request
def let_owners_in() -> AnyResponse | None:
    """Show this page to nobody else."""
    refusal = require_login()
    if refusal is None and not _is_owner():
        abort(404)
    return refusal


@blueprint.get("/connect")
def show() -> str | AnyResponse:
    """Lead to the connection by OAuth; with a key, tell how to get there."""
    if uses_oauth(current_app):
        return redirect(url_for("app_inbox_oauth.status"))
    return render_template("connect.html")


def has_bell() -> bool:
    """Tell whether the shop can get tokens at all; with a key it can.

    By OAuth it can once its owner has connected it. Until then the bell could only
    say that something is wrong, so the shop shows none.
    """
    return bool(current_app.extensions[_EXTENSION]["connected"])


def _is_owner() -> bool:
    return bool(current_user.is_authenticated and current_user.role == OWNER)


def _name_connection() -> str:
    """Return a name for each registration: a new sandbox knows no old connection."""
    return str(current_app.config["APP_INBOX_OAUTH_CLIENT_ID"])


def _follow_owner(response: Response) -> Response:
    """See the owner connect (back from the vendor, with no error) and disconnect."""
    if request.endpoint == "app_inbox_oauth.callback" and response.status_code == 303:
        _note(current_app, connected=True)
    if request.endpoint == "app_inbox_oauth.disconnect" and response.status_code == 200:
        _note(current_app, connected=False)
    return response


def _note_failure(app: Flask, *, code: str, **_: Any) -> None:
    if code == "reconnect_needed":
        _note(app, connected=False)


def _note_loss(app: Flask, **_: Any) -> None:
    _note(app, connected=False)


def _note(app: Flask, *, connected: bool) -> None:
    app.extensions[_EXTENSION]["connected"] = connected

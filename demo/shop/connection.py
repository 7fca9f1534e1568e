"""The owner's page: how the shop is connected to the vendor, by key or by OAuth.

By OAuth the extension's own pages do the work. The shop puts them into its layout
(``templates/app_inbox``) and says who the owner is.
"""

from __future__ import annotations

import logging

from flask import (
    Blueprint,
    Flask,
    abort,
    current_app,
    redirect,
    render_template,
    url_for,
)
from flask_login import current_user
from werkzeug.wrappers import Response

from flask_app_inbox import AppInbox, AppInboxError

from .accounts import OWNER
from .sign_in import require_login

logger = logging.getLogger(__name__)

blueprint = Blueprint("connection", __name__)


def init_app(app: Flask, app_inbox: AppInbox) -> None:
    """Say who the owner is, and let pages ask whether there can be a bell."""
    app_inbox.owner_loader(_is_owner)
    app_inbox.connection_loader(_name_connection)
    app.jinja_env.globals["has_bell"] = lambda: has_bell(app_inbox)


def uses_oauth(app: Flask) -> bool:
    """Tell whether the shop has no API key but connects by OAuth."""
    return bool(app.config.get("APP_INBOX_OAUTH_CLIENT_ID"))


@blueprint.before_request
def let_owners_in() -> Response | None:
    """Show this page to nobody else."""
    refusal = require_login()
    if refusal is None and not _is_owner():
        abort(404)
    return refusal


@blueprint.get("/connect")
def show() -> str | Response:
    """Lead to the connection by OAuth; with a key, tell how to get there."""
    if uses_oauth(current_app):
        return redirect(url_for("app_inbox_oauth.status"))
    return render_template("connect.html")


def has_bell(app_inbox: AppInbox) -> bool:
    """Tell whether the shop can get tokens at all; with a key it can.

    By OAuth it can once its owner has connected it. Until then the bell could only
    say that something is wrong, so the shop shows none.
    """
    if not current_user.is_authenticated:
        return True
    try:
        status = app_inbox.connection_status()
    except AppInboxError as error:
        logger.warning("The connection could not be read: %s", error)
        return False
    return status is None or status["state"] == "connected"


def _is_owner() -> bool:
    return bool(current_user.is_authenticated and current_user.role == OWNER)


def _name_connection() -> str:
    """Return a name for each registration: a new sandbox knows no old connection."""
    return str(current_app.config["APP_INBOX_OAUTH_CLIENT_ID"])

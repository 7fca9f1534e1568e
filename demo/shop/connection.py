"""The owner's page: how the shop is connected to the vendor, by key or by OAuth."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from flask import Blueprint, Flask, abort, current_app, render_template
from flask_login import current_user
from werkzeug.wrappers import Response

from flask_app_inbox import AppInbox, AppInboxError
from flask_app_inbox.oauth.connections import current_connections
from flask_app_inbox.oauth.status import account_name

from .accounts import OWNER
from .sign_in import require_login

if TYPE_CHECKING:
    from flask_app_inbox.oauth.store import StoredConnection

logger = logging.getLogger(__name__)

blueprint = Blueprint("connection", __name__)


def init_app(app: Flask, app_inbox: AppInbox) -> None:
    """Say who the owner is, and let pages ask whether there can be a bell."""
    app_inbox.owner_loader(_is_owner)
    app_inbox.connection_loader(_name_connection)
    app.jinja_env.globals["has_bell"] = has_bell


@blueprint.before_request
def let_owners_in() -> Response | None:
    """Show this page to nobody else."""
    refusal = require_login()
    if refusal is None and not _is_owner():
        abort(404)
    return refusal


@blueprint.get("/connect")
def show() -> str:
    """Show how the connection is, and what leads to one."""
    uses_oauth = current_connections() is not None
    stored = _stored_connection() if uses_oauth else None
    return render_template(
        "connect.html",
        uses_oauth=uses_oauth,
        stored=stored,
        account=account_name(stored.account) if stored else "",
    )


def has_bell() -> bool:
    """Tell whether the shop can get tokens at all; with a key it can.

    By OAuth it can once its owner has connected it: until then a bell could only
    say that something is wrong.
    """
    if not current_user.is_authenticated or current_connections() is None:
        return True
    stored = _stored_connection()
    return stored is not None and stored.state == "connected"


def _is_owner() -> bool:
    return bool(current_user.is_authenticated and current_user.role == OWNER)


def _name_connection() -> str:
    """Return a name for each registration.

    A sandbox forgets everything when it ends. A connection to an earlier one would
    only have to be explained to the owner.
    """
    return str(current_app.config["APP_INBOX_OAUTH_CLIENT_ID"])


def _stored_connection() -> StoredConnection | None:
    connections = current_connections()
    if connections is None:
        return None
    try:
        return connections.store.read(connections.current_name())
    except AppInboxError as error:
        logger.warning("The connection could not be read: %s", error)
        return None

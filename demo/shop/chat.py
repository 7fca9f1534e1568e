"""The staff's page: the operator panel of two organizations."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, current_app, render_template
from flask_login import current_user
from werkzeug.wrappers import Response

from flask_app_inbox import ChatHub

from . import desks
from .accounts import STAFF
from .languages import current_language
from .sign_in import require_login

blueprint = Blueprint("chat", __name__)


def init_app(app: Flask) -> None:
    """Say who is which operator; nobody but staff is any."""
    desks.init_app(app)
    chathub = ChatHub(app)
    chathub.operator_loader(_operators)
    chathub.language_loader(current_language)


@blueprint.before_request
def let_staff_in() -> Response | None:
    """Show this page to nobody else."""
    refusal = require_login()
    if refusal is None and not _is_staff():
        abort(404)
    return refusal


@blueprint.get("/chat")
def show() -> str:
    """Show the panel."""
    # A sandbox that was started anew is looked at anew.
    desks.open_desks()
    return render_template(
        "chat.html",
        answering=desks.operators(),
        enabled=current_app.config["CHATHUB_ENABLED"],
        lifetime=current_app.config.get("CHATHUB_TOKEN_LIFETIME"),
    )


def _is_staff() -> bool:
    return bool(current_user.is_authenticated and current_user.role == STAFF)


def _operators() -> dict[str, int] | None:
    if not current_user.is_authenticated:
        return None
    return desks.operators() if _is_staff() else {}

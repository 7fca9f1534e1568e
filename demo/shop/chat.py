"""The staff's page: the operator panel for two organizations."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, current_app, render_template
from flask_login import current_user
from werkzeug.wrappers import Response

from flask_app_inbox import ChatHub

from . import desks
from .accounts import STAFF
from .languages import LANGUAGES, current_language, translate
from .sign_in import require_login

blueprint = Blueprint("chat", __name__)


_PHONE = "tel:+380441234567"


def init_app(app: Flask) -> ChatHub:
    """Say who is which operator; nobody but staff is one."""
    with app.app_context():
        fallback = {code: translate("chat.fallback", code) for code in LANGUAGES}
    # What staff sees while the panel does not work.
    app.config.setdefault("CHATHUB_FALLBACK", {"text": fallback, "link": _PHONE})
    chathub = ChatHub(app)
    chathub.operator_loader(_operators)
    chathub.language_loader(current_language)
    return chathub


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

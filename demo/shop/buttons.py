"""The buttons of the drawer "How it works"."""

from __future__ import annotations

from flask import Blueprint, Response, flash, jsonify, request
from flask_login import current_user
from flask_wtf import FlaskForm

from flask_app_inbox import ConfigError

from . import anchor, widget
from .backstage import SandboxError, current_backstage
from .languages import translate
from .news import Outcome, ask_for_sample

blueprint = Blueprint("buttons", __name__, url_prefix="/flow")

#: How the message button is answered: a text's key and the status.
_ANSWERS = {
    Outcome.SENT: ("flow.did.message", 200),
    Outcome.UNKNOWN: ("flow.did.unknown", 404),
    Outcome.FAILED: ("flow.did.failed", 502),
}


@blueprint.before_request
def _refuse_others() -> tuple[Response, int] | None:
    """Let nobody press one without a login and a form of ours."""
    if current_user.is_authenticated and FlaskForm().validate_on_submit():
        return None
    return jsonify(code="login_required"), 401


@blueprint.post("/message")
def message() -> tuple[Response, int]:
    """Tell the vendor that the current customer wants a sample message."""
    says, status = _ANSWERS[ask_for_sample(current_user)]
    return jsonify(says=translate(says)), status


@blueprint.post("/tokens")
def tokens() -> tuple[Response, int]:
    """Invalidate every token, so that bells must ask for new ones."""
    sandbox = current_backstage()
    try:
        if sandbox is None:
            raise SandboxError("There is no sandbox.")
        sandbox.invalidate_tokens()
    except SandboxError:
        return jsonify(says=translate("flow.did.failed")), 502
    return jsonify(says=translate(f"flow.did.tokens.{widget.drawn_by()}")), 200


@blueprint.post("/anchor")
def move_bell() -> tuple[Response, int]:
    """Move the bell to one of the places offered, or to a selector that was typed."""
    typed = anchor.Place(
        request.form.get("selector", "").strip(), request.form.get("position", "")
    )
    place = anchor.PLACES.get(request.form.get("place", ""), typed)
    says, status = _try_to_move(place)
    if status == 200:
        flash(says)
    return jsonify(says=says, moved=status == 200), status


def _try_to_move(place: anchor.Place) -> tuple[str, int]:
    if current_backstage() is None:
        return translate("flow.anchor.real"), 409
    try:
        anchor.move(place)
    except ConfigError as error:
        problem = " ".join(error.problems)
        return translate("flow.anchor.refused", problem=problem), 400
    except anchor.NoAnchor:
        return translate("flow.anchor.none", selector=place.selector), 400
    except SandboxError as error:
        says = (
            "flow.anchor.vendor_refused" if error.status == 400 else "flow.did.failed"
        )
        return translate(says), 400 if error.status == 400 else 502
    moved = translate(
        "flow.anchor.moved", selector=place.selector, position=place.position
    )
    return moved, 200


@blueprint.post("/widget")
def draw_bell() -> tuple[Response, int]:
    """Let the vendor's script draw the bell, or the site itself."""
    chosen = request.form.get("widget", "")
    if chosen not in widget.WIDGETS:
        return jsonify(says=translate("flow.did.failed")), 400
    try:
        widget.draw_by(chosen)
    except widget.NoScript:
        return jsonify(says=translate("flow.widget.no_script")), 409
    flash(translate(f"flow.widget.now.{chosen}"))
    return jsonify(changed=True), 200

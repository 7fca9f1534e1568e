"""The control API under ``/_sandbox``, for the console and other programs.

JSON in and out. Errors are ``{"error": "…"}`` and say what is wrong.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from . import event_control, oauth_control
from .contacts import Contact
from .content import CONTENT_KEYS, read_content
from .faults.kinds import KINDS
from .faults.memory import read_order
from .json_body import (
    LONGEST_LIFETIME,
    BadBody,
    choice,
    last_seen,
    number,
    only,
    read_object,
    text,
)
from .messages import DEFAULT_LIFETIME
from .outbox import deliver
from .own_callers import objection
from .selector import check_selector
from .site import INIT_FORMS, POSITIONS, Site
from .state import state
from .tokens import MODES

PREFIX = "/_sandbox"

blueprint = Blueprint("control", __name__, url_prefix=PREFIX)
blueprint.register_blueprint(oauth_control.blueprint)
blueprint.register_blueprint(event_control.blueprint)

_WHO = ("email", "phone", "externalCustomerId")


@blueprint.before_request
def refuse_foreign_pages() -> tuple[Response, int] | None:
    """Refuse web pages other than the console."""
    if reason := objection(request):
        return jsonify(error=reason), 403
    if request.content_length and request.mimetype != "application/json":
        return jsonify(error="Bodies must have Content-Type: application/json."), 415
    return None


@blueprint.after_request
def forbid_storing(response: Response) -> Response:
    """Keep answers out of caches."""
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.errorhandler(BadBody)
def refuse_body(error: BadBody) -> tuple[Response, int]:
    """Answer what is wrong with the body."""
    return jsonify(error=str(error)), error.status


@blueprint.get("/contacts")
def contacts() -> Response:
    """List the contacts."""
    return jsonify([contact.to_json() for contact in state().contacts.all()])


@blueprint.post("/contacts")
def add_contact() -> tuple[Response, int]:
    """Create a contact, or update the one with the same identifier."""
    body = read_object(request)
    only(body, (*_WHO, "firstName", "lastName"))
    contact = state().contacts.save(_read_contact(body))
    return jsonify(contact.to_json()), 201


@blueprint.get("/messages")
def messages() -> tuple[Response, int] | Response:
    """List a contact's messages, the newest first."""
    contact = state().contacts.find(_read_contact(dict(request.args)))
    if contact is None:
        return _no_contact()
    return jsonify([m.to_json() for m in state().messages.of(contact.id)])


@blueprint.post("/messages")
def send_message() -> tuple[Response, int]:
    """Send a message to a contact."""
    body = read_object(request)
    only(body, (*_WHO, *CONTENT_KEYS, "expiresIn"))
    wanted = _read_contact(body)
    says = read_content(body)
    lifetime = number(body, "expiresIn", DEFAULT_LIFETIME, LONGEST_LIFETIME)
    contact = state().contacts.find(wanted)
    if contact is None:
        return _no_contact()
    return jsonify(deliver(state(), contact, says, lifetime).to_json()), 201


@blueprint.get("/tokens")
def tokens() -> Response:
    """Return the token mode and the number of valid tokens."""
    return jsonify(mode=state().tokens.mode, alive=len(state().tokens))


@blueprint.put("/tokens")
def set_token_mode() -> Response:
    """Change the token mode; valid tokens stay valid."""
    body = read_object(request)
    only(body, ("mode",))
    state().tokens.mode = choice(body, "mode", MODES)
    return tokens()


@blueprint.delete("/tokens")
def invalidate_tokens() -> Response:
    """Invalidate every token that was issued."""
    return jsonify(invalidated=state().tokens.invalidate())


@blueprint.get("/faults")
def faults() -> Response:
    """List the routes, the kinds and the faults that are set."""
    kinds = {kind.name: [o.name for o in kind.options] for kind in KINDS.values()}
    current = [fault.to_json() for fault in state().faults.all()]
    return jsonify(routes=list(state().routes.by_name), kinds=kinds, faults=current)


@blueprint.post("/faults")
def add_fault() -> tuple[Response, int]:
    """Break a route: once without ``times``, until it is cleared with null."""
    order = read_order(read_object(request), state().routes)
    return jsonify(state().faults.add(order).to_json()), 201


@blueprint.delete("/faults")
def clear_faults() -> Response:
    """Clear all faults and release the requests that hang."""
    return jsonify(cleared=state().faults.clear())


@blueprint.get("/requests")
def requests_log() -> Response:
    """List the requests to the vendor after the entry with the id ``since``."""
    return jsonify(state().journal.since(last_seen(request)))


@blueprint.get("/site")
def site() -> Response:
    """Return where the bell goes, and how pages ask for it."""
    return jsonify(state().site.to_json())


@blueprint.put("/site")
def configure_site() -> Response:
    """Set up the bell; missing values return to their defaults."""
    body = read_object(request)
    only(body, ("selector", "position", "icon", "initForm"))
    fresh = Site()
    position = fresh.position
    if body.get("position") is not None:
        position = choice(body, "position", POSITIONS)
    icon = text(body, "icon").strip()
    if icon and not icon.startswith("<svg"):
        raise BadBody('"icon" must be an SVG element: text that starts with <svg.')
    selector = text(body, "selector").strip() or fresh.selector
    try:
        check_selector(selector)
    except ValueError as error:
        raise BadBody(f'"selector": {error}') from error
    init_form = text(body, "initForm")
    if init_form:
        choice(body, "initForm", INIT_FORMS)
    state().site = Site(selector, position, icon, init_form)
    return site()


@blueprint.post("/reset")
def reset() -> Response:
    """Reset to the initial state."""
    if request.get_data():
        only(read_object(request), ())
    state().reset()
    return jsonify(reset=True)


def error_as_json(error: HTTPException) -> Response:
    """Answer an error from outside these calls in this API's form."""
    response = jsonify(error=error.description)
    response.status_code = error.code or 500
    if allow := error.get_response().headers.get("Allow"):
        response.headers["Allow"] = allow
    return response


def _read_contact(body: dict[str, Any]) -> Contact:
    contact = Contact(
        external_customer_id=text(body, "externalCustomerId"),
        email=text(body, "email"),
        phone=text(body, "phone"),
        first_name=text(body, "firstName"),
        last_name=text(body, "lastName"),
    )
    if not any(contact.identifiers()):
        raise BadBody("Give an email, a phone or an externalCustomerId.")
    return contact


def _no_contact() -> tuple[Response, int]:
    return jsonify(error="There is no such contact: create it with POST contacts."), 404

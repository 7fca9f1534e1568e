"""ChatHub's part of the control API, under ``/_sandbox/chathub``."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from .. import control
from ..json_body import BadBody, number, only, read_object, text, whole
from ..state import state
from .api import LONGEST_LIFE
from .chats import Chat
from .staff import ACTIVE, DELETED, Organization

_ANY_ID = 2**31 - 1

blueprint = Blueprint(
    "chathub_control", __name__, url_prefix=f"{control.PREFIX}/chathub"
)
blueprint.before_request(control.refuse_foreign_pages)
blueprint.after_request(control.forbid_storing)
blueprint.register_error_handler(BadBody, control.refuse_body)


@blueprint.get("/organizations")
def organizations() -> Response:
    """List the organizations, each with its operators."""
    staff = state().chathub.staff
    return jsonify(
        [
            {
                **one.to_json(),
                "operators": [each.to_json() for each in staff.operators(one.id)],
            }
            for one in staff.organizations()
        ]
    )


@blueprint.post("/organizations")
def add_organization() -> tuple[Response, int]:
    """Create an organization."""
    body = read_object(request)
    only(body, ("name",))
    return jsonify(state().chathub.staff.add_organization(_name(body)).to_json()), 201


@blueprint.post("/operators")
def add_operator() -> tuple[Response, int]:
    """Create an operator."""
    body = read_object(request)
    only(body, ("organizationId", "name", "status"))
    name = _name(body)
    status = ACTIVE
    if body.get("status") is not None:
        status = whole(body, "status", ACTIVE, DELETED)
    organization = _organization(body)
    staff = state().chathub.staff
    operator = staff.add_operator(organization.id, name)
    assert operator is not None  # noqa: S101 - its organization was found
    return jsonify((staff.set_status(operator.id, status) or operator).to_json()), 201


@blueprint.put("/operators/<int:operator_id>")
def set_status(operator_id: int) -> tuple[Response, int] | Response:
    """Change an operator's status: 0 active, 1 inactive, 2 deleted."""
    body = read_object(request)
    only(body, ("status",))
    status = whole(body, "status", ACTIVE, DELETED)
    operator = state().chathub.staff.set_status(operator_id, status)
    if operator is None:
        return jsonify(error="There is no such operator."), 404
    return jsonify(operator.to_json())


@blueprint.get("/chats")
def chats() -> Response:
    """List all chats with their messages, or those of one organization."""
    found = state().chathub.chats.of(_id_in_query())
    return jsonify([_with_messages(chat) for chat in found])


@blueprint.post("/messages")
def write() -> tuple[Response, int]:
    """Write to an organization as a customer; create their chat if there is none."""
    body = read_object(request)
    only(body, ("organizationId", "customer", "text"))
    customer, words = text(body, "customer").strip(), text(body, "text").strip()
    if not customer or not words:
        raise BadBody('"customer" and "text" must not be empty.')
    organization = _organization(body)
    chat, _ = state().chathub.chats.write(organization.id, customer, words)
    return jsonify(_with_messages(chat)), 201


@blueprint.get("/tokens")
def tokens() -> Response:
    """Return the longest life of operator tokens, and how many are valid."""
    tokens = state().chathub.tokens
    return jsonify(
        maxLifetime=tokens.max_lifetime,
        developmentToken=tokens.takes_development_token,
        alive=tokens.alive(),
    )


@blueprint.put("/tokens")
def limit_tokens() -> Response:
    """Set how operator tokens are treated; what is missing becomes the default.

    ``maxLifetime`` limits their life, whatever end is requested; null: no limit.
    ``developmentToken`` makes the guide's token for development valid.
    """
    body = read_object(request)
    only(body, ("maxLifetime", "developmentToken"))
    lifetime = None
    if body.get("maxLifetime") is not None:
        lifetime = number(body, "maxLifetime", 0, LONGEST_LIFE)
    is_valid = body.get("developmentToken", False)
    if not isinstance(is_valid, bool):
        raise BadBody('"developmentToken" must be true or false.')
    state().chathub.tokens.max_lifetime = lifetime
    state().chathub.tokens.takes_development_token = is_valid
    return tokens()


@blueprint.delete("/tokens")
def invalidate() -> Response:
    """Invalidate all operator tokens; with ``?kind=company``, all company tokens."""
    kind = request.args.get("kind", "operator")
    if kind not in ("operator", "company"):
        raise BadBody('"kind" must be operator or company.')
    dead = state().chathub.tokens.invalidate(company=kind == "company")
    return jsonify(invalidated=dead)


def _with_messages(chat: Chat) -> dict[str, object]:
    return {**chat.to_json(), "messages": [m.to_json() for m in list(chat.messages)]}


def _organization(body: dict[str, object]) -> Organization:
    """Return the organization in the body; the first if there is none."""
    staff = state().chathub.staff
    if body.get("organizationId") is None:
        return staff.organizations()[0]
    found = staff.organization(whole(body, "organizationId", 1, _ANY_ID))
    if found is None:
        raise BadBody(
            "There is no such organization: create it with POST organizations."
        )
    return found


def _id_in_query() -> int | None:
    given = request.args.get("organizationId")
    if given is None:
        return None
    if not given.isascii() or not given.isdecimal() or len(given) > 9:
        raise BadBody('"organizationId" must be a whole number.')
    return int(given)


def _name(body: dict[str, object]) -> str:
    name = text(body, "name").strip()
    if not name:
        raise BadBody('"name" is missing.')
    return name

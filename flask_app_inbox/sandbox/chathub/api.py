"""ChatHub's REST API: the company's calls, and the operators' chat calls.

Sources: the vendor's guides "Authentication", "Organizations", "Operators" and the
page on rate limits; the chat calls are known from the vendor's site alone. Of all
errors only the body of 429 is documented, so the others have that form, too.
"""

from __future__ import annotations

import hmac
import json
import re
from datetime import datetime, timezone
from typing import Any

from flask import Blueprint, Request, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException

from .. import cors
from ..faults.routes import breakable
from ..json_body import BadBody, read_object, text, whole
from ..state import State, state
from .staff import ACTIVE, DELETED
from .state import LOGIN, PASSWORD
from .tokens import Bearer

#: An operator token may end this many seconds from now at most.
LONGEST_LIFE = 24 * 60 * 60

_ANY_ID = 2**31 - 1
_LONGEST_TEXT = 4000
_LOGIN_PATH = "/api/company/get-token"

_chats = breakable("chats", "the chat calls of an operator")

blueprint = Blueprint("chathub", __name__, url_prefix="/api")


class Refusal(HTTPException):
    """A 4xx answer with the body of the vendor's only documented error."""

    def __init__(self, status: int, error: str, message: str) -> None:
        super().__init__(message)
        self.code = status
        self.error = error


@blueprint.errorhandler(Refusal)
def refuse(refusal: Refusal) -> tuple[Response, int]:
    """Answer a refusal."""
    status = refusal.code or 400
    body = {"error": refusal.error, "message": refusal.description, "status": status}
    return jsonify(body), status


@blueprint.errorhandler(BadBody)
def refuse_body(error: BadBody) -> tuple[Response, int]:
    """Answer 400 to a body that the call does not accept."""
    return refuse(Refusal(400, "Bad Request", str(error)))


@blueprint.before_request
def admit() -> Response | None:
    """Find out who calls, and whether they may make this call."""
    if request.method == "OPTIONS":
        return Response(status=204, headers=cors.CHAT_PREFLIGHT_HEADERS)
    is_chat = request.path.startswith(cors.CHAT_PREFIX)
    token = _token()
    if not state().chathub.limits.take(token, messaging=is_chat):
        raise Refusal(
            429, "Too Many Requests", "Rate limit exceeded. Slow down and try again."
        )
    if request.path == _LOGIN_PATH:
        return None
    bearer = _bearer_of(token)
    if bearer is None:
        raise Refusal(401, "Unauthorized", "The token is not valid, or has expired.")
    if is_chat == (bearer.operator is None) and not _takes_both(request):
        raise Refusal(403, "Forbidden", "This call wants the other kind of token.")
    g.bearer = bearer
    return None


def _takes_both(request: Request) -> bool:
    """Tell whether both kinds of token open a call; a document shows each for one."""
    return request.method == "GET" and request.path.rstrip("/") == "/api/operator"


@blueprint.after_request
def forbid_storing(response: Response) -> Response:
    """Keep tokens and chats out of caches; answer in the requested type."""
    response.headers["Cache-Control"] = "no-store"
    asked = request.headers.get("Accept", "")
    if response.is_json and response.status_code == 200 and asked == "text/plain":
        response.mimetype = "text/plain"
    return response


@blueprint.post("/company/get-token")
@breakable("company-token", "issuing a company token")
def company_token() -> Response:
    """Issue a company token; the answer is a JSON string."""
    body = read_object(request)
    good = [
        hmac.compare_digest(text(body, name).encode(), wanted.encode())
        for name, wanted in (("login", LOGIN), ("password", PASSWORD))
    ]
    if not all(good):
        raise Refusal(401, "Unauthorized", "Wrong login or password.")
    return _json_string(state().chathub.tokens.issue_to_company())


@blueprint.get("/company/organization")
@breakable("organizations", "the list of organizations")
def organizations() -> Response:
    """List the organizations."""
    return jsonify([one.to_json() for one in state().chathub.staff.organizations()])


@blueprint.get("/operator")
@breakable("operators", "the list of operators")
def operators() -> Response:
    """List an organization's operators, including inactive and deleted ones."""
    given = request.args.get("organizationId", "")
    if not re.fullmatch("[0-9]{1,9}", given):
        raise BadBody('"organizationId" must be a whole number.')
    staff = state().chathub.staff
    if staff.organization(int(given)) is None:
        raise Refusal(404, "Not Found", "There is no such organization.")
    return jsonify([one.to_json() for one in staff.operators(int(given))])


@blueprint.post("/operator/synchronize")
@breakable("synchronize", "creating operators")
def add_operators() -> Response:
    """Create operators, even if their names are taken."""
    entries = request.get_json(force=True, silent=True)
    if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        raise BadBody('The body must be a list of {"organizationId", "name"}.')
    wanted = [(whole(e, "organizationId", 1, _ANY_ID), _name(e)) for e in entries]
    staff = state().chathub.staff
    if any(staff.organization(organization) is None for organization, _ in wanted):
        raise Refusal(404, "Not Found", "There is no such organization.")
    made = [staff.add_operator(organization, name) for organization, name in wanted]
    return jsonify(
        [
            {"id": o.id, "name": o.name, "status": o.status}
            for o in made
            if o is not None
        ]
    )


@blueprint.post("/operator/status")
@breakable("operator-status", "changing an operator's status")
def set_status() -> Response:
    """Activate, deactivate or delete an operator; the answer is empty."""
    body = read_object(request)
    operator, status = (
        whole(body, "id", 1, _ANY_ID),
        whole(body, "status", ACTIVE, DELETED),
    )
    if state().chathub.staff.set_status(operator, status) is None:
        raise Refusal(404, "Not Found", "There is no such operator.")
    return Response(status=200, mimetype="text/plain")


@blueprint.post("/operator/get-token")
@breakable("operator-token", "issuing an operator token")
def operator_token() -> Response:
    """Issue an operator token; the answer is a JSON string.

    The end of its life is mandatory, and at most 24 hours ahead.
    """
    body = read_object(request)
    operator = state().chathub.staff.operator(whole(body, "id", 1, _ANY_ID))
    expires_at = _moment(body)
    if operator is None:
        raise Refusal(404, "Not Found", "There is no such operator.")
    if operator.status != ACTIVE:
        raise Refusal(403, "Forbidden", "The operator is not active.")
    ahead = expires_at - state().chathub.clock()
    if not 0 < ahead <= LONGEST_LIFE:
        raise BadBody('"expiresAt" must be in the next 24 hours.')
    token = state().chathub.tokens.issue_to_operator(operator.id, expires_at)
    return _json_string(token)


@blueprint.post("/operator/validate-token")
@breakable("validate-token", "validating an operator token")
def validate_token() -> Response:
    """Tell whether an operator token is valid."""
    bearer = state().chathub.tokens.bearer_of(text(read_object(request), "token"))
    if bearer is None or bearer.operator is None or bearer.expires_at is None:
        return jsonify(isValid=False, error="Invalid token")
    end = datetime.fromtimestamp(bearer.expires_at, timezone.utc)
    return jsonify(
        isValid=True,
        operatorId=bearer.operator,
        clientId=0,
        expiresAt=end.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        error=None,
    )


@blueprint.get("/chat/chats")
@_chats
def chats() -> Response:
    """List the chats of the operator's organization, the latest first."""
    found = state().chathub.chats.of(_organization())
    return jsonify([chat.to_json() for chat in found])


@blueprint.get("/chat/<int:chat_id>/messages")
@_chats
def messages(chat_id: int) -> Response:
    """List a chat's messages, the oldest first."""
    chat = state().chathub.chats.find(chat_id, _organization())
    if chat is None:
        raise Refusal(404, "Not Found", "There is no such chat.")
    return jsonify([message.to_json() for message in list(chat.messages)])


@blueprint.post("/chat/<int:chat_id>/message")
@_chats
def answer(chat_id: int) -> Response:
    """Write to a customer."""
    body = read_object(request)
    words = text(body, "textMessage").strip()
    if not 0 < len(words) <= _LONGEST_TEXT:
        raise BadBody(f'"textMessage" must have 1 to {_LONGEST_TEXT} characters.')
    hub = state().chathub
    chat = hub.chats.find(chat_id, _organization())
    if chat is None:
        raise Refusal(404, "Not Found", "There is no such chat.")
    operator = hub.staff.operator(g.bearer.operator)
    author = text(body, "author").strip() or (operator.name if operator else "")
    return jsonify(hub.chats.answer(chat, author, words).to_json())


def _json_string(token: str) -> Response:
    """Answer with a token alone: clients that cut off the quotes expect no more."""
    return Response(json.dumps(token), mimetype="application/json")


def _token() -> str:
    given = request.authorization
    if given is not None and given.type == "bearer":
        return given.token or ""
    return request.headers.get("X-Authorization-Key", "")


def _bearer_of(token: str) -> Bearer | None:
    """Return who calls, by a token in either header or by the company's key."""
    here: State = state()
    key = request.headers.get("X-Authorization-Key", "")
    if hmac.compare_digest(key.encode(), here.api_key.encode()):
        return Bearer(None, None)
    return here.chathub.tokens.bearer_of(token)


def _organization() -> int:
    """Return the organization of the operator who calls."""
    operator = state().chathub.staff.operator(g.bearer.operator)
    if operator is None or operator.status != ACTIVE:
        raise Refusal(403, "Forbidden", "The operator is not active.")
    return operator.organization.id


def _name(entry: dict[str, Any]) -> str:
    name = text(entry, "name").strip()
    if not name:
        raise BadBody('"name" is missing.')
    return name


def _moment(body: dict[str, Any]) -> float:
    given = text(body, "expiresAt")
    match = re.fullmatch(r"([^.]+?)(\.[0-9]{1,9})?(Z|[+-][0-9:]+)", given)
    try:
        if match is None:
            raise ValueError
        zone = "+00:00" if match[3] == "Z" else match[3]
        whole_seconds = datetime.fromisoformat(match[1] + zone).timestamp()
        return whole_seconds + float(match[2] or 0)
    except (ValueError, OverflowError):
        raise BadBody(
            '"expiresAt" is mandatory: ISO 8601 like 2025-01-20T14:33:34.147Z.'
        ) from None

"""The vendor's calls that make it send something: events, and prepared messages.

Source: the platform's OpenAPI description, and the guides to events and to
"Send prepared message".
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from flask import Blueprint, Response, jsonify, request

from .automation import run_workflows
from .blanks import filled
from .contact_calls import plain
from .contacts import Contact
from .faults.routes import breakable
from .json_body import LONGEST_LIFETIME, BadBody, number, read_object, text
from .messages import DEFAULT_LIFETIME, Content
from .outbox import deliver
from .prepared import PreparedMessage
from .rights import EVENTS, EVENTS_AND_CONTACTS, MESSAGES, open_to
from .state import state

blueprint = Blueprint("events", __name__)

#: The most bytes of an event, and the most characters of its keys.
MAX_EVENT = 20 * 1024
MAX_KEY = 100
MAX_KEY_VALUE = 300

#: The most recipients of one call.
MOST_RECIPIENTS = 1000

_IDENTIFIERS = ("contactId", "externalCustomerId", "email", "phone", "pushToken")

_event = breakable("event", "taking an event")
_prepared = breakable(
    "prepared", "the prepared messages", wrong_types={"id": "none", "messages": 7}
)


@blueprint.errorhandler(BadBody)
def refuse_body(error: BadBody) -> Response:
    """Answer 400 or 415 to a body that the call does not accept."""
    return plain(str(error), error.status)


@blueprint.post("/v2/event")
@_event
@open_to(EVENTS, EVENTS_AND_CONTACTS)
def take_event() -> Response:
    """Take an event, whose values may be JSON."""
    return _take(as_text=False)


@blueprint.post("/v1/event")
@_event
@open_to(EVENTS, EVENTS_AND_CONTACTS)
def take_older_event() -> Response:
    """Take an event of the older call, whose values are texts."""
    return _take(as_text=True)


@blueprint.post("/v1/messages/appinbox")
@_prepared
@open_to(MESSAGES)
def prepare_message() -> Response:
    """Prepare a message; its texts may have blanks."""
    body = read_object(request)
    for key in ("name", "title", "text"):
        if not text(body, key).strip():
            raise BadBody(f'"{key}" is missing.')
    says = Content(
        title=text(body, "title"),
        content=text(body, "text"),
        image=text(body, "imageSource"),
        link=text(body, "link"),
        custom_data=text(body, "customData") or None,
    )
    lifetime = number(body, "ttlSec", DEFAULT_LIFETIME, LONGEST_LIFETIME)
    one = state().prepared.add(text(body, "name"), says, lifetime)
    return jsonify(id=one.id)


@blueprint.get("/v1/messages/appinbox")
@_prepared
@open_to(MESSAGES)
def prepared_messages() -> Response:
    """List the prepared messages."""
    known = state().prepared.all()
    answer = jsonify(
        messages=[
            {"id": one.id, "name": one.name, "title": one.says.title} for one in known
        ]
    )
    answer.headers["TotalCount"] = str(len(known))
    return answer


@blueprint.post("/v1/message/<int:number>/smartsend")
@breakable(
    "smartsend", "sending a prepared message", wrong_types={"results": "all of them"}
)
@open_to(MESSAGES)
def send_prepared(number: int) -> Response:
    """Send a prepared message to up to 1,000 recipients."""
    body = read_object(request)
    recipients = body.get("recipients")
    if not isinstance(recipients, list) or not recipients:
        raise BadBody('"recipients" is required and must be a list.')
    if len(recipients) > MOST_RECIPIENTS:
        raise BadBody(f'"recipients" may hold at most {MOST_RECIPIENTS}.')
    if not all(isinstance(one, dict) for one in recipients):
        raise BadBody('"recipients" must hold objects.')
    message = state().prepared.get(number)
    if message is None:
        return plain("There is no such message.", 404)
    results = [_send(message, one) for one in recipients]
    # One alone is no list, says the description.
    return jsonify(id=0, results=results[0] if len(results) == 1 else results)


def _take(*, as_text: bool) -> Response:
    if len(request.get_data()) > MAX_EVENT:
        raise BadBody(f"An event may have at most {MAX_EVENT} bytes.")
    body = read_object(request)
    key = text(body, "eventTypeKey")
    if not key.strip():
        raise BadBody('"eventTypeKey" is missing.')
    key_value = text(body, "keyValue")
    for name, value, most in (
        ("eventTypeKey", key, MAX_KEY),
        ("keyValue", key_value, MAX_KEY_VALUE),
    ):
        if len(value) > most:
            raise BadBody(f'"{name}" may have at most {most} characters.')
        if "\\" in value:
            raise BadBody(f'"{name}" must not hold a backslash.')
    params = _read_params(body, as_text=as_text)
    if not key_value and not any(params.get(name) for name in _IDENTIFIERS):
        raise BadBody(f'"params" must hold one of: {", ".join(_IDENTIFIERS)}.')
    here = state()
    run_workflows(here, here.events.add(key, key_value, params))
    return Response(status=200)


def _read_params(body: dict[str, Any], *, as_text: bool) -> dict[str, Any]:
    given = body.get("params")
    if given is None:
        return {}
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise BadBody('"params" must be a list of objects with "name" and "value".')
    params: dict[str, Any] = {}
    for one in given:
        name = text(one, "name")
        if not name:
            raise BadBody('A parameter has no "name".')
        params[name] = text(one, "value") if as_text else one.get("value")
    return params


def _send(message: PreparedMessage, recipient: dict[str, Any]) -> dict[str, object]:
    """Send to one recipient, and tell what became of it."""
    shown, contact = _recipient(recipient)
    params: Any = {}
    if json_param := text(recipient, "jsonParam"):
        try:
            params = json.loads(json_param)
        except ValueError:
            params = None
        if not isinstance(params, dict):
            return _refused(shown, "jsonParam is not an object of JSON")
    if contact is None:
        return _refused(shown, f"'{shown}' is not a known contact")
    says, _ = filled(message.says, params)
    deliver(state(), contact, says, message.lifetime, message_id=message.id)
    request_id = str(uuid.uuid4())
    return {"id": 0, "locator": shown, "status": "OK", "requestId": request_id}


def _refused(locator: str, reason: str) -> dict[str, object]:
    return {"id": 0, "locator": locator, "status": "ERROR", "message": reason}


def _recipient(recipient: dict[str, Any]) -> tuple[str, Contact | None]:
    """Return how a recipient is named, and who that is."""
    contacts = state().contacts
    contact_id = recipient.get("contactId")
    if type(contact_id) is int:
        return str(contact_id), contacts.get(contact_id)
    if name := text(recipient, "externalCustomerId"):
        return name, contacts.find(Contact(external_customer_id=name))
    name = text(recipient, "locator")
    if not name:
        raise BadBody(
            "A recipient needs a contactId, an externalCustomerId or a locator."
        )
    found = contacts.find(Contact(email=name)) or contacts.find(Contact(phone=name))
    return name, found

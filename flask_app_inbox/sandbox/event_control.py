"""The control API for what events lead to: workflows, webhook, and the log of both."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from .content import CONTENT_KEYS, read_content
from .json_body import (
    LONGEST_LIFETIME,
    BadBody,
    last_seen,
    number,
    only,
    read_list,
    read_object,
    text,
)
from .messages import DEFAULT_LIFETIME
from .outgoing import is_loopback
from .state import state
from .webhook import Target
from .workflows import Workflow

blueprint = Blueprint("event_control", __name__)


@blueprint.get("/events")
def events() -> Response:
    """List the events after the one with the id ``since``."""
    found = state().events.since(last_seen(request))
    return jsonify([event.to_json() for event in found])


@blueprint.get("/steps")
def steps() -> Response:
    """List what became of events and messages, after the step with the id ``since``."""
    return jsonify(state().steps.since(last_seen(request)))


@blueprint.get("/workflows")
def workflows() -> Response:
    """List the workflows."""
    return jsonify([one.to_json() for one in state().workflows])


@blueprint.put("/workflows")
def set_workflows() -> Response:
    """Replace all workflows by a list of them."""
    state().workflows = [_read_workflow(one) for one in read_list(request)]
    return workflows()


@blueprint.get("/webhook")
def webhook() -> Response:
    """Return where messages are sent, and the last attempts, the newest first."""
    target = state().webhook.target
    return jsonify(
        url=target.url if target else None,
        username=target.username if target else None,
        deliveries=state().webhook.deliveries(),
    )


@blueprint.put("/webhook")
def set_webhook() -> Response:
    """Send messages to an address of this machine; null: to none."""
    if request.get_data().strip() == b"null":
        state().webhook.target = None
        return webhook()
    body = read_object(request)
    only(body, ("url", "username", "password"))
    url = text(body, "url").strip()
    if not is_loopback(url):
        raise BadBody(
            '"url" must lead to this machine: http://127.0.0.1, http://localhost or '
            "http://[::1], with any port and path."
        )
    state().webhook.target = Target(url, text(body, "username"), text(body, "password"))
    return webhook()


def _read_workflow(one: Any) -> Workflow:
    if not isinstance(one, dict):
        raise BadBody("The body must be a list of objects.")
    only(one, ("event", "message"))
    event = text(one, "event").strip()
    if not event:
        raise BadBody('"event" is missing.')
    message = one.get("message")
    if not isinstance(message, dict):
        raise BadBody('"message" is missing, or not an object.')
    only(message, (*CONTENT_KEYS, "expiresIn"))
    lifetime = number(message, "expiresIn", DEFAULT_LIFETIME, LONGEST_LIFETIME)
    return Workflow(event, read_content(message), lifetime)

"""The inbox that the widget calls from the shop's pages, with a contact's token.

Paths, parameters and bodies come from the vendor's mobile guide, the only document
that describes them. Every answer to a valid token carries the next one in
``ES-TOKEN``. A list without ``page`` and ``pageSize`` holds all messages. With only
one of them, the page is the first, or a page has 20 messages.
"""

from __future__ import annotations

import re

from flask import Blueprint, Response, g, jsonify, request

from . import cors
from .faults.routes import breakable
from .json_body import BadBody, choice, read_object
from .messages import OPENED, UNOPENED
from .state import state

blueprint = Blueprint("inbox", __name__, url_prefix="/appinbox/v1/messages")

_PAGE_SIZE = 20


@blueprint.before_request
def spend_token() -> Response | None:
    """Answer preflights, and admit other requests that have a valid token."""
    if request.method == "OPTIONS":
        return Response(status=204, headers=cors.PREFLIGHT_HEADERS)
    use = state().tokens.use(request.headers.get("ES-TOKEN", ""))
    if use is None:
        return Response("Unauthorized: the token is not valid.", 401, mimetype=_TEXT)
    g.use = use
    return None


@blueprint.after_request
def hand_over_token(response: Response) -> Response:
    """Send the next token, and keep the answer out of caches."""
    response.headers["Cache-Control"] = "no-store"
    if "use" in g:
        response.headers["ES-TOKEN"] = g.use.successor
    return response


@blueprint.errorhandler(BadBody)
def refuse(error: BadBody) -> Response:
    """Answer 400 to a body or a parameter that the call does not accept."""
    return Response(str(error), 400, mimetype=_TEXT)


@blueprint.get("")
@breakable(
    "messages",
    "the list of messages",
    wrong_types={"list": {"id": 1}, "totalPages": "many"},
)
def messages() -> Response:
    """List the contact's messages, the newest first."""
    status = request.args.get("status")
    if status not in (None, OPENED, UNOPENED):
        raise BadBody('"status" must be OPENED or UNOPENED.')
    page = _count_of("page", 0)
    page_size = _count_of("pageSize", 1)
    found = state().messages.of(g.use.contact_id, status)
    if page is None and page_size is None:
        page_size = max(len(found), 1)
    page, page_size = page or 0, page_size or _PAGE_SIZE
    shown = found[page * page_size : (page + 1) * page_size]
    return jsonify(
        list=[message.to_json() for message in shown],
        totalPages=-(-len(found) // page_size),
    )


@blueprint.get("/count")
@breakable("count", "the number of unread messages", wrong_types={"count": "three"})
def count() -> Response:
    """Count the messages that the contact has not opened."""
    return jsonify(count=state().messages.unopened(g.use.contact_id))


@blueprint.post("/status")
@breakable("status", "marking messages as read")
def mark() -> Response:
    """Mark messages as opened; ``ids`` null means all of them."""
    body = read_object(request)
    choice(body, "status", (OPENED,))
    if "ids" not in body:
        raise BadBody('"ids" is missing: give a list of ids, or null for all.')
    ids = body["ids"]
    if ids is not None and not _is_list_of_strings(ids):
        raise BadBody('"ids" must be a list of strings, or null for all.')
    state().messages.open(g.use.contact_id, None if ids is None else set(ids))
    return Response(status=200, mimetype=_TEXT)


_TEXT = "text/plain"


def _count_of(name: str, least: int) -> int | None:
    """Return a whole number from the query; None when it is missing."""
    given = request.args.get(name)
    if given is None:
        return None
    if not re.fullmatch("[0-9]{1,9}", given) or int(given) < least:
        raise BadBody(f'"{name}" must be a whole number, {least} or more.')
    return int(given)


def _is_list_of_strings(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)

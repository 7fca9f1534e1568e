"""Messages are served: request, guard, contact, token chain, client, answer.

These addresses exist where the site draws its own bell. What they answer is told from
the contact of the session alone: nobody can ask for another inbox, and ids of foreign
messages do nothing.
"""

from __future__ import annotations

import json
from typing import Any

from flask import Response, request
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response as AnyResponse

from ..client.message import Message
from ..client.messages import checked_ids
from ..web.body import read_body
from ..web.problems import BadRequest
from .counting import find_count
from .counts import Count
from .message_page import add_page_routes, is_form, respond_to_form
from .reading import mark_read, read_page_and_count
from .request import MAX_BODY, PAGE_SIZE, asking_reader, page_number


def add_message_routes(setup: BlueprintSetupState) -> None:
    """Add the addresses of messages to an app that draws its own bell."""
    setup.add_url_rule("/messages", "messages", messages)
    setup.add_url_rule("/unread", "unread", unread)
    setup.add_url_rule("/messages/read", "read", read, methods=["POST"])
    add_page_routes(setup)


def messages() -> dict[str, Any]:
    """List a page of the messages of whoever is logged in."""
    page = page_number(request.args.get("page", "0"))
    unread_only = request.args.get("unread") == "1"
    reader, deadline = asking_reader(limited=True)
    found, count = read_page_and_count(
        reader, deadline, page=page, page_size=PAGE_SIZE, unread_only=unread_only
    )
    return {
        "messages": [_as_json(message) for message in found.messages],
        "page": page,
        "pages": found.pages,
        **(_told(count) if count else {"unread": None}),
    }


def unread() -> Response:
    """Tell how many messages are unread; 304 if the page knows that already.

    It counts against no limit: however often it is asked, it asks the vendor no more
    than once in a while, even if the vendor fails.
    """
    reader, deadline = asking_reader(limited=False)
    count = find_count(reader, deadline)
    told = _told(count)
    # The tag is the user's own, so nobody's page takes another one's for it.
    etag = f"{reader.user[:8]}-{count.unread}-{told.get('asOf', 'now')}"
    headers = {"ETag": f'"{etag}"'}
    # Proxies may have made it weak. make_conditional() would take a fifth of the
    # time of the request.
    if f'"{etag}"' in request.headers.get("If-None-Match", ""):
        return Response(status=304, headers=headers)
    return Response(json.dumps(told), headers=headers, mimetype="application/json")


def read() -> dict[str, Any] | AnyResponse:
    """Mark messages as read: those with some ids, or all."""
    if is_form():
        return respond_to_form()
    reader, deadline = asking_reader(limited=True)
    ids = _ids_of_body()
    if ids == ():
        return {"unread": find_count(reader, deadline).unread}
    return {"unread": mark_read(reader, deadline, ids)}


def _ids_of_body() -> tuple[str, ...] | None:
    """Return the ids in the body; None: all messages.

    :raises BadRequest: if the body is not as documented.
    """
    data = read_body(MAX_BODY)
    try:
        body = json.loads(data)
        if isinstance(body, dict) and len(body) == 1:
            if body.get("all") is True:  # 1 equals it, and was not said
                return None
            if isinstance(ids := body.get("ids"), list):
                return checked_ids(ids)
    except (ValueError, RecursionError):
        pass
    raise BadRequest


def _told(count: Count) -> dict[str, int]:
    told = {"unread": count.unread}
    if count.is_late:
        told["asOf"] = round(count.at * 1000)
    return told


def _as_json(message: Message) -> dict[str, Any]:
    at = message.created_at
    return {
        "id": message.id,
        "createdAt": None if at is None else round(at.timestamp() * 1000),
        "title": message.title,
        "html": message.html,
        "image": message.image,
        "link": message.link,
        "category": message.category,
        "customData": message.custom_data,
        "read": message.read,
    }

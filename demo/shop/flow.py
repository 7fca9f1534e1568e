"""The drawer "How it works": the calls between browser, shop and vendor.

The shop records its own calls here, per login. The sandbox's log has those that
reached the vendor. While the drawer is open, it asks for both.
"""

from __future__ import annotations

import re
import secrets
import time
from datetime import datetime
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    g,
    has_request_context,
    jsonify,
    request,
    session,
    url_for,
)
from flask_login import current_user, user_logged_in

from . import widget
from .backstage import Call, SandboxError, current_backstage
from .explanations import explain
from .flow_record import Entry, Record
from .languages import translate

blueprint = Blueprint("flow", __name__, url_prefix="/flow")

#: What the drawer itself asks for is not shown in it.
_DRAWERS = ("flow", "buttons")

_MESSAGES = "/appinbox/"
#: Paths that browsers request from the vendor; the shop's server calls the others.
#: Where the site draws the bell, it asks for the messages, too.
_FROM_PAGES = (
    "/scripts/",
    _MESSAGES,
    "/operator-chat-panel/",
    "/api/chat/",
    "/uaa/oauth/authorize",
)

#: What the extension asks the vendor, by the endpoint that does.
_VENDOR_IS_ASKED = {
    "app_inbox.token": ("POST", "…/auth/contact/token"),
    "app_inbox.messages": ("GET", f"{_MESSAGES}v1/messages"),
    "app_inbox.message_page": ("GET", f"{_MESSAGES}v1/messages"),
    "app_inbox.unread": ("GET", f"{_MESSAGES}v1/messages/count"),
    "app_inbox.read": ("POST", f"{_MESSAGES}v1/messages/status"),
}
#: Endpoints of the extensions that the drawer shows, whatever they answer.
_SHOWN = (*_VENDOR_IS_ASKED, "chathub.user")
#: What the count of an answer has if the vendor gave none and the last one serves.
_LATE = b'"asOf"'
#: How long the vendor took, in a header of the extension's answers.
_VENDOR_TIME = re.compile(r"\bvendor;dur=([\d.]+)")

_EXTENSION = "shop_flow"
_KEY = "flow"


def init_app(app: Flask, record: Record) -> None:
    """Record the requests that the drawer explains."""
    app.extensions[_EXTENSION] = record
    app.before_request(_start_clock)
    app.after_request(_note_request)
    user_logged_in.connect(_start_record, app)


def note_call(call: Call) -> None:
    """Record a call from the shop to the vendor, or to the sandbox's control API."""
    _note("shop", "vendor", call)


@blueprint.get("/calls")
def calls() -> tuple[Response, int] | Response:
    """Return the calls after the cursors ``shop``, ``vendor`` and ``steps``."""
    if not current_user.is_authenticated:
        return jsonify(code="login_required"), 401
    record = _record()
    key = session.get(_KEY, "")
    own = record.since(key, request.args.get("shop", 0, type=int))
    seen = request.args.get("vendor", 0, type=int)
    log, reachable = _vendor_log(seen)
    last_step = request.args.get("steps", 0, type=int)
    steps = _vendor_steps(last_step)
    entries = [_to_json(f"shop-{e.id}", e) for e in own]
    entries += [
        _to_json(f"vendor-{e.id}", e) for e in log if e.call.at >= record.began(key)
    ]
    entries += [
        told
        for told in map(_step_to_json, steps)
        if told["at"] >= record.began(key) * 1000
    ]
    return jsonify(
        now=time.time() * 1000,
        calls=sorted(entries, key=lambda entry: float(entry["at"])),
        shop=max((e.id for e in own), default=request.args.get("shop", 0, type=int)),
        vendor=max((e.id for e in log), default=seen),
        steps=max((step["id"] for step in steps), default=last_step),
        vendorReachable=reachable,
    )


def _record() -> Record:
    record: Record = current_app.extensions[_EXTENSION]
    return record


def _start_record(_: Flask, **__: object) -> None:
    session[_KEY] = secrets.token_hex(8)
    # The record starts with the login request, which began a moment ago.
    _record().open(session[_KEY], g.flow_at)


def _start_clock() -> None:
    g.flow_at, g.flow_started = time.time(), time.perf_counter()


def _note_request(response: Response) -> Response:
    if request.blueprint in _DRAWERS or not _is_of_interest(response):
        return response
    ms = (time.perf_counter() - g.flow_started) * 1000
    call = Call(g.flow_at, request.method, request.path, response.status_code, ms)
    _note("browser", "shop", call)
    if current_backstage() is None and request.endpoint in _VENDOR_IS_ASKED:
        _note_real_vendor(call, response)
    return response


def _is_of_interest(response: Response) -> bool:
    if request.endpoint in _SHOWN:
        return True
    return request.endpoint != "static" and (
        response.mimetype == "text/html" or request.method == "POST"
    )


def _note_real_vendor(call: Call, response: Response) -> None:
    """Record the call to the vendor that a request has caused, if it has.

    A real vendor shows us no log. But the extension tells how long the vendor took, and
    whether that was in vain.
    """
    took = _VENDOR_TIME.search(response.headers.get("Server-Timing", ""))
    if took is None:
        return
    status = call.status
    if status < 400:
        status = 503 if response.is_json and _LATE in response.data else 200
    method, path = _VENDOR_IS_ASKED[request.endpoint or ""]
    _note("shop", "vendor", Call(call.at, method, path, status, float(took[1])))


def _note(source: str, target: str, call: Call) -> None:
    if has_request_context() and session and _KEY in session:
        _record().add(session[_KEY], source, target, call)


def _vendor_log(seen: int) -> tuple[list[Entry], bool]:
    """Return the sandbox's log after an id, and whether it answered."""
    sandbox = current_backstage()
    if sandbox is None:
        return [], True
    try:
        return [_vendor_entry(item) for item in sandbox.requests_since(seen)], True
    except (SandboxError, KeyError, TypeError, ValueError):
        return [], False


def _vendor_steps(seen: int) -> list[dict[str, Any]]:
    """Return what became of events at the sandbox, after an id."""
    backstage = current_backstage()
    try:
        return backstage.steps_since(seen) if backstage else []
    except SandboxError:
        return []


def _step_to_json(step: dict[str, Any]) -> dict[str, Any]:
    """Return a step for the drawer: the vendor with itself, or calling the webhook."""
    is_call = step["kind"] == "webhook"
    says = f"flow.says.{step['kind']}{'' if step['ok'] else '_not'}"
    return {
        "id": f"step-{step['id']}",
        "at": datetime.fromisoformat(step["at"]).timestamp() * 1000,
        "from": "vendor",
        "to": "shop" if is_call else "vendor",
        "method": "POST" if is_call else "",
        "path": url_for("app_inbox.webhook") if is_call else "",
        "status": step["status"],
        "ms": None,
        "says": translate(says),
    }


def _vendor_entry(item: dict[str, Any]) -> Entry:
    path = str(item["path"])
    at = datetime.fromisoformat(item["at"]).timestamp()
    from_page = path.startswith(_FROM_PAGES)
    if path.startswith(_MESSAGES) and widget.drew_at(at) == "site":
        from_page = False
    call = Call(
        at,
        str(item["method"]),
        path,
        int(item["status"]),
        float(item["ms"]),
    )
    return Entry(int(item["id"]), "browser" if from_page else "shop", "vendor", call)


def _to_json(key: str, entry: Entry) -> dict[str, Any]:
    call = entry.call
    by_oauth = bool(current_app.config.get("APP_INBOX_OAUTH_CLIENT_ID"))
    return {
        "id": key,
        "at": call.at * 1000,
        "from": entry.source,
        "to": entry.target,
        "method": call.method,
        "path": call.path,
        "status": call.status,
        "ms": round(call.ms, 1),
        "says": translate(explain(entry, by_oauth=by_oauth)),
    }

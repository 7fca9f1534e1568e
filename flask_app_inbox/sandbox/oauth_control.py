"""The control API for OAuth: apps, connections and token lifetimes."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, jsonify, request

from .json_body import BadBody, number, only, read_object, text
from .oauth_memory import App, OAuthMemory, OAuthSettings
from .rights import FULL, RIGHTS
from .state import state

blueprint = Blueprint("oauth_control", __name__, url_prefix="/oauth")

_TEN_YEARS = 10 * 365 * 86400.0


@blueprint.get("")
def overview() -> Response:
    """Return the settings, the apps and their connections, without secrets."""
    memory = _memory()
    with memory.lock:
        return jsonify(
            **asdict(memory.settings),
            clients=[app.to_json() for app in memory.apps.values()],
            connections=[c.to_json(memory.clock()) for c in memory.connections],
        )


@blueprint.put("")
def configure() -> Response:
    """Change some settings; lifetimes are in seconds, fractions allowed."""
    body = read_object(request)
    known = {field.name: field.default for field in fields(OAuthSettings)}
    only(body, tuple(known))
    changes: dict[str, Any] = {}
    for name in body:
        default = known[name]
        if isinstance(default, bool):
            changes[name] = _flag(body, name)
        else:
            changes[name] = number(body, name, float(str(default)), _TEN_YEARS)
    _memory().change_settings(changes)
    return overview()


@blueprint.get("/clients")
def clients() -> Response:
    """List the apps, without secrets."""
    with _memory().lock:
        return jsonify([app.to_json() for app in _memory().apps.values()])


@blueprint.post("/clients")
def register() -> tuple[Response, int]:
    """Register an app; only this answer has its secret."""
    body = read_object(request)
    only(body, ("name", "redirect_uri", "rights"))
    name = text(body, "name").strip() or "App"
    app = _memory().register(name, _redirect_uri(body), _rights(body))
    return jsonify(**app.to_json(), client_secret=app.client_secret), 201


@blueprint.put("/clients/<client_id>")
def edit(client_id: str) -> Response:
    """Change an app's name, callback URL or rights."""
    body = read_object(request)
    only(body, ("name", "redirect_uri", "rights"))
    with _memory().lock:
        app = _memory().apps.get(client_id) or _no_app()
        app = replace(
            app,
            name=text(body, "name").strip() or app.name,
            redirect_uri=_redirect_uri(body) or app.redirect_uri,
            rights=_rights(body) if "rights" in body else app.rights,
        )
        _memory().edit(app)
    return jsonify(app.to_json())


@blueprint.delete("/clients/<client_id>")
def remove(client_id: str) -> Response:
    """Delete an app, which voids all its connections."""
    if not _memory().remove(client_id):
        _no_app()
    return jsonify(removed=True)


@blueprint.get("/connections")
def connections() -> Response:
    """List the connections, including void ones, without tokens."""
    memory = _memory()
    with memory.lock:
        return jsonify([c.to_json(memory.clock()) for c in memory.connections])


@blueprint.delete("/connections")
@blueprint.delete("/connections/<int:connection_id>")
def disconnect(connection_id: int | None = None) -> Response:
    """Disconnect one app, as an account's owner does, or all apps."""
    memory = _memory()
    with memory.lock:
        found = [
            connection
            for connection in memory.connections
            if connection_id in (None, connection.id) and not connection.void
        ]
        for connection in found:
            memory.disconnect(connection, "the owner disconnected the app")
    if connection_id is not None and not found:
        abort(404, "There is no such connection, or it is void already.")
    return jsonify(disconnected=len(found))


@blueprint.delete("/tokens")
def end_access_tokens() -> Response:
    """End all access tokens, and keep the refresh tokens."""
    return jsonify(ended=_memory().end_access_tokens())


def _memory() -> OAuthMemory:
    return state().oauth


def _no_app() -> App:
    abort(404, "There is no such client.")


def _flag(body: dict[str, Any], key: str) -> bool:
    if not isinstance(body[key], bool):
        raise BadBody(f'"{key}" must be true or false.')
    return bool(body[key])


def _redirect_uri(body: dict[str, Any]) -> str:
    given = text(body, "redirect_uri").strip()
    if not given:
        return ""
    try:
        parts = urlsplit(given)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https") or parts.fragment:
        raise BadBody('"redirect_uri" must be a URL: http or https, without fragment.')
    if not given.isascii() or not given.isprintable() or " " in given:
        raise BadBody('"redirect_uri" must be a URL of plain characters.')
    return given


def _rights(body: dict[str, Any]) -> tuple[str, ...]:
    given = body.get("rights")
    if given is None:
        return (FULL,)
    rights = [given] if isinstance(given, str) else given
    if not isinstance(rights, list) or not rights or not set(rights) <= RIGHTS.keys():
        raise BadBody(f'"rights" must be one or more of: {", ".join(RIGHTS)}.')
    return tuple(rights)

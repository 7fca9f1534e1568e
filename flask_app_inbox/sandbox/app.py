"""The sandbox as one Flask application."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from flask import Flask, Response, abort, request
from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import HTTPException

from . import console, control, cors, inbox, rest, widget
from .chathub import api as chathub_api
from .chathub import control as chathub_control
from .chathub import panel as chathub_panel
from .faults.middleware import FaultMiddleware
from .faults.routes import Routes
from .journal import JournalMiddleware
from .own_host import OwnHostMiddleware
from .state import State

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

#: No call needs more, in bytes: 3,000 contacts with their fields.
BODY_LIMIT = 8 * 1024 * 1024


class _InOrder(DefaultJSONProvider):
    """JSON with its keys in the documents' order."""

    sort_keys = False


def create_sandbox(
    *, api_key: str = "sandbox-key", clock: Callable[[], float] = time.time
) -> Flask:
    """Return the sandbox as a WSGI application; its state is in memory.

    Faults that break connections need the sandbox's own server.

    :param api_key: the key that the REST API accepts.
    :param clock: returns the seconds since the epoch.
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT
    app.json = _InOrder(app)
    app.url_map.strict_slashes = False  # some clients end their paths with one
    state = State(api_key=api_key, clock=clock)
    app.extensions["sandbox"] = state
    app.register_blueprint(rest.blueprint)
    app.register_blueprint(rest.blueprint, url_prefix="/api", name="rest_api")
    app.register_blueprint(inbox.blueprint)
    app.register_blueprint(chathub_api.blueprint)
    app.register_blueprint(chathub_panel.blueprint)
    app.register_blueprint(control.blueprint)
    app.register_blueprint(chathub_control.blueprint)
    app.register_blueprint(console.blueprint)
    app.register_blueprint(widget.blueprint)
    if find_spec("authlib"):
        oauth = import_module(f"{__package__}.oauth")
        oauth.add_to(app)
    else:
        app.add_url_rule("/uaa/oauth/<path:_>", view_func=_tell_what_is_missing)
    app.register_error_handler(HTTPException, _show_error)
    app.before_request(state.imports.work)
    app.after_request(_open_to_pages)
    state.routes = Routes(app)
    layers: WSGIApplication = app.wsgi_app
    layers = FaultMiddleware(layers, state.faults, state.routes)
    layers = JournalMiddleware(layers, state.journal)
    layers = OwnHostMiddleware(layers, lambda: state.host, control.PREFIX)
    # Flask's own way to add layers; mypy takes the attribute for a method.
    app.wsgi_app = layers  # type: ignore[method-assign]
    return app


def _tell_what_is_missing(_: str) -> Response:
    abort(501, "OAuth needs Authlib: pip install 'flask-app-inbox[sandbox]'")


def _show_error(error: HTTPException) -> Response:
    """Answer as the called API does: in JSON or in the vendor's plain text."""
    if request.path.startswith(control.PREFIX):
        return control.error_as_json(error)
    response = Response(error.description, error.code, mimetype="text/plain")
    if allow := error.get_response().headers.get("Allow"):
        response.headers["Allow"] = allow
    return response


def _open_to_pages(response: Response) -> Response:
    if request.path.startswith(cors.PREFIXES):
        response.headers.update(cors.HEADERS)
    return response

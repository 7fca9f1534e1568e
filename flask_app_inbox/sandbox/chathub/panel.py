"""The operator panel's module, as the vendor's widget host serves it."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Blueprint, Response, abort, current_app

from ..faults.routes import breakable

blueprint = Blueprint("chathub_panel", __name__, url_prefix="/operator-chat-panel")


@blueprint.get("/widget-script.js")
@breakable("panel", "the operator panel's script")
def script() -> Response:
    """Return the module that pages load."""
    return module("widget-script")


@blueprint.get("/<name>.js")
def module(name: str) -> Response:
    """Return one of the modules that the first one imports."""
    if not re.fullmatch("[a-z-]{1,40}", name):
        abort(404)
    path = Path(current_app.static_folder or "", "chathub", f"{name}.js")
    if not path.is_file():
        abort(404)
    response = Response(path.read_bytes(), mimetype="text/javascript")
    response.headers["Cache-Control"] = "max-age=60"
    # Modules always need it from another origin; the vendor calls that whitelisting.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response

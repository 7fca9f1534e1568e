"""The console at ``/``, and the script that shops load."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, render_template

from .faults.kinds import KINDS, Kind
from .faults.routes import breakable
from .snippet import script_safe_json
from .state import state

blueprint = Blueprint("console", __name__)

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src * data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


@blueprint.get("/")
def console() -> Response:
    """Show the console, which uses only the control API."""
    page = render_template(
        "console.html",
        api_key=state().api_key,
        routes=state().routes.by_name.values(),
        kinds=[_kind_to_json(kind) for kind in KINDS.values()],
    )
    response = Response(page, mimetype="text/html")
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/scripts/<site_id>.js")
@breakable("script", "the widget's script")
def script(site_id: str) -> Response:
    """Return the widget with the site's configuration; any script id works."""
    if not re.fullmatch("[A-Za-z0-9_-]{1,64}", site_id):
        abort(404)
    site = {"icon": None, **state().site.to_json()}
    head = f"window.__appInboxSandboxSite = {script_safe_json(site)};\n"
    response = Response(head + _widget(), mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    # For pages that ask for isolation (COEP) or load scripts with ``crossorigin``.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _kind_to_json(kind: Kind) -> dict[str, object]:
    """Return what the console's form needs to know about a kind of fault."""
    return {
        "name": kind.name,
        "help": kind.help.replace("`", ""),
        "options": [
            {
                "name": option.name,
                "help": option.help.replace("`", ""),
                "field": option.field,
                "choices": option.choices,
                "example": option.example,
            }
            for option in kind.options
            if option.field
        ],
    }


def _widget() -> str:
    """Join the widget's parts in the order of their names, in one scope."""
    parts = sorted(Path(current_app.static_folder or "", "widget").glob("*.js"))
    code = "\n".join(part.read_text("utf-8") for part in parts)
    return f'(() => {{\n"use strict";\n{code}\n}})();\n'

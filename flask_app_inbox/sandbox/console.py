"""The console at ``/``."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from .faults.kinds import KINDS, Kind
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

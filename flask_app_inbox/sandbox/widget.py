"""The page script that shops load.

It draws the element of a site's own bell, over the vendor's protocol: what differs
between the two is who asks whom.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, abort

from ..bell.element import Element, element_of
from .faults.routes import breakable
from .snippet import script_safe_json
from .state import state

blueprint = Blueprint("widget", __name__)

#: What the bell is in a page.
_TAG = "app-inbox-sandbox"
_FOLDER = Path(__file__).parent / "static" / "widget"


@blueprint.get("/scripts/<site_id>.js")
@breakable("script", "the widget's script")
def script(site_id: str) -> Response:
    """Return the widget with the site's configuration; any script id works."""
    if not re.fullmatch("[A-Za-z0-9_-]{1,64}", site_id):
        abort(404)
    element = _element()
    site = {
        "icon": None,
        **state().site.to_json(),
        "look": {
            "tag": _TAG,
            "bellStyle": element.bell_style,
            "texts": element.texts,
        },
    }
    head = f"window.__appInboxSandboxSite = {script_safe_json(site)};\n"
    response = Response(head + _source(), mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    # For pages that ask for isolation (COEP) or load scripts with ``crossorigin``.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@cache
def _element() -> Element:
    return element_of(_TAG)


@cache
def _source() -> str:
    """Join the element and the widget's parts in the order of their names."""
    parts = [part.read_text("utf-8") for part in sorted(_FOLDER.glob("*.js"))]
    code = "\n".join([_element().source, *parts])
    return f'(() => {{\n"use strict";\n{code}\n}})();\n'

"""Error pages."""

from __future__ import annotations

from flask import Flask, render_template
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response

_EXPLAINED = (400, 404, 405)


def init_app(app: Flask) -> None:
    """Answer errors with a page of the shop.

    The token endpoint has its own handlers and always answers in JSON.
    """
    app.register_error_handler(HTTPException, _page)


def _page(error: HTTPException) -> tuple[str, int] | Response:
    if isinstance(error, SecurityError):
        # The host is not ours, so the links of our page would not work.
        return error.get_response()
    code = error.code or 500
    kind = code if code in _EXPLAINED else 500
    return render_template("failure.html", code=code, kind=kind), code

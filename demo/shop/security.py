"""The headers of every answer; the extensions know what the vendor needs."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, Response, request, session
from flask_login import current_user

from flask_app_inbox import AppInbox, ChatHub

from . import widget

#: What the shop itself needs: no inline script or style, nothing from elsewhere.
_OWN = {
    "default-src": ["'self'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "connect-src": ["'self'"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}

_INLINE = "'unsafe-inline'"


def init_app(app: Flask, app_inbox: AppInbox, chathub: ChatHub) -> None:
    """Set the headers on every answer of the app."""
    with app.app_context():
        page = app_inbox.csp_sources(into=_OWN)
        panel = {**_OWN, **chathub.csp_sources()}
        drawn_by = widget.drawn_by()
    panel |= {"form-action": ["'none'"], "frame-ancestors": ["'self'"]}
    if app.config["SHOP_SANDBOX_URL"]:
        # The sandbox's widgets bring style sheets that no policy has to allow.
        panel["style-src"] = [s for s in panel["style-src"] if s != _INLINE]
    elif drawn_by == "vendor":
        # No document says how the real widget brings its look: allow inline styles.
        page["style-src"].append(_INLINE)
    page_policy, panel_policy = _header(page), _header(panel)

    @app.after_request
    def add_headers(response: Response) -> Response:
        # Only this frame runs the panel's script, and only our pages may hold it.
        response.headers["Content-Security-Policy"] = (
            panel_policy if request.endpoint == "chathub.panel" else page_policy
        )
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        if request.endpoint != "static" and not response.cache_control:
            # A page with a name, a basket or a form token belongs to one visitor.
            response.cache_control.private = True
            if current_user.is_authenticated or session:
                response.cache_control.no_store = True
            else:
                response.cache_control.no_cache = True
        return response


def _header(policy: Mapping[str, list[str]]) -> str:
    return "; ".join(f"{name} {' '.join(hosts)}" for name, hosts in policy.items())

"""The headers that every page carries; the whole policy is in this module."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, request, session
from flask_login import current_user

#: Where the vendor's script is loaded from (its loader's hosts, old and new).
_SCRIPT_HOSTS = ("https://statics.esputnik.com", "https://cdn.esputnik.com")

#: Where the vendor's script may call. The vendor publishes no list: these are the
#: hosts of its API, inbox and trackers in its documents and plugins.
_CALLED_HOSTS = tuple(
    f"https://{prefix}{domain}"
    for domain in ("esputnik.com", "yespo.io", "reteno.com")
    for prefix in ("", "*.")
)

#: Where the operator panel comes from and calls, unless the settings say otherwise.
_CHATHUB = {
    "SCRIPT_URL": "https://widget.smsbat.com",
    "API_URL": "https://chatapi.smsbat.com",
}


def init_app(app: Flask) -> None:
    """Set the headers on every answer of the app."""
    policy = content_security_policy(app.config)
    frame_policy = panel_policy(app.config)

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = (
            frame_policy if request.endpoint == "chathub.panel" else policy
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


def content_security_policy(config: dict[str, Any]) -> str:
    """Build the policy: no inline script, the vendor's hosts and no others."""
    sandbox_url: str | None = config["SHOP_SANDBOX_URL"]
    if sandbox_url:
        scripts: tuple[str, ...] = (sandbox_url,)
        called: tuple[str, ...] = (sandbox_url,)
        styles: tuple[str, ...] = ()
    else:
        scripts = _SCRIPT_HOSTS
        called = _CALLED_HOSTS
        # Nobody says how the real widget brings its look; assume inline styles.
        styles = ("'unsafe-inline'",)
    images = ("https:", "data:", *((sandbox_url,) if sandbox_url else ()))
    sources = {
        "default-src": ("'self'",),
        "script-src": ("'self'", *scripts),
        "style-src": ("'self'", *styles),
        "img-src": ("'self'", *images),
        "connect-src": ("'self'", *called),
        "object-src": ("'none'",),
        "base-uri": ("'none'",),
        "form-action": ("'self'",),
        "frame-ancestors": ("'none'",),
    }
    return _written(sources)


def panel_policy(config: dict[str, Any]) -> str:
    """Build the policy of the frame that the operator panel is drawn in.

    Only this frame runs the panel's script, and only our pages may hold it.
    """
    hosts = tuple(
        f"{parts.scheme}://{parts.netloc}"
        for name in ("SCRIPT_URL", "API_URL")
        for parts in [urlsplit(config.get(f"CHATHUB_{name}") or _CHATHUB[name])]
    )
    real = not config["SHOP_SANDBOX_URL"]
    sources = {
        "default-src": ("'self'",),
        "script-src": ("'self'", hosts[0]),
        "connect-src": ("'self'", *dict.fromkeys(hosts)),
        # As for the bell: what the real panel needs is not documented.
        "style-src": ("'self'", *(("'unsafe-inline'",) if real else ())),
        "img-src": ("'self'", "https:", "data:"),
        "object-src": ("'none'",),
        "base-uri": ("'none'",),
        "form-action": ("'none'",),
        "frame-ancestors": ("'self'",),
    }
    return _written(sources)


def _written(sources: dict[str, tuple[str, ...]]) -> str:
    return "; ".join(f"{name} {' '.join(hosts)}" for name, hosts in sources.items())

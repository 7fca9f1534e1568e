"""The vendor's routes by the short names that faults are set with."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_NAMES = {
    "/v1/auth/contact/token": "token",
    "/v1/contact": "contact",
    "/v1/account/info": "account",
    "/v1/version": "version",
    "/v2/version": "version",
    "/v1/site/domains": "site",
    "/v1/site/script": "snippet",
    "/v1/contacts": "contacts",
    "/uaa/oauth/authorize": "oauth_authorize",
    "/uaa/oauth/token": "oauth_token",
    "/appinbox/v1/messages": "messages",
    "/appinbox/v1/messages/count": "count",
    "/appinbox/v1/messages/status": "status",
}

#: Every name: `script` is the widget's file, `snippet` the HTML that loads it.
ROUTES = (*dict.fromkeys(_NAMES.values()), "script")


def path_of(environ: WSGIEnvironment) -> str:
    """Return a request's path as text (WSGI hands it over as Latin-1)."""
    path: str = environ.get("PATH_INFO", "")
    return path.encode("latin-1").decode("utf-8", "replace")


def route_of(path: str) -> str | None:
    """Return the name of the route that a path belongs to, if it has one."""
    if path.startswith("/scripts/"):
        return "script"
    return _NAMES.get(path.removeprefix("/api") if path.startswith("/api/v") else path)

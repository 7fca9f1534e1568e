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
    "/api/company/get-token": "company-token",
    "/api/company/organization": "organizations",
    "/api/operator": "operators",
    "/api/operator/synchronize": "synchronize",
    "/api/operator/status": "operator-status",
    "/api/operator/get-token": "operator-token",
    "/api/operator/validate-token": "validate-token",
    "/operator-chat-panel/widget-script.js": "panel",
}

#: Every name: `script` is the widget's file, `snippet` the HTML that loads it,
#: `panel` the operators' module and `chats` all calls of theirs.
ROUTES = (*dict.fromkeys(_NAMES.values()), "script", "chats")


def path_of(environ: WSGIEnvironment) -> str:
    """Return a request's path as text (WSGI hands it over as Latin-1)."""
    path: str = environ.get("PATH_INFO", "")
    return path.encode("latin-1").decode("utf-8", "replace")


def route_of(path: str) -> str | None:
    """Return the name of the route that a path belongs to, if it has one."""
    if path.startswith("/scripts/"):
        return "script"
    if path.startswith("/api/chat/"):
        return "chats"
    return _NAMES.get(path.removeprefix("/api") if path.startswith("/api/v") else path)

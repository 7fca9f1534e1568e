"""The current app and request themselves, in place of their proxies.

A proxy looks for its object again for each attribute, which adds up in a page.
"""

from __future__ import annotations

from flask import Flask, Request, current_app, request


def this_app() -> Flask:
    """Return the current app.

    :raises RuntimeError: outside an app context.
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined] # of the proxy
    return app


def this_request() -> Request:
    """Return the current request.

    :raises RuntimeError: outside a request.
    """
    found: Request = request._get_current_object()  # type: ignore[attr-defined] # as above
    return found

"""The current app itself, in place of its proxy."""

from __future__ import annotations

from flask import Flask, current_app


def this_app() -> Flask:
    """Return the current app.

    Its proxy looks for it again for each attribute, which adds up in a page.

    :raises RuntimeError: outside an app context.
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined] # of the proxy
    return app

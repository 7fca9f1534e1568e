"""Starting the shop again with other settings, as its owner would.

The extension reads its settings once, in ``init_app``, and offers nothing to change
them later. So the shop builds a second app of the same instance folder, with the same
database and secret key, and hands all further requests to it. Whoever is logged in
stays logged in.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_EXTENSION = "shop_restarts"


class Restarts:
    """Passes requests to the newest of the shop's apps.

    :param build: returns a new app with settings that override the first one's.
    """

    def __init__(self, build: Callable[[Mapping[str, Any]], Flask]) -> None:
        self._build = build
        self._newest: WSGIApplication | None = None
        #: What differs now from the first app's settings.
        self.changes: dict[str, Any] = {}
        self._restarting = threading.Lock()

    def init_app(self, app: Flask) -> None:
        """Let an app's requests restart the shop."""
        app.extensions[_EXTENSION] = self

    def before(self, first: WSGIApplication) -> WSGIApplication:
        """Return a WSGI app that is the first app until there is a newer one."""

        def serve(
            environ: WSGIEnvironment, start_response: StartResponse
        ) -> Iterable[bytes]:
            return (self._newest or first)(environ, start_response)

        return serve

    def restart(
        self,
        changes: Mapping[str, Any],
        check: Callable[[Flask], object] | None = None,
    ) -> None:
        """Build an app with changed settings, for all requests from now on.

        :param check: called with the new app. What it raises leaves all as it was.
        :raises ConfigError: if the extension refuses a setting.
        """
        with self._restarting:
            changes = {**self.changes, **changes}
            app = self._build(changes)
            if check is not None:
                check(app)
            self._newest, self.changes = app.wsgi_app, changes


def current_restarts() -> Restarts:
    """Return what restarts the current app."""
    restarts: Restarts = current_app.extensions[_EXTENSION]
    return restarts

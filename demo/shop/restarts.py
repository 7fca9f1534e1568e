"""Starting the shop again with other settings, as its owner would.

The extension reads its settings once, in ``init_app``, and offers nothing to change
them later. So the shop builds a second app of the same instance folder, with the same
database and secret key, and hands all further requests to it. Whoever is logged in
stays logged in.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_EXTENSION = "shop_restarts"


class Restarts:
    """Passes requests to the newest of the shop's apps.

    :param build: returns a new app with settings that override the first one's.
    :param clock: returns seconds since the epoch.
    """

    def __init__(
        self,
        build: Callable[[Mapping[str, Any]], Flask],
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._build = build
        self._clock = clock
        self._settings: Mapping[str, Any] = {}
        self._newest: WSGIApplication | None = None
        #: When each restart was, by the wall clock, and what differed from then on.
        self._history: list[tuple[float, Mapping[str, Any]]] = []
        self._restarting = threading.Lock()

    def init_app(self, app: Flask) -> None:
        """Let an app's requests restart the shop."""
        self._settings = self._settings or app.config
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
            changes = {**self._changes(), **changes}
            app = self._build(changes)
            if check is not None:
                check(app)
            self._newest = app.wsgi_app
            self._history.append((self._clock(), changes))

    def setting(self, key: str, at: float = math.inf) -> Any:
        """Return a setting of the shop, as it is or as it was at a time."""
        return self._changes(at).get(key, self._settings[key])

    def _changes(self, at: float = math.inf) -> Mapping[str, Any]:
        """Return what differs from the first app's settings."""
        before = [changes for began, changes in self._history if began <= at]
        return before[-1] if before else {}


def current_restarts() -> Restarts:
    """Return what restarts the current app."""
    restarts: Restarts = current_app.extensions[_EXTENSION]
    return restarts

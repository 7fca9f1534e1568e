"""The OAuth connections of one app: which one serves a request, and its life."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app

from .errors import ConfigError, LoaderError
from .signals import connection_lost

if TYPE_CHECKING:
    from .settings import Settings
    from .state import Loaders
    from .vendor.connection_keeper import ConnectionKeeper
    from .vendor.credentials import OAuthCredentials
    from .vendor.oauth import OAuthClient
    from .vendor.token_store import TokenStore
    from .vendor.transport import Transport

logger = logging.getLogger(__name__)

#: The connection of a site that has one.
DEFAULT_CONNECTION = "default"

_FILE = "app_inbox.sqlite3"
#: Seconds for each of the first calls with a new access token.
_PATIENCE = 10.0


@dataclass
class OAuthConnections:
    """What an app needs to make connections and to keep them.

    :param transport: for the first calls with a new access token.
    """

    client: OAuthClient
    store: TokenStore
    transport: Transport
    settings: Settings
    loaders: Loaders
    on_lost: Callable[[str, str], None]

    def __post_init__(self) -> None:
        self._keepers: dict[str, ConnectionKeeper] = {}
        self._lock = threading.Lock()

    def current_name(self) -> str:
        """Return the name of this request's connection.

        :raises LoaderError: if the site's loader returns anything but a name.
        """
        loader = self.loaders.connection
        if loader is None:
            return DEFAULT_CONNECTION
        name = current_app.ensure_sync(loader)()
        if name is None:
            return DEFAULT_CONNECTION
        if not isinstance(name, str) or not 0 < len(name) <= 200:
            raise LoaderError(
                "The connection_loader must return a name of 1 to 200 characters, or "
                "None for the default connection."
            )
        return name

    def keeper(self, name: str) -> ConnectionKeeper:
        """Return what keeps a connection alive in this process."""
        from .vendor.connection_keeper import ConnectionKeeper

        with self._lock:
            if name not in self._keepers:
                self._keepers[name] = ConnectionKeeper(
                    name,
                    self.store,
                    self.client,
                    max_waiting=self.settings.max_concurrent,
                    on_lost=self.on_lost,
                )
            return self._keepers[name]

    def credentials(self) -> OAuthCredentials:
        """Return the credentials of this request's connection."""
        from .vendor.credentials import OAuthCredentials

        return OAuthCredentials(self.keeper(self.current_name()))

    def connect(self, name: str, code: str, verifier: str) -> dict[str, Any]:
        """Trade a code for a connection, try that, store it, return its account.

        A connection of that name that cannot be opened is not replaced: the key
        that is set now is a wrong one, and would destroy it.

        :raises VendorError: if the vendor refuses; then nothing is stored.
        :raises StorageError: if the connection cannot be stored.
        """
        from .vendor.account import verify

        self.store.read(name)
        tokens = self.client.exchange(code, verifier)
        # An owner waits longer than a page, and a consent is not to be given twice.
        timeout = max(self.settings.timeout, _PATIENCE)
        account = verify(
            self.transport, self.settings.api_url, tokens.access_token, timeout
        )
        self.store.connect(name, tokens, account)
        return account


def open_connections(
    app: Flask, settings: Settings, loaders: Loaders
) -> OAuthConnections:
    """Make an app's connections; nothing is opened or called yet.

    :raises ConfigError: if a package that OAuth needs is not installed.
    """
    url = settings.database_url or f"sqlite:///{Path(app.instance_path, _FILE)}"
    _check_extras(url)
    from sqlalchemy import make_url

    from .vendor.database import Database
    from .vendor.oauth import OAuthClient
    from .vendor.sealing import Sealer, derive_key
    from .vendor.token_store import TokenStore
    from .vendor.transport import Transport

    place = make_url(url)
    if place.get_backend_name() == "sqlite" and place.database:
        # A relative path would depend on where a process was started.
        path = Path(app.instance_path, place.database)
        url = f"sqlite:///{path}"
    keys: list[str | bytes] = [*settings.encryption_keys]
    if not keys:
        secrets = [app.secret_key, *(app.config.get("SECRET_KEY_FALLBACKS") or ())]
        keys = [derive_key(secret) for secret in secrets if secret]
    return OAuthConnections(
        client=OAuthClient(settings),
        store=TokenStore(Database(url), Sealer(keys)),
        transport=Transport(max_concurrent=settings.max_concurrent),
        settings=settings,
        loaders=loaders,
        on_lost=_announcer(app),
    )


def _check_extras(url: str) -> None:
    needed = {"authlib": "oauth", "sqlalchemy": "oauth", "cryptography": "oauth"}
    if url.startswith("postgres"):
        needed["psycopg"] = "postgres"
    missing = {}
    for module, extra in needed.items():
        try:
            import_module(module)
        except ImportError:
            missing[module] = extra
    if missing:
        extras = ",".join(dict.fromkeys(needed.values()))
        raise ConfigError(
            [
                f"OAuth needs {', '.join(missing)}, which cannot be imported. "
                f"Install what is missing: pip install 'flask-app-inbox[{extras}]'"
            ]
        )


def _announcer(app: Flask) -> Callable[[str, str], None]:
    def announce(name: str, reason: str) -> None:
        with app.app_context():
            try:
                connection_lost.send(app, connection=name, reason=reason)
            except Exception:
                # Whatever a site's receiver raises, requests wait for the refresh.
                logger.exception("A receiver of connection_lost failed.")

    return announce

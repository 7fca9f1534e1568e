"""The OAuth connections of one app: which one a request uses, and how it is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app

from ..client.account import read_account
from ..client.api import VendorApi
from ..client.credentials import AccessToken
from ..client.deadline import Deadline
from ..client.transport import Transport
from ..errors import ConfigError, LoaderError, StorageError
from ..signals import connection_lost
from ..web.loaders import call, call_loader, calling, send_to_each
from ..web.user_tag import former_keys
from .script_ids import ScriptIds
from .settings import FLASKS_KEY, OAuthSettings
from .status import DEFAULT_CONNECTION, describe

if TYPE_CHECKING:
    from .client import OAuthClient, Tokens
    from .credentials import OAuthCredentials
    from .keeper import ConnectionKeeper
    from .store import TokenStore

EXTENSION = "app_inbox_oauth"

_FILE = "app_inbox.sqlite3"
#: Seconds for each of the first calls with a new access token.
_PATIENCE = 10.0

#: Returns a loader of the site; None if the site has none.
FindLoader = Callable[[], "Callable[[], Any] | None"]


@dataclass(frozen=True)
class OAuthConnections:
    """What an app needs to make connections and keep them alive.

    :param transport: for the first calls with a new access token.
    :param api_url: base of the vendor's API.
    :param timeout: seconds for one request of a page.
    :param max_concurrent: how many requests may wait for a refresh at once.
    :param on_lost: called with the name of a lost connection and the reason.
    :param script_ids: of the accounts' page scripts, by the connections' names.
    """

    client: OAuthClient
    store: TokenStore
    transport: Transport
    api_url: str
    timeout: float
    max_concurrent: int
    owner_loader: FindLoader
    connection_loader: FindLoader
    on_lost: Callable[[str, str], None]
    script_ids: ScriptIds
    _keepers: dict[str, ConnectionKeeper] = field(default_factory=dict)

    def is_owner(self) -> bool:
        """Return whether the owner makes this request; without a loader nobody does.

        :raises HTTPException: if the loader calls ``abort()``: a person asks.
        :raises LoaderError: if it raises anything else.
        """
        loader = self.owner_loader()
        if loader is None:
            return False
        with calling("owner_loader", may_abort=True):
            return bool(call(loader))

    def current_name(self) -> str:
        """Return the name of this request's connection.

        :raises LoaderError: if the site's loader fails or returns anything but a name.
        """
        loader = self.connection_loader()
        if loader is None:
            return DEFAULT_CONNECTION
        name = call_loader("connection_loader", loader)
        if name is None:
            return DEFAULT_CONNECTION
        if not isinstance(name, str) or not 0 < len(name) <= 200:
            raise LoaderError(
                "The connection_loader must return a name of 1 to 200 characters, or "
                "None for the default connection."
            )
        return name

    def status(self, name: str | None = None) -> dict[str, Any]:
        """Return how a connection is doing, without its secrets.

        :param name: by default this request's.
        :raises LoaderError: if the site's loader returns anything but a name.
        :raises StorageError: if the connection cannot be read or decrypted.
        """
        if name is None:
            name = self.current_name()
        return describe(name, self.store.read(name, self.deadline()))

    def deadline(self) -> Deadline:
        """Return the deadline of a request that begins now."""
        return Deadline(self.timeout)

    def keeper(self, name: str) -> ConnectionKeeper:
        """Return the object that keeps a connection alive."""
        from .keeper import ConnectionKeeper

        if name not in self._keepers:
            keeper = ConnectionKeeper(
                name,
                self.store,
                self.client,
                max_waiting=self.max_concurrent,
                on_lost=self.on_lost,
            )
            # Of threads that come at once, all get the same one.
            self._keepers.setdefault(name, keeper)
        return self._keepers[name]

    def credentials(self, name: str | None = None) -> OAuthCredentials:
        """Return the credentials of a connection; without a name, of this request's.

        :raises LoaderError: if the site's loader fails or returns anything but a name.
        """
        from .credentials import OAuthCredentials

        if name is None:
            name = self.current_name()
        return OAuthCredentials(self.keeper(name))

    def script_id(self) -> str | None:
        """Return the script id of this request's connection.

        :returns: None if it has none of its own, or the site names no connections.
        :raises LoaderError: if the site's loader fails or returns anything but a name.
        """
        if self.connection_loader() is None:
            return None
        return self.script_ids.find(self.current_name())

    def connect(
        self,
        name: str,
        code: str,
        verifier: str | None,
        *,
        patience: float | None = None,
    ) -> dict[str, Any]:
        """Exchange a code for a connection, test it, store it, return its account.

        For the verifier see :meth:`.OAuthClient.exchange`. A code works once, so the
        database's lock is taken before: other refreshes may hold it for long.

        This does not replace a connection that cannot be decrypted: the key that is
        set now is wrong, and the connection would be lost.

        Source: the guide "Authorization using OAuth 2.0" tests a token with
        ``v2/version``; ``account/info`` needs no right of the app.

        :param patience: seconds to wait for the lock; by default longer than any
            refresh takes.
        :raises VendorError: if the vendor refuses; then nothing is stored.
        :raises LockBusy: if others hold the lock for longer; the code is not used.
        :raises StorageError: if the connection cannot be stored.
        """
        from .pace import LOCK_PATIENCE

        self.store.read(name, self.deadline())
        told: tuple[Tokens, dict[str, Any]] | None = None
        try:
            with self.store.connecting(name, patience or LOCK_PATIENCE) as keep:
                told = self._ask_vendor(code, verifier)
                keep(*told)
        except StorageError:
            if told is None:
                raise
            connection = told
            self.store.insist(lambda: self.store.connect(name, *connection))
        return told[1]

    def _ask_vendor(
        self, code: str, verifier: str | None
    ) -> tuple[Tokens, dict[str, Any]]:
        """Exchange a code and test what comes for it."""
        tokens = self.client.exchange(code, verifier)
        access_token = AccessToken(tokens.access_token)
        # An owner waits longer than a page, and should not have to consent twice.
        patience = max(self.timeout, _PATIENCE)
        api = VendorApi(
            self.api_url, self.transport, lambda: access_token, timeout=patience
        )
        api.read_object("/v2/version")
        return tokens, read_account(api).to_json()


def current_connections() -> OAuthConnections | None:
    """Return the connections of the current app; None if it does not use OAuth."""
    connections: OAuthConnections | None = current_app.extensions.get(EXTENSION)
    return connections


def open_connections(
    app: Flask,
    settings: OAuthSettings,
    *,
    api_url: str,
    timeout: float,
    max_concurrent: int,
    proxy: str | None,
    owner_loader: FindLoader,
    connection_loader: FindLoader,
) -> OAuthConnections:
    """Make an app's connections, without opening or calling anything yet.

    :raises ConfigError: if a package that OAuth needs is not installed.
    """
    url = settings.database_url or f"sqlite:///{_FILE}"
    _check_extras(url)
    from ..web.encryption import Encryptor, derive_key
    from .client import OAuthClient
    from .database import Database
    from .store import TokenStore

    secrets = (app.secret_key, *former_keys(app))
    flasks = [derive_key(one, "oauth connections") for one in secrets if one]
    keys: list[str | bytes] = []
    for key in settings.encryption_keys or (FLASKS_KEY,):
        keys += flasks if key == FLASKS_KEY else [key]
    store = TokenStore(Database(url, app.instance_path), Encryptor(keys))
    connections = OAuthConnections(
        client=OAuthClient(settings, proxy=proxy),
        store=store,
        transport=Transport(max_concurrent=max_concurrent, proxy=proxy),
        api_url=api_url,
        timeout=timeout,
        max_concurrent=max_concurrent,
        owner_loader=owner_loader,
        connection_loader=connection_loader,
        on_lost=_announcer(app),
        script_ids=ScriptIds(store.script_ids),
    )
    app.extensions[EXTENSION] = connections
    return connections


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
                f"Install it: pip install 'flask-app-inbox[{extras}]'"
            ]
        )


def _announcer(app: Flask) -> Callable[[str, str], None]:
    def announce(name: str, reason: str) -> None:
        # Requests wait for the refresh, so a receiver must not break it.
        with app.app_context():
            send_to_each(connection_lost, connection=name, reason=reason)

    return announce

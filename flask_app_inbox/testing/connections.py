"""OAuth connections that a test makes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask

from .double import json_reply
from .wire import Reply, Wire

if TYPE_CHECKING:
    from requests import PreparedRequest

    from ..oauth.store import TokenStore

#: Seconds that an access token lives, by the vendor's guide.
_LIFE = 172_800.0

_Change = Callable[["TokenStore"], object]


class ConnectionsDouble:
    """The OAuth connections of a site; there is none at first.

    What a test says holds for every app that it uses, in whatever order.
    """

    def __init__(
        self, wire: Wire, monkeypatch: pytest.MonkeyPatch, folder: Path
    ) -> None:
        #: How often the vendor was asked to renew an access token.
        self.renewals = 0
        self._wire = wire
        self._monkeypatch = monkeypatch
        self._folder = folder
        self._stores: list[TokenStore] = []
        self._changes: list[_Change] = []
        self._refuses = False

    def connect(
        self,
        name: str = "default",
        account: str = "Shop",
        *,
        expires_in: float = _LIFE,
    ) -> None:
        """Make a connection, or make it anew.

        :param account: the name of the account at the vendor.
        :param expires_in: seconds that its access token lives; 0: the first call
            renews it.
        """
        from ..oauth.client import Tokens

        number = len(self._changes)
        tokens = Tokens(f"access-{number}", f"refresh-{number}", "code", expires_in)
        self._change(lambda store: store.connect(name, tokens, {"name": account}))

    def lose(self, name: str = "default") -> None:
        """Let a connection be lost, so that its owner has to connect again."""

        def lose(store: TokenStore) -> None:
            with store.lock(name, 10) as locked:
                if locked is None:
                    raise ValueError(f"There is no connection {name!r} to lose.")
                locked.lose("The vendor refused the refresh token.")

        self._change(lose)

    def disconnect(self, name: str = "default") -> None:
        """Delete a connection."""
        self._change(lambda store: store.disconnect(name))

    def refuses_renewal(self) -> None:
        """Let the vendor refuse the refresh tokens from now on."""
        self._refuses = True

    def meet(self, app: Flask) -> None:
        """Keep the connections of an app here."""
        connections: Any = app.extensions.get("app_inbox_oauth")
        if connections is None or connections.store in self._stores:
            return
        from ..oauth.database import Database
        from ..oauth.table_access import TableAccess

        store: TokenStore = connections.store
        path = self._folder / f"connections-{len(self._stores)}.sqlite3"
        database = Database(f"sqlite:///{path}")
        self._monkeypatch.setattr(store, "_database", database)
        self._monkeypatch.setattr(store, "_access", TableAccess(database))
        address = app.extensions["app_inbox"].settings.oauth_token_address
        self._wire.listen("POST", address, self._renew)
        self._stores.append(store)
        for change in self._changes:
            change(store)

    def _change(self, change: _Change) -> None:
        for store in self._stores:
            change(store)
        self._changes.append(change)

    def _renew(self, _: PreparedRequest) -> Reply:
        self.renewals += 1
        if self._refuses:
            return 400, {}, json.dumps({"error": "invalid_grant"})
        return json_reply(
            {
                "access_token": f"renewed-{self.renewals}",
                "refresh_token": f"refresh-renewed-{self.renewals}",
                "expires_in": _LIFE,
            }
        )

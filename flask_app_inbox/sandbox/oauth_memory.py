"""What the authorization server remembers: apps, codes and connections.

A connection is what an account's owner allowed an app. It has one refresh token at
a time: each refresh issues a new one, and using an old one voids the connection.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

#: By the guide, from the creation of a token; the life of a code is not in it.
ACCESS_TOKEN_LIFE = 172_800.0
REFRESH_TOKEN_LIFE = 2_592_000.0
CODE_LIFE = 300.0


@dataclass(frozen=True)
class OAuthSettings:
    """How the authorization server behaves; lifetimes are in seconds.

    :param refresh_needs_code: refuse a refresh without the code and the callback URL,
        as the guide says; RFC 6749 and its libraries send neither there. When they
        are sent, they must be right in any case.
    :param refresh_ends_access_token: a refresh invalidates the old access token.
    """

    access_token_life: float = ACCESS_TOKEN_LIFE
    refresh_token_life: float = REFRESH_TOKEN_LIFE
    code_life: float = CODE_LIFE
    refresh_needs_code: bool = False
    refresh_ends_access_token: bool = False


@dataclass(frozen=True)
class App:
    """An app as it is registered with the vendor."""

    client_id: str
    client_secret: str = field(repr=False)
    name: str
    redirect_uri: str
    rights: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """Return the app as the control API shows it, without the secret."""
        return {
            "client_id": self.client_id,
            "name": self.name,
            "redirect_uri": self.redirect_uri,
            "rights": list(self.rights),
        }


@dataclass(frozen=True)
class Code:
    """A consent on its way to the app."""

    code: str = field(repr=False)
    client_id: str
    redirect_uri: str
    account: str
    expires: float
    challenge: str = field(default="", repr=False)
    challenge_method: str = ""


@dataclass
class Connection:
    """What an account allowed an app, and the tokens for that."""

    id: int
    client_id: str
    account: str
    code: Code = field(repr=False)
    refresh_token: str = field(default="", repr=False)
    refresh_expires: float = 0.0
    access_tokens: dict[str, float] = field(default_factory=dict, repr=False)
    refreshes: int = 0
    #: Why it is void; empty while it is not.
    void: str = ""

    def to_json(self, now: float) -> dict[str, object]:
        """Return the connection as the control API shows it, without tokens."""
        return {
            "id": self.id,
            "client_id": self.client_id,
            "account": self.account,
            "refreshes": self.refreshes,
            "access_tokens": sum(end > now for end in self.access_tokens.values()),
            "void": self.void or None,
        }


class OAuthMemory:
    """All apps and connections; hold ``lock`` while using it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        #: Held for a whole token request, so that a code or a token serves once.
        self.lock = threading.RLock()
        self.clear()

    def clear(self) -> None:
        """Reset to the initial state."""
        with self.lock:
            self.settings = OAuthSettings()
            self.apps: dict[str, App] = {}
            self.connections: list[Connection] = []
            self._codes: dict[str, Code] = {}
            self._by_refresh_token: dict[str, Connection] = {}
            self._by_access_token: dict[str, Connection] = {}

    def change_settings(self, changes: dict[str, Any]) -> None:
        """Change some settings; issued tokens keep their lifetimes."""
        with self.lock:
            self.settings = replace(self.settings, **changes)

    def register(self, name: str, redirect_uri: str, rights: tuple[str, ...]) -> App:
        """Register an app and return it with its credentials."""
        app = App(
            secrets.token_hex(16), secrets.token_hex(32), name, redirect_uri, rights
        )
        with self.lock:
            self.apps[app.client_id] = app
        return app

    def edit(self, app: App) -> None:
        """Replace the app that has the same id."""
        with self.lock:
            self.apps[app.client_id] = app

    def remove(self, client_id: str) -> bool:
        """Delete an app and void its connections; return whether there was one."""
        with self.lock:
            for connection in self.connections:
                if connection.client_id == client_id:
                    self.disconnect(connection, "the app was deleted")
            return self.apps.pop(client_id, None) is not None

    def issue_code(self, code: Code) -> None:
        """Keep a code until it is used or stale."""
        with self.lock:
            self._codes[code.code] = code

    def find_code(self, code: str, client_id: str) -> Code | None:
        """Return an app's code that is still valid."""
        found = self._codes.get(code)
        if found and found.client_id == client_id and found.expires > self.clock():
            return found
        return None

    def use_code(self, code: Code) -> None:
        """Forget a code: it works once."""
        self._codes.pop(code.code, None)

    def open(self, code: Code, access_token: str, refresh_token: str) -> None:
        """Open a connection with its first tokens."""
        with self.lock:
            connection = Connection(
                len(self.connections) + 1, code.client_id, code.account, code
            )
            self.connections.append(connection)
            self._give(connection, access_token, refresh_token)

    def renew(
        self, connection: Connection, access_token: str, refresh_token: str
    ) -> None:
        """Give a connection its next tokens and end the old refresh token."""
        with self.lock:
            if self.settings.refresh_ends_access_token:
                connection.access_tokens.clear()
            connection.refreshes += 1
            self._give(connection, access_token, refresh_token)

    def of_refresh_token(self, token: str) -> Connection | None:
        """Return the connection that a refresh token may renew.

        One that was used before shows that somebody has a copy: the connection is
        void from then on (RFC 9700, section 4.14.2).
        """
        connection = self._by_refresh_token.get(token)
        if connection is None or connection.void:
            return None
        if not hmac.compare_digest(connection.refresh_token, token):
            self.disconnect(connection, "an old refresh token was used again")
            return None
        return connection if connection.refresh_expires > self.clock() else None

    def of_access_token(self, token: str) -> Connection | None:
        """Return the connection that an access token opens."""
        with self.lock:
            connection = self._by_access_token.get(token)
            if connection is None or connection.void:
                return None
            alive = connection.access_tokens.get(token, 0.0) > self.clock()
            return connection if alive else None

    def end_access_tokens(self) -> int:
        """End all access tokens; return how many were valid."""
        now = self.clock()
        with self.lock:
            count = 0
            for connection in self.connections:
                alive = sum(end > now for end in connection.access_tokens.values())
                count += 0 if connection.void else alive
                connection.access_tokens.clear()
            return count

    def disconnect(self, connection: Connection, reason: str) -> None:
        """Void a connection with all its tokens."""
        with self.lock:
            if not connection.void:
                connection.void = reason

    def _give(
        self, connection: Connection, access_token: str, refresh_token: str
    ) -> None:
        now = self.clock()
        end = now + self.settings.access_token_life
        connection.access_tokens[access_token] = end
        connection.refresh_token = refresh_token
        connection.refresh_expires = now + self.settings.refresh_token_life
        self._by_access_token[access_token] = connection
        self._by_refresh_token[refresh_token] = connection

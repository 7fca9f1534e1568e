"""What Authlib needs to know about the sandbox's apps, codes and tokens."""

from __future__ import annotations

import secrets
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.integrations.flask_oauth2.requests import (
    FlaskOAuth2Payload,
    FlaskOAuth2Request,
)
from authlib.oauth2.rfc6749 import ClientMixin, OAuth2Request, grants
from authlib.oauth2.rfc6749.errors import InvalidGrantError, InvalidRequestError
from flask import Request, request
from werkzeug.datastructures import CombinedMultiDict

from .oauth_memory import App, Code, Connection, OAuthMemory
from .state import state

_SCOPE = "UseRestApi"


class TokenRequest(FlaskOAuth2Request):  # type: ignore[misc]  # Authlib has no types
    """A request whose token parameters may be in its query string."""

    def __init__(self, http: Request) -> None:
        # Authlib wants https but on loopback hosts; a sandbox has no certificate.
        uri = http.url.replace("http://", "https://", 1)
        OAuth2Request.__init__(self, http.method, uri, headers=http.headers)
        self._request = http
        self.payload = FlaskOAuth2Payload(http)

    @property
    def form(self) -> Any:
        return CombinedMultiDict([self._request.form, self._request.args])


class Server(AuthorizationServer):  # type: ignore[misc]  # Authlib has no types
    """Authlib's server, for requests of our kind."""

    def create_oauth2_request(self, _request: object) -> TokenRequest:
        return TokenRequest(request)


class Client(ClientMixin):  # type: ignore[misc]  # Authlib has no types
    """An app in the form that Authlib needs."""

    def __init__(self, app: App) -> None:
        self.app = app

    def get_client_id(self) -> str:
        return self.app.client_id

    def get_default_redirect_uri(self) -> str:
        return self.app.redirect_uri

    def get_allowed_scope(self, _scope: str | None) -> str:
        # Rights are chosen when an app is registered, never asked for here.
        return _SCOPE

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return bool(self.app.redirect_uri) and redirect_uri == self.app.redirect_uri

    def check_client_secret(self, client_secret: str) -> bool:
        return secrets.compare_digest(
            self.app.client_secret.encode(), client_secret.encode()
        )

    def check_endpoint_auth_method(self, _method: str, _endpoint: str) -> bool:
        return True

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in ("authorization_code", "refresh_token")


class AuthlibCode:
    """A code in the form that Authlib needs."""

    def __init__(self, code: Code) -> None:
        self.code = code
        self.code_challenge = code.challenge
        self.code_challenge_method = code.challenge_method or "plain"

    def get_redirect_uri(self) -> str:
        return self.code.redirect_uri

    def get_scope(self) -> str:
        return _SCOPE


class AuthlibRefreshToken:
    """A connection's refresh token in the form that Authlib needs."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def check_client(self, client: Client) -> bool:
        return self.connection.client_id == client.app.client_id

    def get_scope(self) -> str:
        return _SCOPE


class CodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc]  # no types
    """Codes for tokens."""

    def save_authorization_code(self, code: str, request: Any) -> None:
        memory = _memory()
        client: Client = request.client
        memory.issue_code(
            Code(
                code,
                client.app.client_id,
                request.payload.redirect_uri or client.app.redirect_uri,
                request.user,
                memory.clock() + memory.settings.code_life,
                request.payload.data.get("code_challenge", ""),
                request.payload.data.get("code_challenge_method", ""),
            )
        )

    def query_authorization_code(self, code: str, client: Client) -> AuthlibCode | None:
        found = _memory().find_code(code, client.app.client_id)
        return AuthlibCode(found) if found else None

    def delete_authorization_code(self, authorization_code: AuthlibCode) -> None:
        _memory().use_code(authorization_code.code)

    def authenticate_user(self, authorization_code: AuthlibCode) -> str:
        return authorization_code.code.account


class RefreshGrant(grants.RefreshTokenGrant):  # type: ignore[misc]  # no types
    """Refresh tokens for new tokens."""

    INCLUDE_NEW_REFRESH_TOKEN = True
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

    def authenticate_refresh_token(
        self, refresh_token: str
    ) -> AuthlibRefreshToken | None:
        connection = _memory().of_refresh_token(refresh_token)
        if connection is None:
            return None
        self._check_code(connection.code)
        return AuthlibRefreshToken(connection)

    def _check_code(self, code: Code) -> None:
        """Check what the guide requires in a refresh besides the token."""
        wanted = {"code": code.code, "redirect_uri": code.redirect_uri}
        for name, value in wanted.items():
            given = self.request.form.get(name)
            if given is None and _memory().settings.refresh_needs_code:
                raise InvalidRequestError(f"Missing '{name}' in request.")
            if given is not None and given != value:
                raise InvalidGrantError(f"Invalid '{name}' in request.")

    def authenticate_user(self, refresh_token: AuthlibRefreshToken) -> str:
        return refresh_token.connection.account

    def revoke_old_credential(self, _refresh_token: AuthlibRefreshToken) -> None:
        """Do nothing: the new one has taken its place."""


def find_client(client_id: str) -> Client | None:
    """Return the app with this id."""
    app = _memory().apps.get(client_id)
    return Client(app) if app else None


def make_tokens(**_: object) -> dict[str, object]:
    """Return the body of a token answer with new tokens."""
    return {
        "access_token": secrets.token_urlsafe(32),
        "token_type": "bearer",
        "refresh_token": secrets.token_urlsafe(32),
        "scope": _SCOPE,
        "expires_in": _whole(_memory().settings.access_token_life),
    }


def save_token(tokens: dict[str, str], oauth_request: Any) -> None:
    """Keep new tokens in their connection."""
    pair = tokens["access_token"], tokens["refresh_token"]
    if oauth_request.refresh_token:
        _memory().renew(oauth_request.refresh_token.connection, *pair)
    else:
        _memory().open(oauth_request.authorization_code.code, *pair)


def _whole(seconds: float) -> int | float:
    return int(seconds) if seconds == int(seconds) else seconds


def _memory() -> OAuthMemory:
    return state().oauth

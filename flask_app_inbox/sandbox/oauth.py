"""The authorization server, on Authlib: the consent page and the token endpoint.

Source: the guide "Authorization using OAuth 2.0". Only ``response_type=code`` exists;
``state`` comes back where it is sent and PKCE is checked where it is used, but the
guide asks for neither. Token requests may come as a form with HTTP Basic client
credentials (the guide's sample) or with everything in the query string (its text).
"""

from __future__ import annotations

import logging
import secrets
from typing import Any
from urllib.parse import urlsplit

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.integrations.flask_oauth2.requests import (
    FlaskOAuth2Payload,
    FlaskOAuth2Request,
)
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import ClientMixin, OAuth2Request, grants
from authlib.oauth2.rfc6749.errors import InvalidGrantError, InvalidRequestError
from authlib.oauth2.rfc7636 import CodeChallenge
from flask import (
    Blueprint,
    Flask,
    Request,
    Response,
    current_app,
    render_template,
    request,
)
from werkzeug.datastructures import CombinedMultiDict

from .faults.routes import breakable
from .oauth_memory import App, Code, Connection, OAuthMemory
from .own_callers import objection
from .rights import RIGHTS
from .state import state

blueprint = Blueprint("oauth", __name__, url_prefix="/uaa/oauth")

_SERVER = "sandbox_oauth"
_SCOPE = "UseRestApi"
_DEFAULT_ACCOUNT = "Sandbox"
_POLICY = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)


_authorize = breakable("oauth_authorize", "the consent page")


def add_to(app: Flask) -> None:
    """Add the authorization server to the sandbox."""
    # Authlib writes whole tokens into its debug log.
    logging.getLogger("authlib").setLevel(logging.INFO)
    server = _Server(app, query_client=_find_client, save_token=_save_token)
    server.register_token_generator("default", _make_tokens)
    server.register_grant(_CodeGrant, [CodeChallenge(required=False)])
    server.register_grant(_RefreshGrant)
    app.extensions[_SERVER] = server
    app.register_blueprint(blueprint)


@blueprint.get("/authorize")
@_authorize
def ask() -> Response:
    """Show the consent page, or say what is wrong with the request."""
    try:
        grant = _server().get_consent_grant()
    except OAuth2Error as error:
        return _refuse(error)
    target = _target(grant)
    page = render_template(
        "oauth_consent.html",
        app=grant.request.client.app,
        account=_DEFAULT_ACCOUNT,
        target=target,
        words=RIGHTS,
    )
    # Browsers hold the address that a form leads to against the policy, too.
    policy = f"{_POLICY}; form-action 'self' {target}"
    return Response(
        page, headers={"Content-Security-Policy": policy, "Cache-Control": "no-store"}
    )


@blueprint.post("/authorize")
@_authorize
def decide() -> Response:
    """Redirect to the app, with a code if the owner allowed it."""
    if reason := objection(request, state().host):
        return Response(reason, 403, mimetype="text/plain")
    account = request.form.get("account", "").strip() or _DEFAULT_ACCOUNT
    try:
        grant = _server().get_consent_grant()
    except OAuth2Error as error:
        return _refuse(error)
    allowed = request.form.get("decision") == "allow"
    response: Response = _server().create_authorization_response(
        grant_user=account if allowed else None, grant=grant
    )
    return response


@blueprint.post("/token")
@breakable("oauth_token", "the token endpoint")
def token() -> Response:
    """Issue tokens for a code or a refresh token."""
    # One at a time: a code and a refresh token serve once.
    with state().oauth.lock:
        response: Response = _server().create_token_response()
    return response


class _Request(FlaskOAuth2Request):  # type: ignore[misc]  # Authlib has no types
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


class _Server(AuthorizationServer):  # type: ignore[misc]  # Authlib has no types
    def create_oauth2_request(self, _request: object) -> _Request:
        return _Request(request)


class _Client(ClientMixin):  # type: ignore[misc]  # Authlib has no types
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


class _AuthlibCode:
    """A code in the form that Authlib needs."""

    def __init__(self, code: Code) -> None:
        self.code = code
        self.code_challenge = code.challenge
        self.code_challenge_method = code.challenge_method or "plain"

    def get_redirect_uri(self) -> str:
        return self.code.redirect_uri

    def get_scope(self) -> str:
        return _SCOPE


class _AuthlibRefreshToken:
    """A connection's refresh token in the form that Authlib needs."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def check_client(self, client: _Client) -> bool:
        return self.connection.client_id == client.app.client_id

    def get_scope(self) -> str:
        return _SCOPE


class _CodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc]  # no types
    def save_authorization_code(self, code: str, request: Any) -> None:
        memory = _memory()
        client: _Client = request.client
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

    def query_authorization_code(
        self, code: str, client: _Client
    ) -> _AuthlibCode | None:
        found = _memory().find_code(code, client.app.client_id)
        return _AuthlibCode(found) if found else None

    def delete_authorization_code(self, authorization_code: _AuthlibCode) -> None:
        _memory().use_code(authorization_code.code)

    def authenticate_user(self, authorization_code: _AuthlibCode) -> str:
        return authorization_code.code.account


class _RefreshGrant(grants.RefreshTokenGrant):  # type: ignore[misc]  # no types
    INCLUDE_NEW_REFRESH_TOKEN = True
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

    def authenticate_refresh_token(
        self, refresh_token: str
    ) -> _AuthlibRefreshToken | None:
        connection = _memory().of_refresh_token(refresh_token)
        if connection is None:
            return None
        self._check_code(connection.code)
        return _AuthlibRefreshToken(connection)

    def _check_code(self, code: Code) -> None:
        """Check what the guide requires in a refresh besides the token."""
        wanted = {"code": code.code, "redirect_uri": code.redirect_uri}
        for name, value in wanted.items():
            given = self.request.form.get(name)
            if given is None and _memory().settings.refresh_needs_code:
                raise InvalidRequestError(f"Missing '{name}' in request.")
            if given is not None and given != value:
                raise InvalidGrantError(f"Invalid '{name}' in request.")

    def authenticate_user(self, refresh_token: _AuthlibRefreshToken) -> str:
        return refresh_token.connection.account

    def revoke_old_credential(self, _refresh_token: _AuthlibRefreshToken) -> None:
        """Do nothing: the new one has taken its place."""


def _find_client(client_id: str) -> _Client | None:
    app = _memory().apps.get(client_id)
    return _Client(app) if app else None


def _make_tokens(**_: object) -> dict[str, object]:
    return {
        "access_token": secrets.token_urlsafe(32),
        "token_type": "bearer",
        "refresh_token": secrets.token_urlsafe(32),
        "scope": _SCOPE,
        "expires_in": _whole(_memory().settings.access_token_life),
    }


def _save_token(tokens: dict[str, str], oauth_request: Any) -> None:
    pair = tokens["access_token"], tokens["refresh_token"]
    if oauth_request.refresh_token:
        _memory().renew(oauth_request.refresh_token.connection, *pair)
    else:
        _memory().open(oauth_request.authorization_code.code, *pair)


def _whole(seconds: float) -> int | float:
    return int(seconds) if seconds == int(seconds) else seconds


def _refuse(error: Any) -> Response:
    """Tell the app what is wrong, or the person if we cannot redirect to the app."""
    if error.redirect_uri:
        response: Response = _server().handle_error_response(None, error)
        return response
    page = render_template(
        "oauth_refused.html", reason=error.description or error.error
    )
    return Response(page, 400, {"Content-Security-Policy": _POLICY})


def _target(grant: Any) -> str:
    """Return the origin that the page redirects to."""
    payload, client = grant.request.payload, grant.request.client
    parts = urlsplit(payload.redirect_uri or client.app.redirect_uri)
    return f"{parts.scheme}://{parts.netloc}"


def _server() -> Any:
    return current_app.extensions[_SERVER]


def _memory() -> OAuthMemory:
    return state().oauth

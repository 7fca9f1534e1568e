"""The authorization server, on Authlib: the consent page and the token endpoint.

Source: the guide "Authorization using OAuth 2.0". Only ``response_type=code`` exists;
``state`` comes back where it is sent and PKCE is checked where it is used, but the
guide asks for neither. Token requests may come as a form with HTTP Basic client
credentials (the guide's sample) or with everything in the query string (its text).
"""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlsplit

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc7636 import CodeChallenge
from flask import Blueprint, Flask, Response, current_app, render_template, request

from .faults.routes import breakable
from .oauth_grants import (
    CodeGrant,
    RefreshGrant,
    Server,
    find_client,
    make_tokens,
    save_token,
)
from .own_callers import objection
from .rights import RIGHTS
from .state import state

blueprint = Blueprint("oauth", __name__, url_prefix="/uaa/oauth")

_SERVER = "sandbox_oauth"
_DEFAULT_ACCOUNT = "Sandbox"
_POLICY = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)


_authorize = breakable("oauth_authorize", "the consent page")


def add_to(app: Flask) -> None:
    """Add the authorization server to the sandbox."""
    # Authlib writes whole tokens into its debug log.
    logging.getLogger("authlib").setLevel(logging.INFO)
    server = Server(app, query_client=find_client, save_token=save_token)
    server.register_token_generator("default", make_tokens)
    server.register_grant(CodeGrant, [CodeChallenge(required=False)])
    server.register_grant(RefreshGrant)
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
    if reason := objection(request):
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

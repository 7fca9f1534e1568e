"""Who may call the vendor's REST API."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from flask import current_app

from .rights import allows
from .state import state

if TYPE_CHECKING:
    from flask import Request

    from .oauth_memory import Connection


def authorized(request: Request) -> bool:
    """Tell whether a request has the API key or a valid access token.

    The key is the password of Basic authentication, beside any user name, even an
    empty one (vendor's API guide). Bearer is for OAuth access tokens.
    """
    given = request.authorization
    if given is None:
        return False
    if given.type == "basic":
        password = given.password or ""
        return hmac.compare_digest(password.encode(), state().api_key.encode())
    if given.type == "bearer":
        return connection_of(request) is not None
    return False


def connection_of(request: Request) -> Connection | None:
    """Return the OAuth connection of a request, if it has one."""
    given = request.authorization
    if given is None or given.type != "bearer":
        return None
    return state().oauth.of_access_token(given.token or "")


def lacks_right(request: Request) -> bool:
    """Tell whether a request comes from an app without the right for this call.

    An API key may do everything.
    """
    connection = connection_of(request)
    if connection is None:
        return False
    app = state().oauth.apps.get(connection.client_id)
    view = current_app.view_functions[request.endpoint or ""]
    return app is None or not allows(app.rights, view)

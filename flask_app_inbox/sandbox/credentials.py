"""Who may call the vendor's REST API."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from .state import state

if TYPE_CHECKING:
    from flask import Request


def authorized(request: Request) -> bool:
    """Say whether a request carries the API key or an access token that is good.

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
        return state().accepts_bearer(given.token or "")
    return False

"""Which account a new connection belongs to, and whether it works."""

from __future__ import annotations

from typing import Any

from requests import Request

from ..errors import VendorInvalid
from .credentials import BearerAuth
from .deadline import Deadline
from .transport import Transport

#: What the vendor tells about an account that is worth showing.
_FIELDS = {"orgId": "id", "organisationName": "name", "userEmail": "email"}


def verify(
    transport: Transport, api_url: str, access_token: str, timeout: float
) -> dict[str, Any]:
    """Use an access token for the first time and return its account.

    Source: the guide "Authorization using OAuth 2.0" tests a token with
    ``v2/version``; ``account/info`` needs no right of the app.

    :param timeout: seconds for each of the two calls.
    :returns: ``id``, ``name`` and ``email``, each only if the vendor names it.
    :raises VendorError: if the token is not accepted.
    """
    _get(transport, f"{api_url}/v2/version", access_token, timeout)
    info = _get(transport, f"{api_url}/v1/account/info", access_token, timeout)
    return {
        ours: info[theirs]
        for theirs, ours in _FIELDS.items()
        if isinstance(info.get(theirs), (str, int))
    }


def _get(
    transport: Transport, url: str, access_token: str, timeout: float
) -> dict[str, Any]:
    request = Request("GET", url, auth=BearerAuth(access_token))
    answer = transport.send(request, Deadline(timeout))
    body = answer.json() if answer.status == 200 else None
    if not isinstance(body, dict):
        raise VendorInvalid(
            f"the vendor answered {answer.status} to a new connection; see "
            "APP_INBOX_API_URL",
            status=answer.status,
        )
    return body

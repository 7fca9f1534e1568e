"""How a call proves to the vendor which account it belongs to."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from requests import PreparedRequest, Request
from requests.auth import AuthBase

from ..errors import VendorRejected
from .answer import Answer
from .deadline import Deadline
from .rights import right_for
from .transport import Transport

if TYPE_CHECKING:
    from .connection_keeper import ConnectionKeeper


class Credentials(Protocol):
    """What sends a request in the name of an account."""

    def send(
        self, transport: Transport, request: Request, deadline: Deadline
    ) -> Answer:
        """Send a request and return the answer.

        :raises VendorError: if there is no usable answer.
        """


class ApiKeyAuth(AuthBase):
    """Basic authentication: any user name, the API key as password.

    Source: the vendor's reference, "Getting started with your API".
    """

    def __init__(self, api_key: str) -> None:
        credentials = b64encode(f"app-inbox:{api_key}".encode()).decode()
        self._header = f"Basic {credentials}"

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = self._header
        return request

    def send(
        self, transport: Transport, request: Request, deadline: Deadline
    ) -> Answer:
        """Send a request with the key."""
        request.auth = self
        return transport.send(request, deadline)


class BearerAuth(AuthBase):
    """An access token of OAuth 2.0.

    Source: the guide "Authorization using OAuth 2.0".
    """

    def __init__(self, access_token: str) -> None:
        self._header = f"Bearer {access_token}"

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = self._header
        return request


class OAuthCredentials:
    """A connection by OAuth; its access token is renewed when it is needed."""

    def __init__(self, keeper: ConnectionKeeper) -> None:
        self._keeper = keeper

    def send(
        self, transport: Transport, request: Request, deadline: Deadline
    ) -> Answer:
        """Send a request with the access token; after a 401 once more with a new one.

        :raises ReconnectNeeded: if there is no connection any more.
        :raises VendorRejected: if a new token is refused, too, or the app has not
            the right for this call.
        """
        lent = self._keeper.lend(deadline)
        request.auth = BearerAuth(lent.access_token)
        try:
            return transport.send(request, deadline)
        except VendorRejected as error:
            if error.status != 401:
                raise _missing_right(request) from None
        new = self._keeper.replace(lent, deadline)
        request.auth = BearerAuth(new.access_token)
        try:
            return transport.send(request, deadline)
        except VendorRejected as error:
            if error.status != 401:
                raise _missing_right(request) from None
            self._keeper.give_up_on(new)
            raise


def _missing_right(request: Request) -> VendorRejected:
    return VendorRejected(
        f"the vendor answered 403 to {request.method} "
        f"{urlsplit(request.url).path}: the app that is registered with the vendor "
        f"needs {right_for(urlsplit(request.url).path)}",
        status=403,
    )

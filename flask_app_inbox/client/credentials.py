"""How a call proves to the vendor which account it is made for."""

from __future__ import annotations

from base64 import b64encode
from typing import Protocol

from requests import PreparedRequest, Request
from requests.auth import AuthBase

from .answer import Answer
from .deadline import Deadline
from .transport import Transport


class Credentials(Protocol):
    """Sends requests on behalf of an account."""

    def send(
        self,
        transport: Transport,
        request: Request,
        deadline: Deadline,
        *,
        repeatable: bool = True,
    ) -> Answer:
        """Send a request and return the answer.

        :param repeatable: as for :meth:`.Transport.send`.
        :raises VendorError: if there is no usable answer.
        """


class HeaderAuth(AuthBase):
    """One header that proves who calls.

    :param name: of the header.
    """

    def __init__(self, name: str, value: str) -> None:
        self._name = name
        self.value = value

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers[self._name] = self.value
        return request

    def send(
        self,
        transport: Transport,
        request: Request,
        deadline: Deadline,
        *,
        repeatable: bool = True,
    ) -> Answer:
        """Send a request with the header."""
        request.auth = self
        return transport.send(request, deadline, repeatable=repeatable)


class ApiKey(HeaderAuth):
    """Basic authentication: any user name, the API key as password.

    Source: the vendor's reference, "Getting started with your API".
    """

    def __init__(self, api_key: str) -> None:
        credentials = b64encode(f"app-inbox:{api_key}".encode()).decode()
        super().__init__("Authorization", f"Basic {credentials}")


class AccessToken(HeaderAuth):
    """An access token of OAuth 2.0.

    Source: the guide "Authorization using OAuth 2.0".
    """

    def __init__(self, access_token: str) -> None:
        super().__init__("Authorization", f"Bearer {access_token}")

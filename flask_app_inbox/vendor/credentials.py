"""How a call proves to the vendor which account it belongs to."""

from __future__ import annotations

from base64 import b64encode

from requests import PreparedRequest
from requests.auth import AuthBase


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

"""Calls to the vendor's REST API on behalf of one account."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from requests import Request

from ..errors import VendorInvalid
from .answer import Answer
from .credentials import Credentials
from .deadline import Deadline
from .transport import Transport


class VendorApi:
    """The API of one account.

    :param url: its base, without a trailing slash.
    :param credentials: returns the credentials of the current call.
    :param timeout: seconds for a call that has no deadline of its own.
    """

    def __init__(
        self,
        url: str,
        transport: Transport,
        credentials: Callable[[], Credentials],
        *,
        timeout: float,
    ) -> None:
        self._url = url
        #: What its calls are made with; other APIs of the vendor may share it.
        self.transport = transport
        self._credentials = credentials
        self._timeout = timeout

    def with_credentials(self, credentials: Callable[[], Credentials]) -> VendorApi:
        """Return the same API for another account."""
        return VendorApi(self._url, self.transport, credentials, timeout=self._timeout)

    def deadline(self) -> Deadline:
        """Return the deadline of a call that begins now."""
        return Deadline(self._timeout)

    def call(
        self,
        method: str,
        path: str,
        deadline: Deadline | None = None,
        *,
        body: dict[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
        accept: str | None = None,
        repeatable: bool = True,
    ) -> Answer:
        """Make one call.

        :param path: below the base.
        :param body: sent as JSON; None: nothing is sent.
        :param query: what stands after the path's question mark.
        :param accept: the media type to ask for; by default JSON.
        :param repeatable: False for a call that must not work twice.
        :raises VendorError: if there is no usable answer.
        """
        request = Request(
            method,
            self._url + path,
            json=body,
            params=query,
            headers={"Accept": accept} if accept else None,
        )
        return self._credentials().send(
            self.transport,
            request,
            deadline or self.deadline(),
            repeatable=repeatable,
        )

    def read_object(
        self, path: str, deadline: Deadline | None = None
    ) -> dict[str, Any]:
        """Get a JSON object.

        :raises VendorInvalid: if the answer is anything else.
        :raises VendorError: with any other cause.
        """
        answer = self.call("GET", path, deadline)
        if answer.status != 200:
            raise VendorInvalid(
                f"the vendor answered {answer.status} to {path}; see APP_INBOX_API_URL",
                status=answer.status,
            )
        body = answer.json()
        if not isinstance(body, dict):
            raise VendorInvalid(
                f"the vendor's answer to {path} is no object", status=200
            )
        return body

"""ChatHub's REST calls: organizations, operators and their tokens.

Source: the vendor's ChatHub guides "Authentication", "Organizations" and
"Operators".
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from requests import Request

from ..errors import VendorInvalid, VendorRejected, VendorTimeout
from ..per_process import PerProcess
from .answer import Answer
from .chathub_answers import (
    Operator,
    OperatorToken,
    Organization,
    Validation,
    iso_8601,
    read_operators,
    read_organizations,
    read_token,
    read_validation,
)
from .credentials import HeaderAuth
from .deadline import Deadline
from .transport import Transport


@dataclass(frozen=True, repr=False)
class Credentials:
    """How the site proves which company it is: by a key, or by login and password."""

    key: str | None = None
    login: str | None = None
    password: str | None = None


@dataclass
class _Login:
    """The company token of one process; who holds the lock gets another."""

    token: str | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class ChatHubClient:
    """Calls to ChatHub for one company.

    :param api_url: without a trailing slash.
    :param timeout: seconds for a call that brings no deadline of its own.
    :param clock: returns seconds since the epoch.
    """

    def __init__(
        self,
        api_url: str,
        credentials: Credentials,
        transport: Transport,
        *,
        timeout: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._api_url = api_url
        self._credentials = credentials
        self._transport = transport
        self._timeout = timeout
        self._clock = clock
        self._login = PerProcess(_Login)

    def organizations(self, deadline: Deadline | None = None) -> list[Organization]:
        """List the company's organizations.

        :raises VendorError: with the cause.
        """
        return read_organizations(
            self._call("GET", "/api/company/organization", deadline)
        )

    def operators(
        self, organization: int, deadline: Deadline | None = None
    ) -> list[Operator]:
        """List an organization's active operators.

        :raises VendorError: with the cause.
        """
        answer = self._call(
            "GET", f"/api/operator?organizationId={organization:d}", deadline
        )
        return read_operators(answer, organization)

    def issue_token(
        self, operator: int, lifetime: float, deadline: Deadline | None = None
    ) -> OperatorToken:
        """Issue a token to an operator.

        :param lifetime: in seconds, at most 24 hours.
        :raises VendorError: with the cause.
        """
        now = self._clock()
        asked = now + lifetime
        answer = self._call(
            "POST",
            "/api/operator/get-token",
            deadline,
            {"id": operator, "expiresAt": iso_8601(asked)},
        )
        token, told = read_token(answer)
        expires_at = min(asked, told) if told is not None else asked
        if expires_at <= now:
            raise VendorInvalid("the vendor's token has expired already", status=200)
        return OperatorToken(operator, token, now, expires_at)

    def validate(self, token: str, deadline: Deadline | None = None) -> Validation:
        """Ask the vendor whether an operator token is good.

        :raises VendorError: with the cause, if the vendor does not say.
        """
        return read_validation(
            self._call(
                "POST", "/api/operator/validate-token", deadline, {"token": token}
            )
        )

    def lets_in(self, origin: str, url: str, *, method: str = "GET") -> bool:
        """Tell whether a browser lets a page of a site read what an address answers.

        Source: the widget guide, "Ensure your domain is whitelisted": modules and calls
        of another origin need the headers of CORS.

        :param origin: the site's, like ``https://shop.example``.
        :param method: of the page's call; other than GET and HEAD it is preflighted.
        :raises VendorError: if the address does not answer, or not with what a page
            wants to read.
        """
        headers = {"Origin": origin}
        asked = "HEAD"
        if method not in ("GET", "HEAD"):
            asked = "OPTIONS"
            headers["Access-Control-Request-Method"] = method
            headers["Access-Control-Request-Headers"] = "authorization, content-type"
        request = Request(asked, url, headers=headers)
        allowed: list[str] = []

        def judge(status: int, headers: Mapping[str, str], body: bytes) -> Answer:
            # Some servers know no HEAD, and preflights need no credentials.
            if status >= 400 and status != 405 and asked == "HEAD":
                raise VendorInvalid(f"the vendor answered {status}", status=status)
            allowed.append(headers.get("Access-Control-Allow-Origin", ""))
            return Answer(status, body)

        self._transport.send(request, Deadline(self._timeout), judge=judge)
        return allowed[-1] in ("*", origin)

    def _call(
        self,
        method: str,
        path: str,
        deadline: Deadline | None,
        body: object = None,
    ) -> Answer:
        """Call with the company's credentials; renew a company token that has died."""
        deadline = deadline or Deadline(self._timeout)
        auth = self._auth(deadline)
        try:
            return self._send(method, path, deadline, body, auth)
        except VendorRejected as error:
            if error.status != 401 or self._credentials.key:
                raise
        self._forget(auth)
        return self._send(method, path, deadline, body, self._auth(deadline))

    def _auth(self, deadline: Deadline) -> HeaderAuth:
        if self._credentials.key:
            return HeaderAuth("X-Authorization-Key", self._credentials.key)
        token = self._login.get().token
        if token is None:
            token = self._log_in(deadline)
        return HeaderAuth("Authorization", f"Bearer {token}")

    def _log_in(self, deadline: Deadline) -> str:
        """Return the company token, or get a new one; one thread at a time asks."""
        login = self._login.get()
        if not login.lock.acquire(timeout=deadline.remaining()):
            raise VendorTimeout("another thread is still logging in to the vendor")
        try:
            token = login.token
            if token is None:
                body = {
                    "login": self._credentials.login,
                    "password": self._credentials.password,
                }
                path = "/api/company/get-token"
                answer = self._send("POST", path, deadline, body, None)
                token, _ = read_token(answer)
                login.token = token
            return token
        finally:
            login.lock.release()

    def _forget(self, auth: HeaderAuth) -> None:
        """Drop the company token that was refused, unless it was renewed already.

        This does not take the lock, whose holder may be waiting for the vendor. At
        worst the site logs in once more.
        """
        login = self._login.get()
        if auth.value == f"Bearer {login.token}":
            login.token = None

    def _send(
        self,
        method: str,
        path: str,
        deadline: Deadline,
        body: object,
        auth: HeaderAuth | None,
    ) -> Answer:
        request = Request(
            method,
            self._api_url + path,
            json=body,
            auth=auth,
            # The guides list text/plain as required for the lists.
            headers={"Accept": "text/plain, application/json"},
        )
        answer = self._transport.send(request, deadline)
        if answer.status != 200:
            raise VendorInvalid(
                f"the vendor answered {answer.status} to {path.partition('?')[0]}; "
                "see CHATHUB_API_URL, and the ids that the operator_loader returns",
                status=answer.status,
            )
        return answer

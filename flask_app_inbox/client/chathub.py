"""ChatHub's REST calls: organizations, operators and their tokens.

Source: the vendor's ChatHub guides "Authentication", "Organizations" and
"Operators". Tokens are opaque; what is not documented is not relied on.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from requests import PreparedRequest, Request
from requests.auth import AuthBase

from ..errors import VendorInvalid, VendorRejected, VendorTimeout
from .answer import Answer
from .deadline import Deadline
from .transport import Transport

#: Of the three statuses of an operator the one that may chat.
ACTIVE = 0

#: The longest token that is passed on to a browser.
_MAX_TOKEN = 8192


@dataclass(frozen=True)
class Organization:
    """A part of the company that has operators of its own."""

    id: int
    name: str


@dataclass(frozen=True)
class Operator:
    """A member of the staff as the vendor knows him; an active one."""

    id: int
    name: str
    organization: int


@dataclass(frozen=True)
class OperatorToken:
    """What lets its holder act as an operator.

    :param token: opaque.
    :param issued_at: seconds since the epoch.
    :param expires_at: seconds since the epoch.
    """

    operator: int
    token: str = field(repr=False)
    issued_at: float
    expires_at: float

    @property
    def expires_at_text(self) -> str:
        """The moment in ISO 8601, UTC, with milliseconds."""
        return iso_8601(self.expires_at)


@dataclass(frozen=True)
class Validation:
    """What the vendor says of an operator token; true in a condition if it is good."""

    is_valid: bool
    operator: int | None = None
    expires_at: float | None = None
    error: str | None = None

    def __bool__(self) -> bool:
        return self.is_valid


@dataclass(frozen=True, repr=False)
class Credentials:
    """How the site proves which company it is: a key, or login and password."""

    key: str | None = None
    login: str | None = None
    password: str | None = None


class ChatHubClient:
    """Calls to ChatHub for one company.

    :param api_url: without a last slash.
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
        self._company_lock = threading.Lock()
        self._company_token: str | None = None

    def organizations(self, deadline: Deadline | None = None) -> list[Organization]:
        """List the company's organizations.

        :raises VendorError: with the cause.
        """
        answer = self._call("GET", "/api/company/organization", deadline)
        return [
            Organization(_whole(entry, "id"), _text(entry, "name"))
            for entry in _entries(answer)
        ]

    def operators(
        self, organization: int, deadline: Deadline | None = None
    ) -> list[Operator]:
        """List an organization's active operators.

        Inactive and deleted ones stand in the vendor's list, too.

        :raises VendorError: with the cause.
        """
        answer = self._call(
            "GET", f"/api/operator?organizationId={organization:d}", deadline
        )
        return [
            Operator(_whole(entry, "id"), _text(entry, "name"), organization)
            for entry in _entries(answer)
            if entry.get("status") == ACTIVE
        ]

    def issue_token(
        self, operator: int, lifetime: float, deadline: Deadline | None = None
    ) -> OperatorToken:
        """Mint a token for an operator.

        The answer is a JSON string by one guide, an object with ``token`` and
        perhaps ``expiration`` by another; all are understood.

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

        :raises VendorError: with the cause, if it does not say.
        """
        answer = self._call(
            "POST", "/api/operator/validate-token", deadline, {"token": token}
        )
        body = answer.json()
        if not isinstance(body, dict) or not isinstance(body.get("isValid"), bool):
            raise VendorInvalid("the vendor does not say whether a token is valid")
        operator = body.get("operatorId")
        error = body.get("error")
        return Validation(
            is_valid=body["isValid"],
            operator=operator if type(operator) is int else None,
            expires_at=read_moment(body.get("expiresAt")),
            error=error if isinstance(error, str) and not body["isValid"] else None,
        )

    def _call(
        self,
        method: str,
        path: str,
        deadline: Deadline | None,
        body: object = None,
    ) -> Answer:
        """Call with the company's credentials; a company token that died is renewed."""
        deadline = deadline or Deadline(self._timeout)
        auth = self._auth(deadline)
        try:
            return self._send(method, path, deadline, body, auth)
        except VendorRejected as error:
            if error.status != 401 or self._credentials.key:
                raise
        self._forget(auth)
        return self._send(method, path, deadline, body, self._auth(deadline))

    def _auth(self, deadline: Deadline) -> _HeaderAuth:
        if self._credentials.key:
            return _HeaderAuth("X-Authorization-Key", self._credentials.key)
        token = self._company_token
        if token is None:
            token = self._log_in(deadline)
        return _HeaderAuth("Authorization", f"Bearer {token}")

    def _log_in(self, deadline: Deadline) -> str:
        """Mint a company token, in one thread at a time."""
        if not self._company_lock.acquire(timeout=deadline.remaining()):
            raise VendorTimeout("another thread is still logging in to the vendor")
        try:
            token = self._company_token
            if token is None:
                body = {
                    "login": self._credentials.login,
                    "password": self._credentials.password,
                }
                path = "/api/company/get-token"
                answer = self._send("POST", path, deadline, body, None)
                token, _ = read_token(answer)
                self._company_token = token
            return token
        finally:
            self._company_lock.release()

    def _forget(self, auth: _HeaderAuth) -> None:
        """Drop the company token that was refused, unless it was renewed already.

        Without the lock, since its holder may wait for the vendor; at worst there
        is one login more.
        """
        if auth.value == f"Bearer {self._company_token}":
            self._company_token = None

    def _send(
        self,
        method: str,
        path: str,
        deadline: Deadline,
        body: object,
        auth: AuthBase | None,
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


class _HeaderAuth(AuthBase):
    """One header that proves who asks."""

    def __init__(self, name: str, value: str) -> None:
        self._name = name
        self.value = value

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers[self._name] = self.value
        return request


def read_token(answer: Answer) -> tuple[str, float | None]:
    """Return a token and, where the vendor tells it, when it expires.

    :raises VendorInvalid: if there is none.
    """
    body = answer.json()
    expiration = None
    if isinstance(body, dict):
        expiration = read_moment(body.get("expiration", body.get("expiresAt")))
        body = body.get("token")
    # It goes into a header, and into an attribute that the vendor's script reads.
    if (
        not isinstance(body, str)
        or not 0 < len(body) <= _MAX_TOKEN
        or not body.isascii()
        or not body.isprintable()
        or set(body) & set(" \"'")
    ):
        raise VendorInvalid("the vendor's answer holds no token", status=answer.status)
    return body, expiration


def read_moment(value: object) -> float | None:
    """Return an ISO 8601 moment as seconds since the epoch; None if it is none."""
    if not isinstance(value, str):
        return None
    # Python 3.10 knows neither "Z" nor the seven digits that .NET writes.
    value = re.sub(r"\.([0-9]+)", lambda m: f".{m[1][:6]:0<6}", value.strip())
    try:
        moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=timezone.utc)
        return moment.timestamp()
    except (ValueError, OverflowError):
        return None


def iso_8601(seconds: float) -> str:
    """Return a moment in the form of the vendor's guides."""
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _entries(answer: Answer) -> list[dict[str, Any]]:
    body = answer.json()
    if not isinstance(body, list) or not all(isinstance(e, dict) for e in body):
        raise VendorInvalid("the vendor's answer is no list", status=answer.status)
    return body


def _whole(entry: dict[str, Any], name: str) -> int:
    value = entry.get(name)
    if type(value) is not int:
        raise VendorInvalid(f"an entry of the vendor's list has no {name}", status=200)
    return value


def _text(entry: dict[str, Any], name: str) -> str:
    value = entry.get(name)
    return value if isinstance(value, str) else ""

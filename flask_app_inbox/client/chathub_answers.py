"""What ChatHub answers, as values.

Source: the vendor's ChatHub guides "Authentication", "Organizations" and
"Operators". Tokens are opaque, and nothing undocumented is relied on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from ..errors import VendorInvalid
from .answer import Answer, is_token

#: Operators have one of three statuses; only with this one may they chat.
ACTIVE = 0


@dataclass(frozen=True)
class Organization:
    """A part of the company that has operators of its own."""

    id: int
    name: str


@dataclass(frozen=True)
class Operator:
    """An active member of the staff, as the vendor knows them."""

    id: int
    name: str
    organization: int


@dataclass(frozen=True)
class OperatorToken:
    """A token whose holder acts as the operator.

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
    """What the vendor says of an operator token; truthy if the token is good."""

    is_valid: bool
    operator: int | None = None
    expires_at: float | None = None
    error: str | None = None

    def __bool__(self) -> bool:
        return self.is_valid


def read_organizations(answer: Answer) -> list[Organization]:
    """Return the organizations of a list.

    :raises VendorInvalid: if the answer is no such list.
    """
    return [
        Organization(_whole(entry, "id"), _text(entry, "name"))
        for entry in _entries(answer)
    ]


def read_operators(answer: Answer, organization: int) -> list[Operator]:
    """Return the active operators of a list; inactive and deleted ones are in it too.

    :raises VendorInvalid: if the answer is no such list.
    """
    return [
        Operator(_whole(entry, "id"), _text(entry, "name"), organization)
        for entry in _entries(answer)
        if entry.get("status") == ACTIVE
    ]


def read_validation(answer: Answer) -> Validation:
    """Return what the vendor says of a token.

    :raises VendorInvalid: if it does not say whether the token is valid.
    """
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


def read_token(answer: Answer) -> tuple[str, float | None]:
    """Return a token and, if the vendor says so, when it expires.

    One guide shows a JSON string, another an object with ``token`` and perhaps
    ``expiration``.

    :raises VendorInvalid: if the answer holds no token.
    """
    body = answer.json()
    expiration = None
    if isinstance(body, dict):
        expiration = read_moment(body.get("expiration", body.get("expiresAt")))
        body = body.get("token")
    # It goes into a header, and into an attribute that the vendor's script reads.
    if not is_token(body) or set(body) & set("\"'"):
        raise VendorInvalid("the vendor's answer holds no token", status=answer.status)
    return body, expiration


def read_moment(value: object) -> float | None:
    """Return an ISO 8601 moment in seconds since the epoch, or None."""
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
    """Return a moment in the form that the vendor's guides use."""
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

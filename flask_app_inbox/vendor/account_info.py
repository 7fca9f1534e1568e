"""The vendor's calls about the account that a key belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..errors import VendorInvalid
from .app_inbox import AppInboxClient
from .deadline import Deadline


@dataclass(frozen=True)
class Account:
    """Whose account a key opens; the vendor leaves fields out as it likes.

    :param organisation: the name of the account.
    :param number: its id at the vendor.
    :param email: of the account's user: personal data, so repr hides it.
    """

    organisation: str | None
    number: int | None
    email: str | None = field(repr=False)


def read_account(client: AppInboxClient, deadline: Deadline | None = None) -> Account:
    """Ask whose account the credentials open.

    Source: the guide "Testing your API connection" names ``GET /v1/account/info`` as
    the test of a key; the answer's fields are those that the vendor's Shopify app
    declares, where ``orgId`` is missing in an older client's schema.

    :raises VendorRejected: if they open none.
    :raises VendorError: with any other cause.
    """
    body = _object(client, "/v1/account/info", deadline)
    return Account(
        organisation=_text(body.get("organisationName")),
        number=body["orgId"] if type(body.get("orgId")) is int else None,
        email=_text(body.get("userEmail")),
    )


def read_version(client: AppInboxClient, deadline: Deadline | None = None) -> str:
    """Ask for the version of the vendor's API.

    Source: public clients of ``GET /v1/version`` show
    ``{"version": "…", "protocolVersion": "…"}``; the OAuth guide tests a connection
    with the same call of ``/v2``.

    :raises VendorError: with the cause.
    """
    body = _object(client, "/v1/version", deadline)
    version = _text(body.get("version"))
    if version is None:
        raise VendorInvalid("the vendor's answer names no version", status=200)
    return version


def _object(
    client: AppInboxClient, path: str, deadline: Deadline | None
) -> dict[str, Any]:
    answer = client.call("GET", path, deadline)
    if answer.status != 200:
        raise VendorInvalid(
            f"the vendor answered {answer.status} to {path}", status=answer.status
        )
    body = answer.json()
    if not isinstance(body, dict):
        raise VendorInvalid(f"the vendor's answer to {path} is no object", status=200)
    return body


def _text(value: object) -> str | None:
    """Return a text that can be shown on one line of a terminal."""
    if not isinstance(value, str) or not value.isprintable():
        return None
    return value.strip()[:200] or None

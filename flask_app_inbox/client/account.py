"""The account that a key or a connection belongs to."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from ..errors import VendorInvalid
from .api import VendorApi
from .deadline import Deadline


@dataclass(frozen=True)
class Account:
    """An account at the vendor; the vendor may leave out any field.

    :param id: the account's number.
    :param name: of the organisation.
    :param email: of the account's user: personal data, so repr hides it.
    """

    id: int | None
    name: str | None
    email: str | None = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        """Return the fields that the vendor filled in."""
        return {name: told for name, told in asdict(self).items() if told is not None}


def read_account(api: VendorApi, deadline: Deadline | None = None) -> Account:
    """Ask which account the credentials belong to.

    Source: the guide "Testing your API connection" names ``GET /v1/account/info`` as
    the test of a key; the answer's fields are those that the vendor's Shopify app
    declares, where ``orgId`` is missing in an older client's schema.

    :raises VendorRejected: if they belong to none.
    :raises VendorError: with any other cause.
    """
    body = api.read_object("/v1/account/info", deadline)
    return Account(
        id=body["orgId"] if type(body.get("orgId")) is int else None,
        name=_text(body.get("organisationName")),
        email=_text(body.get("userEmail")),
    )


def read_version(api: VendorApi, deadline: Deadline | None = None) -> str:
    """Ask for the version of the vendor's API.

    Source: public clients of ``GET /v1/version`` show
    ``{"version": "…", "protocolVersion": "…"}``.

    :raises VendorError: with the cause.
    """
    version = _text(api.read_object("/v1/version", deadline).get("version"))
    if version is None:
        raise VendorInvalid("the vendor's answer names no version", status=200)
    return version


def _text(value: object) -> str | None:
    """Return a text that can be shown on one line of a terminal."""
    if not isinstance(value, str) or not value.isprintable():
        return None
    return value.strip()[:200] or None

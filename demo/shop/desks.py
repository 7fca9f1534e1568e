"""The organizations that answer customers, and their operators at the vendor.

A company with a real account has them already. On the sandbox the shop creates what
is missing and has a customer ask a first question.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from flask import Flask, current_app

from .languages import translate
from .sandbox import SandboxClient, SandboxError, current_sandbox

logger = logging.getLogger(__name__)

_EXTENSION = "shop_desks"
_ACTIVE = 0


@dataclass(frozen=True)
class Desk:
    """One organization.

    :param alias: the shop's own name for it.
    :param name: its name at the vendor.
    :param operator: who answers there.
    :param asker: the customer who asks the first question.
    """

    alias: str
    name: str
    operator: str
    asker: str


DESKS = (
    Desk("sales", "Sales", "Olha", "Olena"),
    Desk("support", "Support", "Taras", "Jonas"),
)


@dataclass(frozen=True)
class Place:
    """A desk's ids at the vendor."""

    organization: int
    operator: int


def init_app(app: Flask) -> None:
    """Start without known places."""
    app.extensions[_EXTENSION] = {}


def operators() -> dict[str, int]:
    """Return the operator's id for each desk's alias."""
    if current_sandbox() is None:
        return dict(current_app.config["SHOP_OPERATORS"])
    return {alias: place.operator for alias, place in places().items()}


def places() -> dict[str, Place]:
    """Return the desks' places on the sandbox; empty while it does not answer."""
    known: dict[str, Place] = current_app.extensions[_EXTENSION]
    return known or open_desks()


def open_desks() -> dict[str, Place]:
    """Find the desks on the sandbox and create what is missing.

    If the sandbox does not answer, this logs a warning and breaks nothing.
    """
    sandbox = current_sandbox()
    if sandbox is None:
        return {}
    try:
        found = {desk.alias: _open(sandbox, desk) for desk in DESKS}
    except (SandboxError, KeyError, TypeError, ValueError) as error:
        logger.warning("Could not set up the chats on the sandbox: %s", error)
        return {}
    current_app.extensions[_EXTENSION] = found
    return found


def _open(sandbox: SandboxClient, desk: Desk) -> Place:
    organization = next(
        (one for one in sandbox.organizations() if one["name"] == desk.name), None
    )
    if organization is None:
        organization = {**sandbox.add_organization(desk.name), "operators": []}
    organization_id = int(organization["id"])
    operator = next(
        (one for one in organization["operators"] if one["status"] == _ACTIVE), None
    )
    if operator is None:
        operator = sandbox.add_operator(organization_id, desk.operator)
    if not sandbox.chats(organization_id):
        question = translate(f"desk.{desk.alias}.first")
        sandbox.write(organization_id, desk.asker, question)
    return Place(organization_id, int(operator["id"]))

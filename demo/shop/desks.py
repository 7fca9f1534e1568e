"""The organizations that answer customers, and their operators at the vendor."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app


@dataclass(frozen=True)
class Desk:
    """One organization.

    :param alias: the shop's own name for it.
    :param organization: its id on a fresh sandbox.
    :param asker: the customer who asks the first question in the demo.
    """

    alias: str
    organization: int
    asker: str


DESKS = (Desk("sales", 24, "Olena"), Desk("support", 25, "Jonas"))


def operators() -> dict[str, int]:
    """Return the operator's id for each desk's alias."""
    return dict(current_app.config["SHOP_OPERATORS"])

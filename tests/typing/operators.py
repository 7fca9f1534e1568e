"""Checked by mypy and not run: the operator panel's loaders and calls."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from flask import Flask

from flask_app_inbox import ChatHub

if TYPE_CHECKING:
    from typing_extensions import assert_type

    chathub = ChatHub(Flask(__name__), csp_nonce=lambda: "nonce")

    @chathub.operator_loader
    def operators() -> dict[str, int]:
        return {"sales": 101}

    assert_type(operators(), dict[str, int])

    @chathub.operator_loader
    async def async_operators() -> dict[str, int] | None:
        return None

    awaited: Callable[[], Awaitable[dict[str, int] | None]] = async_operators

    # Operators are numbers, and a loader takes no arguments.
    @chathub.operator_loader  # type: ignore[type-var] # must stay refused
    def by_name() -> dict[str, str]:
        return {"sales": "Olha"}

    @chathub.operator_loader  # type: ignore[type-var] # must stay refused
    def greedy(user: object) -> dict[str, int]:
        return {}

    assert_type(chathub.issue_token(101).token, str)
    assert_type(bool(chathub.validate("token")), bool)
    assert_type([one.id for one in chathub.organizations()], list[int])
    assert_type([one.name for one in chathub.operators(24)], list[str])

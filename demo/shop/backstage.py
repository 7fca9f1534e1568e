"""What the drawer sees and moves behind the scene: the sandbox, if there is one.

Nothing that the shop does for its customers comes through here. A shop with a real
account has no such thing, and works the same. Whoever starts the demo gives it to
:func:`.create_app`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from flask import Flask, current_app

_EXTENSION = "shop_backstage"


class SandboxError(Exception):
    """The sandbox did not answer, or not as expected.

    :param status: of the answer; 0 if there was none.
    """

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Call:
    """One call: when it began (seconds), its path, status (0: no answer), duration."""

    at: float
    method: str
    path: str
    status: int
    ms: float


class Backstage(Protocol):
    """The sandbox, as the drawer and the page of questions use it."""

    @property
    def url(self) -> str:
        """Where its console is."""

    def place_bell(self, selector: str, position: str) -> None:
        """Set where the bell goes, as the vendor's support would."""

    def invalidate_tokens(self) -> None:
        """Invalidate every token that was issued."""

    def chats(self, organization: int) -> list[dict[str, Any]]:
        """Return an organization's chats with their messages."""

    def write(self, organization: int, customer: str, text: str) -> None:
        """Write to an organization as a customer does from a messenger."""

    def requests_since(self, last_id: int) -> list[dict[str, Any]]:
        """Return the vendor's log after an id, the oldest first."""

    def steps_since(self, last_id: int) -> list[dict[str, Any]]:
        """Return what became of events after an id, the oldest first."""


def init_app(app: Flask, backstage: Backstage | None) -> None:
    """Remember it; None: the vendor is real."""
    app.extensions[_EXTENSION] = backstage
    app.jinja_env.globals["sandbox_url"] = backstage.url if backstage else None


def current_backstage() -> Backstage | None:
    """Return the sandbox; None if the vendor is real."""
    backstage: Backstage | None = current_app.extensions[_EXTENSION]
    return backstage

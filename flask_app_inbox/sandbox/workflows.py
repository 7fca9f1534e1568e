"""Workflows: an event that comes in sends a message."""

from __future__ import annotations

from dataclasses import dataclass

from .content import content_to_json
from .messages import Content


@dataclass(frozen=True)
class Workflow:
    """A message for everybody whom an event of this key is about.

    :param says: with blanks that the event's parameters fill.
    :param lifetime: of the message, in seconds.
    """

    event: str
    says: Content
    lifetime: float

    def to_json(self) -> dict[str, object]:
        """Return the form of the control API."""
        return {"event": self.event, "message": content_to_json(self.says)}

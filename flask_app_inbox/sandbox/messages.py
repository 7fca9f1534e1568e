"""The messages in the contacts' inboxes.

A message is new (``newMessage``) as long as its status is ``UNOPENED``: the documents
say to send back "only ids with newMessage=true" and no more.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

#: The vendor's default: after a day a message is no longer shown, read or not.
DEFAULT_LIFETIME = 24 * 60 * 60.0

OPENED = "OPENED"
UNOPENED = "UNOPENED"


@dataclass(frozen=True)
class Content:
    """What a message says."""

    title: str
    content: str = ""
    image: str = ""
    link: str = ""
    category: str = ""
    custom_data: object = None


@dataclass(frozen=True)
class Message:
    """One message to one contact; times are seconds since the epoch."""

    id: str
    contact_id: int
    created: float
    expires: float
    says: Content
    opened: bool = False

    @property
    def status(self) -> str:
        """``OPENED`` or ``UNOPENED``."""
        return OPENED if self.opened else UNOPENED

    def to_json(self) -> dict[str, object]:
        """Return the message as the vendor's message list has it (mobile guide)."""
        return {
            "id": self.id,
            "createdDate": int(self.created * 1000),
            "title": self.says.title,
            "content": self.says.content,
            "image": self.says.image or None,
            "link": self.says.link or None,
            "newMessage": not self.opened,
            "status": self.status,
            "category": self.says.category or None,
            "customData": self.says.custom_data,
        }


class Messages:
    """All inboxes; safe to use from many threads."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._by_contact: dict[int, list[Message]] = {}

    def send(
        self, contact_id: int, says: Content, lifetime: float = DEFAULT_LIFETIME
    ) -> Message:
        """Put a message into a contact's inbox.

        :param lifetime: seconds until the message expires.
        """
        now = self._clock()
        message = Message(
            str(uuid.uuid4()), contact_id, now, expires=now + lifetime, says=says
        )
        with self._lock:
            self._by_contact.setdefault(contact_id, []).append(message)
        return message

    def of(self, contact_id: int, status: str | None = None) -> list[Message]:
        """Return a contact's messages that have not expired, the newest first."""
        with self._lock:
            current = self._current(contact_id)
        return [m for m in reversed(current) if status in (None, m.status)]

    def unopened(self, contact_id: int) -> int:
        """Count a contact's messages that have not been opened."""
        with self._lock:
            return sum(not m.opened for m in self._current(contact_id))

    def open(self, contact_id: int, ids: Collection[str] | None) -> None:
        """Mark a contact's messages as opened; None means all of them.

        Other contacts' ids, ids of expired messages and unknown ids are ignored.
        """
        with self._lock:
            self._by_contact[contact_id] = [
                replace(m, opened=True) if ids is None or m.id in ids else m
                for m in self._current(contact_id)
            ]

    def erase(self, contact_id: int) -> None:
        """Remove a contact's messages."""
        with self._lock:
            self._by_contact.pop(contact_id, None)

    def clear(self) -> None:
        """Remove all messages."""
        with self._lock:
            self._by_contact.clear()

    def _current(self, contact_id: int) -> list[Message]:
        """Return what has not expired, the oldest first, and drop the rest."""
        kept = self._by_contact.get(contact_id, [])
        now = self._clock()
        if any(m.expires <= now for m in kept):
            kept = [m for m in kept if m.expires > now]
            self._by_contact[contact_id] = kept
        return list(kept)

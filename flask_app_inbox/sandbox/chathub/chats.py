"""Chats between customers and organizations.

No document tells the fields of a chat; these are what a chat cannot do without.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone


@dataclass(frozen=True)
class Message:
    """One message; ``at`` is in seconds since the epoch."""

    id: int
    author: str
    text: str
    from_operator: bool
    at: float

    def to_json(self) -> dict[str, object]:
        """Return the message as the chat calls show it."""
        moment = datetime.fromtimestamp(self.at, timezone.utc)
        return {
            "id": self.id,
            "author": self.author,
            "textMessage": self.text,
            "fromOperator": self.from_operator,
            "createdAt": moment.isoformat(timespec="milliseconds"),
        }


@dataclass
class Chat:
    """What a customer and an organization's operators wrote to each other."""

    id: int
    organization: int
    customer: str
    messages: list[Message] = field(default_factory=list)

    def to_json(self) -> dict[str, object]:
        """Return the chat as the chat calls show it, with its last message only."""
        return {
            "id": self.id,
            "organizationId": self.organization,
            "customer": self.customer,
            "lastMessage": self.messages[-1].to_json() if self.messages else None,
            "unanswered": self._unanswered(),
        }

    def _unanswered(self) -> int:
        count = 0
        for message in reversed(self.messages):
            if message.from_operator:
                break
            count += 1
        return count


class Chats:
    """All chats; safe to use from many threads."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._chats: list[Chat] = []
        self._last_message_id = 0

    def write(
        self, organization: int, customer: str, text: str
    ) -> tuple[Chat, Message]:
        """Add a customer's message to their chat; create the chat if there is none."""
        with self._lock:
            for chat in self._chats:
                if (chat.organization, chat.customer) == (organization, customer):
                    break
            else:
                chat = Chat(len(self._chats) + 1, organization, customer)
                self._chats.append(chat)
            return chat, self._add(chat, customer, text, from_operator=False)

    def answer(self, chat: Chat, operator: str, text: str) -> Message:
        """Add an operator's message."""
        with self._lock:
            return self._add(chat, operator, text, from_operator=True)

    def of(self, organization: int | None = None) -> list[Chat]:
        """Return the chats of an organization, or all; the latest first."""
        with self._lock:
            found = [c for c in self._chats if organization in (None, c.organization)]
        return sorted(found, key=lambda chat: -chat.messages[-1].id)

    def find(self, chat_id: int, organization: int) -> Chat | None:
        """Return a chat of an organization."""
        return next(
            (chat for chat in self.of(organization) if chat.id == chat_id), None
        )

    def clear(self) -> None:
        """Remove all chats."""
        with self._lock:
            self._chats.clear()

    def _add(
        self, chat: Chat, author: str, text: str, *, from_operator: bool
    ) -> Message:
        self._last_message_id += 1
        message = Message(
            self._last_message_id, author, text, from_operator, self._clock()
        )
        chat.messages.append(message)
        return message

"""An inbox within the process, for tests of a site that reads messages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime, timezone
from typing import Any

from ..client.message import Message
from .double import SentRequest, json_reply
from .wire import Reply

#: What a test may give for a message: its title, or what it has.
Given = str | Mapping[str, Any] | Message

#: What the vendor calls the fields of a message, by the names of ``Message``.
_NAMES = {
    "id": "id",
    "title": "title",
    "html": "content",
    "image": "image",
    "link": "link",
    "category": "category",
    "custom_data": "customData",
}
#: When the first message was sent, in milliseconds; each other one a minute before.
_SENT = 1_790_000_000_000


class InboxDouble:
    """The messages of everybody whom the vendor knows."""

    def __init__(self) -> None:
        self._messages: list[dict[str, Any]] = []
        self._answers = 0

    def fill(self, messages: Iterable[Given]) -> None:
        """Put messages in the place of those that were there.

        :raises TypeError: if they are no list, or one of them is no message.
        """
        if isinstance(messages, (str, bytes, Mapping, Message)):
            raise TypeError(f"Give a list of messages: has_messages([{messages!r}]).")
        self._messages = [
            _as_the_vendor_has_it(number, message)
            for number, message in enumerate(messages)
        ]

    def read(self, sent: SentRequest) -> Reply:
        """Answer a request for a page."""
        found = self._messages
        if sent.query.get("status") == "UNOPENED":
            found = self._unread()
        size = int(sent.query["pageSize"])
        start = int(sent.query["page"]) * size
        pages = -(-len(found) // size)
        return self._answer({"list": found[start : start + size], "totalPages": pages})

    def count(self, _: SentRequest) -> Reply:
        """Answer how many are unread."""
        return self._answer({"count": len(self._unread())})

    def mark(self, sent: SentRequest) -> Reply:
        """Mark messages as read."""
        ids = sent.body["ids"]
        for message in self._messages:
            if ids is None or message["id"] in ids:
                message["status"], message["newMessage"] = "OPENED", False
        return self._answer(None)

    def _unread(self) -> list[dict[str, Any]]:
        return [one for one in self._messages if one["newMessage"]]

    def _answer(self, told: Any) -> Reply:
        self._answers += 1
        status, headers, body = json_reply(told)
        return status, {**headers, "ES-TOKEN": f"next-token-{self._answers}"}, body


def _as_the_vendor_has_it(number: int, message: Given) -> dict[str, Any]:
    given = _fields_of(message)
    read = bool(given.pop("read", False))
    sent: int | None = _SENT - number * 60_000
    if "created_at" in given:
        sent = _milliseconds(given.pop("created_at"))
    unknown = set(given) - set(_NAMES)
    if unknown:
        raise TypeError(f"A message has no {', '.join(sorted(unknown))}.")
    said = {theirs: given.get(ours) for ours, theirs in _NAMES.items()}
    said["id"] = str(given.get("id", f"message-{number + 1}"))
    said["createdDate"] = sent
    said["status"] = "OPENED" if read else "UNOPENED"
    said["newMessage"] = not read
    return said


def _fields_of(message: Given) -> dict[str, Any]:
    if isinstance(message, str):
        return {"title": message}
    if isinstance(message, Message):
        return {one.name: getattr(message, one.name) for one in fields(Message)}
    if isinstance(message, Mapping):
        return dict(message)
    raise TypeError(
        f"A {type(message).__name__} is no message: give a title, a Message, or a "
        "mapping of its fields."
    )


def _milliseconds(at: datetime | None) -> int | None:
    if at is None:
        return None
    if not isinstance(at, datetime):
        raise TypeError(f"created_at is a datetime or None, not a {type(at).__name__}.")
    zoned = at if at.tzinfo else at.replace(tzinfo=timezone.utc)
    return round(zoned.timestamp() * 1000)

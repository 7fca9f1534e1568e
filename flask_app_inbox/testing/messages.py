"""An inbox within the process, for tests of a site that reads messages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .double import SentRequest, json_reply
from .wire import Reply

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

    def fill(self, messages: Iterable[str | Mapping[str, Any]]) -> None:
        """Put messages in the place of those that were there."""
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


def _as_the_vendor_has_it(
    number: int, message: str | Mapping[str, Any]
) -> dict[str, Any]:
    given = {"title": message} if isinstance(message, str) else dict(message)
    read = bool(given.pop("read", False))
    unknown = set(given) - set(_NAMES)
    if unknown:
        raise TypeError(f"A message has no {', '.join(sorted(unknown))}.")
    said = {theirs: given.get(ours) for ours, theirs in _NAMES.items()}
    said["id"] = str(given.get("id", f"message-{number + 1}"))
    said["createdDate"] = _SENT - number * 60_000
    said["status"] = "OPENED" if read else "UNOPENED"
    said["newMessage"] = not read
    return said

"""An inbox of the site's server, played by the test."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import BrowserContext, Page, Route

#: The time of the first message; each later one is a minute younger.
NOON = 1_790_000_000_000
MINUTE = 60_000


@dataclass
class Inbox:
    """The messages of a user, the newest first."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    page_size: int = 20
    #: What each request was: method, path and body.
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    #: The users that requests named.
    users: set[str | None] = field(default_factory=set)
    #: A problem that is answered in the place of the rest, by the end of the path.
    problems: dict[str, int] = field(default_factory=dict)
    as_of: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    before: Callable[[str], object] = lambda path: None

    def arrive(self, title: str = "", **message: Any) -> dict[str, Any]:
        number = len(self.messages) + 1
        arrived = {
            "id": f"m{number}",
            "createdAt": NOON + number * MINUTE,
            "title": title or f"Message {number}",
            "html": "",
            "image": None,
            "link": None,
            "category": None,
            "customData": None,
            "read": False,
        } | message
        self.messages.insert(0, arrived)
        return arrived

    @property
    def unread(self) -> int:
        return sum(not message["read"] for message in self.messages)

    @property
    def unread_ids(self) -> list[str]:
        return [message["id"] for message in self.messages if not message["read"]]

    def play(self, pages: Page | BrowserContext) -> None:
        """Answer what pages ask from now on."""
        pages.route("**/app-inbox/unread", self._answer)
        pages.route("**/app-inbox/messages?page=*", self._answer)
        pages.route("**/app-inbox/messages/read", self._answer)

    def count_of(self, path: str) -> int:
        return sum(asked.endswith(path) for _, asked, _ in self.asked)

    def _answer(self, route: Route) -> None:
        request = route.request
        url = urlsplit(request.url)
        body = json.loads(request.post_data or "null")
        self.asked.append((request.method, url.path, body))
        self.users.add(request.headers.get("x-app-inbox-user"))
        self.before(url.path)
        for path, status in self.problems.items():
            if url.path.endswith(path):
                self._fulfil(route, {"code": "a_problem"}, status)
                return
        if url.path.endswith("/read"):
            self._read(body)
            self._fulfil(route, {"unread": self.unread})
        elif url.path.endswith("/unread"):
            self._tell_count(route)
        else:
            self._list(route, int(parse_qs(url.query)["page"][0]))

    def _read(self, body: dict[str, Any]) -> None:
        for message in self.messages:
            if body.get("all") or message["id"] in body["ids"]:
                message["read"] = True

    def _tell_count(self, route: Route) -> None:
        told: dict[str, Any] = {"unread": self.unread}
        if self.as_of:
            told["asOf"] = self.as_of
        etag = f'"{json.dumps(told)}"'.replace('"', "")
        if route.request.headers.get("if-none-match") == f'"{etag}"':
            self._fulfil(route, None, 304)
        else:
            self.headers["ETag"] = f'"{etag}"'
            self._fulfil(route, told)

    def _list(self, route: Route, page: int) -> None:
        begin = page * self.page_size
        shown = self.messages[begin : begin + self.page_size]
        pages = -(-len(self.messages) // self.page_size)
        told = {"messages": shown, "page": page, "pages": pages, "unread": self.unread}
        self._fulfil(route, told)

    def _fulfil(self, route: Route, body: Any, status: int = 200) -> None:
        route.fulfill(
            status=status,
            content_type="application/json",
            headers=self.headers,
            body="" if body is None else json.dumps(body),
        )

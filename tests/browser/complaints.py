"""What pages complain about: console errors, page errors, CSP reports."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

#: Chromium's own line for each answer that is no success.
FAILED_LOAD = r"Failed to load resource"


@dataclass
class Complaints:
    """What the pages of a test complained about."""

    #: Patterns of what this test provokes on purpose.
    expected: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.seen.append(f"page error: {error}"))
        page.on("console", self._hear)

    def _hear(self, message: Any) -> None:
        if message.type == "error":
            self.seen.append(message.text)

    @property
    def unexpected(self) -> list[str]:
        return [
            text
            for text in self.seen
            if not any(re.search(pattern, text) for pattern in self.expected)
        ]

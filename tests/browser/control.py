"""The sandbox's API for programs, for tests."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from playwright.sync_api import Page

#: Where tokens are minted, as the request log names it.
TOKEN_PATH = "/api/v1/auth/contact/token"


class Control:
    """The sandbox's API for programs."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = requests.Session()
        self._session.trust_env = False

    def call(self, method: str, path: str, **body: Any) -> Any:
        response = self._session.request(
            method, f"{self._url}/_sandbox/{path}", json=body or None, timeout=10
        )
        assert response.ok, response.text
        return response.json() if response.content else None

    def add(self, email: str, *titles: str) -> None:
        """Add a contact with messages."""
        self.call("POST", "contacts", email=email)
        for title in titles:
            self.send(email, title)

    def send(self, email: str, title: str, **more: Any) -> None:
        self.call("POST", "messages", email=email, title=title, **more)

    def paths(self) -> list[str]:
        """Return the paths of all requests since the start."""
        return [entry["path"] for entry in self.call("GET", "requests?since=0")]

    def wait_for_request(self, page: Page, path: str, *, more_than: int = 0) -> None:
        """Wait until the sandbox saw more requests for a path."""
        for _ in range(150):
            if self.paths().count(path) > more_than:
                return
            page.wait_for_timeout(100)  # the browser goes on meanwhile
        pytest.fail(f"no request for {path}")

    def close(self) -> None:
        self._session.close()

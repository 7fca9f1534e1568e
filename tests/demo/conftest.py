"""A shop for each test, and a sandbox that all of them share."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask
from werkzeug.test import TestResponse

from demo.shop import create_app
from flask_app_inbox.sandbox import SandboxServer

MakeShop = Callable[..., Flask]


class Visitor:
    """Somebody with a browser: keeps cookies, sends forms as pages offer them."""

    def __init__(self, shop: Flask) -> None:
        self.client = shop.test_client()

    def get(self, path: str, **options: Any) -> TestResponse:
        """Ask for a page."""
        return self.client.get(path, **options)

    def text(self, path: str, **options: Any) -> str:
        """Return a page's HTML; the page must be there."""
        response = self.get(path, **options)
        assert response.status_code == 200, response.status
        return response.text

    def post(self, path: str, *, page: str = "/login", **fields: str) -> TestResponse:
        """Send a form with the CSRF token of a page."""
        token = _field(self.get(page, follow_redirects=True).text, "csrf_token")
        return self.client.post(path, data={"csrf_token": token, **fields})

    def log_in(self, email: str = "olena@example.com") -> Visitor:
        """Log in as one of the demo's accounts."""
        response = self.post("/login", email=email, password="demo")
        assert response.status_code == 302
        return self

    def take(self, slug: str, quantity: int = 1) -> Visitor:
        """Put a product into the basket."""
        response = self.post(f"/basket/{slug}/add", quantity=str(quantity))
        assert response.status_code == 302
        return self

    def order(self) -> str:
        """Confirm the basket; return the path of the order."""
        attempt = _field(self.text("/checkout"), "attempt")
        return self.post("/checkout", attempt=attempt).location


def _field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]* value="([^"]+)"', page)
    assert found, f"no field {name}"
    return found[1]


class SandboxView:
    """What a test wants to know of the sandbox."""

    def __init__(self, server: SandboxServer) -> None:
        self.url = server.url

    def emails(self) -> list[str]:
        """Return who is known."""
        contacts = requests.get(f"{self.url}/_sandbox/contacts", timeout=5).json()
        return [contact["email"] for contact in contacts]

    def messages(self, email: str) -> list[dict[str, Any]]:
        """Return somebody's messages, the newest first."""
        answer = requests.get(
            f"{self.url}/_sandbox/messages", params={"email": email}, timeout=5
        )
        messages: list[dict[str, Any]] = answer.json()
        return messages


@pytest.fixture(autouse=True)
def no_settings_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the machine's settings out of the shop."""
    for name in list(os.environ):
        if name.startswith(("FLASK_", "SHOP_")):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an instance folder whose accounts are made: that takes a while."""
    folder = tmp_path_factory.mktemp("seeded")
    create_app({"APP_INBOX_API_KEY": "key"}, instance=folder)
    return folder


@pytest.fixture
def make_shop(seeded: Path, tmp_path: Path) -> MakeShop:
    """Return a function that makes shops of one instance folder."""
    folder = tmp_path / "instance"
    shutil.copytree(seeded, folder)

    def make(**config: Any) -> Flask:
        return create_app({"TESTING": True, **config}, instance=folder)

    return make


@pytest.fixture(scope="session")
def sandbox_server() -> Iterator[SandboxServer]:
    """Run one sandbox for all tests."""
    with SandboxServer() as server:
        yield server


@pytest.fixture
def sandbox(sandbox_server: SandboxServer) -> SandboxView:
    """Return the sandbox as freshly started."""
    sandbox_server.reset()
    return SandboxView(sandbox_server)


@pytest.fixture
def shop(make_shop: MakeShop, sandbox: SandboxView) -> Flask:
    """Return a shop on the sandbox."""
    return make_shop(SHOP_SANDBOX_URL=sandbox.url)


@pytest.fixture
def visitor(shop: Flask) -> Visitor:
    """Return somebody who has just come in."""
    return Visitor(shop)


@pytest.fixture
def real_shop(make_shop: MakeShop) -> Flask:
    """Return a shop on the real vendor, whom nobody may call in a test."""
    return make_shop(
        APP_INBOX_API_KEY="a-real-key", APP_INBOX_SCRIPT_ID="5329D46FF7EB4D63"
    )

"""A shop for each test, a sandbox that all of them share, and a visitor."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.security import generate_password_hash
from werkzeug.test import TestResponse

from demo import stage
from demo.sandbox import SandboxClient
from demo.seeds import Keeper
from demo.shop import accounts, create_app
from flask_app_inbox.sandbox import SandboxServer

from .running import Demo

MakeShop = Callable[..., Flask]

#: Nothing listens on port 9 ("discard") of a machine of today.
NOBODY = "http://127.0.0.1:9"


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

    def post(
        self,
        path: str,
        *,
        page: str = "/login",
        headers: dict[str, str] | None = None,
        **fields: str,
    ) -> TestResponse:
        """Send a form with the CSRF token of a page."""
        token = field(self.get(page, follow_redirects=True).text, "csrf_token")
        data = {"csrf_token": token, **fields}
        return self.client.post(path, data=data, headers=headers)

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
        attempt = field(self.text("/checkout"), "attempt")
        return self.post("/checkout", attempt=attempt).location

    def token(self) -> TestResponse:
        """Ask for a token of the bell as the page's script does."""
        return self.client.post("/app-inbox/token")


def field(page: str, name: str) -> str:
    """Return the value of a page's form field."""
    found = re.search(rf'name="{name}"[^>]* value="([^"]+)"', page)
    assert found, f"no field {name}"
    return found[1]


class CompiledTemplates(BytecodeCache):
    """What one shop has compiled serves all others of a test run."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill a bucket with what is kept of its template, if that is the same."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template that was compiled."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(scope="package", autouse=True)
def compiled_templates() -> Iterator[None]:
    """Compile the shop's templates once: that takes half of the time of a test."""
    options = {**Flask.jinja_options, "bytecode_cache": CompiledTemplates()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("demo.shop.Flask.jinja_options", options)
        yield


@pytest.fixture(autouse=True)
def no_settings_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the machine's settings out of the shop."""
    for name in list(os.environ):
        if name.startswith(("FLASK_", "SHOP_")):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an instance folder whose accounts are created: that takes a while."""
    folder = tmp_path_factory.mktemp("seeded")
    with pytest.MonkeyPatch.context() as patch:
        # Hashes that are quick to check: these tests log in a hundred times.
        quick = partial(generate_password_hash, method="scrypt:1024:8:1")
        patch.setattr(accounts, "generate_password_hash", quick)
        create_app({"APP_INBOX_API_KEY": "key"}, instance=folder)
    return folder


@pytest.fixture
def make_shop(seeded: Path, tmp_path: Path) -> MakeShop:
    """Return a function that makes shops of one instance folder."""
    folder = tmp_path / "instance"
    shutil.copytree(seeded, folder)

    def make(**config: Any) -> Flask:
        # A busy machine may need longer than a customer should wait.
        patient = {"TESTING": True, "APP_INBOX_TIMEOUT": 20}
        app, _ = stage.make_shop({**patient, **config}, instance=folder)
        return app

    return make


@pytest.fixture
def settings() -> dict[str, Any]:
    """Return what else the shop is given; tests put something in its place."""
    return {}


#: Who gives these wants the vendor's bell; by default the shop draws one.
VENDORS_BELL = {"APP_INBOX_SCRIPT_ID": "5329D46FF7EB4D63"}
drawn_by_vendor = pytest.mark.parametrize("settings", [VENDORS_BELL], ids=["vendor"])
drawn_by_either = pytest.mark.parametrize(
    "settings", [{}, VENDORS_BELL], ids=["site", "vendor"]
)


@pytest.fixture
def shop(
    make_shop: MakeShop, sandbox: SandboxServer, settings: dict[str, Any]
) -> Flask:
    """Return a shop on a sandbox that has what the demo's start puts there."""
    shop = make_shop(SHOP_SANDBOX_URL=sandbox.url, **settings)
    keeper_of(shop, sandbox).look()
    return shop


@pytest.fixture
def keeper(shop: Flask, sandbox: SandboxServer) -> Keeper:
    """Return what keeps the sandbox filled; that has been done once."""
    return keeper_of(shop, sandbox)


def keeper_of(shop: Flask, sandbox: SandboxServer) -> Keeper:
    client = SandboxClient(sandbox.url, lambda _: None)
    return Keeper(shop, client, "http://localhost")


@pytest.fixture
def visitor(shop: Flask) -> Visitor:
    """Return somebody who has just come in."""
    return Visitor(shop)


@pytest.fixture
def real_shop(
    make_shop: MakeShop, sandbox: SandboxServer, settings: dict[str, Any]
) -> Flask:
    """Return a shop with a real account, at a vendor that is played by the sandbox.

    The shop does not know it as a sandbox: it has the settings of an account alone.
    """
    return make_shop(
        APP_INBOX_API_KEY="sandbox-key",
        APP_INBOX_API_URL=f"{sandbox.url}/api",
        APP_INBOX_SCRIPT_URL=sandbox.url,
        APP_INBOX_MESSAGES_URL=f"{sandbox.url}/appinbox",
        **settings,
    )


@pytest.fixture
def start(seeded: Path, tmp_path: Path) -> Iterator[Callable[..., Demo]]:
    """Return a function that starts demos on free ports; none outlives the test.

    Their accounts are there already, except in an instance folder that it is given.
    """
    started: list[Demo] = []

    def start(*arguments: str, **environment: str) -> Demo:
        if "SHOP_INSTANCE" not in environment:
            folder = tmp_path / f"instance-{len(started)}"
            shutil.copytree(seeded, folder)
            environment["SHOP_INSTANCE"] = str(folder)
        ports = ("--port", "0", "--sandbox-port", "0")
        started.append(Demo(*ports, *arguments, **environment))
        return started[-1]

    yield start
    for demo in started:
        demo.process.terminate()
        demo.finish()

"""A site in good order on a sandbox, and its command line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from click.testing import Result
from flask import Flask, render_template_string, session

from flask_app_inbox import AppInbox, Contact
from flask_app_inbox.sandbox import SandboxServer
from tests.inbox.commands.site import LAYOUT

MakeSite = Callable[..., Flask]
Run = Callable[..., Result]
Findings = Callable[..., dict[str, dict[str, str]]]


def load_contact() -> Contact | None:
    email = session.get("email")
    return Contact(email=email) if email else None


@pytest.fixture(scope="session")
def running_sandbox() -> Iterator[SandboxServer]:
    with SandboxServer() as server:
        yield server


@pytest.fixture
def sandbox(running_sandbox: SandboxServer) -> SandboxServer:
    running_sandbox.reset()
    return running_sandbox


@pytest.fixture(autouse=True)
def _nothing_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "WEB_CONCURRENCY", "GUNICORN_CMD_ARGS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def control(sandbox: SandboxServer) -> Callable[..., Any]:
    """Call the sandbox's control API: ``control("faults", route="token", …)``."""

    def call(path: str, **body: Any) -> Any:
        with requests.Session() as http:
            http.trust_env = False
            answer = http.post(f"{sandbox.url}/_sandbox/{path}", json=body, timeout=10)
        answer.raise_for_status()
        return answer.json()

    return call


@pytest.fixture
def make_site(sandbox: SandboxServer) -> MakeSite:
    """Make an app without a mistake; each argument is one.

    :param layout: of its only page.
    :param prepare: called with the app before the extension is there.
    :param loader: the contact_loader; None: there is none.
    :param config: settings of the app.
    :param settings: those of the extension.
    """

    def make(
        *,
        layout: str = LAYOUT,
        prepare: Callable[[Flask], object] = lambda app: None,
        loader: Callable[[], Any] | None = load_contact,
        config: dict[str, Any] | None = None,
        **settings: Any,
    ) -> Flask:
        app = Flask("shop")
        app.config.update(
            SECRET_KEY="0f8c1b9d4e6a7f2035c8d1e4b7a6093f",
            SESSION_COOKIE_SECURE=True,
            SESSION_COOKIE_SAMESITE="Lax",
            APP_INBOX_API_KEY="sandbox-key",
            APP_INBOX_SCRIPT_ID="SITE",
            APP_INBOX_API_URL=f"{sandbox.url}/api",
            APP_INBOX_SCRIPT_URL=sandbox.url,
            APP_INBOX_MESSAGES_URL=f"{sandbox.url}/appinbox",
        )
        app.config.update(config or {})
        app.config.update({f"APP_INBOX_{key}": settings[key] for key in settings})
        prepare(app)
        inbox = AppInbox(app)
        if loader is not None:
            inbox.contact_loader(loader)

        @app.get("/")
        def index() -> str:
            return render_template_string(layout)

        return app

    return make


@pytest.fixture
def run() -> Run:
    """Run a command: ``run(app, "check", "--json")``."""

    def invoke(app: Flask, *arguments: str) -> Result:
        runner = app.test_cli_runner()
        return runner.invoke(args=["app-inbox", *arguments])

    return invoke


def found(result: Result, *, notes: bool = False) -> dict[str, dict[str, str]]:
    """Return the findings of a ``--json`` run by their codes.

    :param notes: whether notes count, too.
    """
    report = json.loads(result.stdout)
    told = report["findings"] + report["notes"] * notes
    return {finding["code"]: finding for finding in told}


@pytest.fixture
def findings(run: Run) -> Findings:
    """Check an app and return the findings; with an error it must exit with 1."""

    def check(
        app: Flask, *arguments: str, notes: bool = False
    ) -> dict[str, dict[str, str]]:
        result = run(app, "check", "--json", *arguments)
        told = found(result, notes=notes)
        errors = [code for code in told if told[code]["level"] == "error"]
        assert result.exit_code == bool(errors), result.output
        return told

    return check

"""A real Chromium, a sandbox and a site; any error in a page fails its test."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, redirect, render_template_string, request, session
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from flask_app_inbox import AppInbox, Contact
from flask_app_inbox.sandbox import SandboxServer
from tests.browser.complaints import Complaints
from tests.browser.control import Control

PROGRAMS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

LAYOUT = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Site</title><link rel="icon" href="data:,"></head>
<body>
<header><b>Site</b> {{ app_inbox_anchor() }}</header>
<main>{{ session.get("email") or "nobody" }}</main>
{{ app_inbox() }}
</body>
</html>"""


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The system's Chromium or Chrome; without one, a skip, or a failure in CI.

    It ends with this package: Playwright keeps an event loop in the thread.
    """
    found = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("CI needs Chromium: apt-get install chromium")
        pytest.skip("no Chromium or Chrome found")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=found, args=list(SWITCHES)
        )
        yield chromium
        chromium.close()


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """Console errors, page errors and CSP reports: none but the expected ones."""
    complaints = Complaints()
    yield complaints
    assert complaints.unexpected == []


@pytest.fixture
def new_context(
    browser: Browser,
    complaints: Complaints,
    serve: Callable[[Flask], str],  # servers end after the pages that poll them
    sandbox: SandboxServer,
) -> Iterator[Callable[..., BrowserContext]]:
    """Make browser contexts, each with cookies of its own."""
    contexts = []

    def make(**options: Any) -> BrowserContext:
        context = browser.new_context(locale="en-GB", **options)
        context.set_default_timeout(15_000)
        context.on("page", complaints.watch)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def context(new_context: Callable[..., BrowserContext]) -> BrowserContext:
    return new_context()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def sandbox(app_inbox_sandbox: SandboxServer) -> SandboxServer:
    return app_inbox_sandbox


@pytest.fixture
def control(sandbox: SandboxServer) -> Iterator[Control]:
    control = Control(sandbox.url)
    yield control
    control.close()


@pytest.fixture
def serve() -> Iterator[Callable[[Flask], str]]:
    """Serve apps on free ports; returns an app's address."""
    servers = []

    def start(app: Flask) -> str:
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server, thread in servers:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()


@pytest.fixture
def make_site(
    sandbox: SandboxServer, serve: Callable[[Flask], str]
) -> Callable[..., str]:
    """Serve a site with the bell: /login?email=…, /logout and pages at / and /two.

    ``layout`` replaces its page, ``policy`` is its Content-Security-Policy with
    ``{vendor}`` for the sandbox's address; the rest are ``APP_INBOX_*`` settings.
    """

    def make(*, layout: str = LAYOUT, policy: str = "", **settings: Any) -> str:
        app = Flask("site")
        app.config.update(
            SECRET_KEY="a key",
            APP_INBOX_API_KEY="sandbox-key",
            APP_INBOX_API_URL=sandbox.url + "/api",
            APP_INBOX_SCRIPT_URL=sandbox.url,
            APP_INBOX_SCRIPT_ID="SITE",
        )
        app.config.update({f"APP_INBOX_{key}": settings[key] for key in settings})
        inbox = AppInbox(app)

        @inbox.contact_loader
        def contact() -> Contact | None:
            email = session.get("email")
            return Contact(email=email) if email else None

        @app.get("/login")
        def login() -> Response:
            session["email"] = request.args["email"]
            return redirect("/")

        @app.get("/logout")
        def logout() -> Response:
            session.clear()
            return redirect("/")

        @app.get("/")
        @app.get("/two")
        def show() -> str:
            return render_template_string(layout)

        @app.after_request
        def protect(response: Response) -> Response:
            if policy:
                response.headers["Content-Security-Policy"] = policy.format(
                    vendor=sandbox.url
                )
            return response

        return serve(app)

    return make

"""An owner connects the site in a real browser, and the bell works without a key."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from flask import Flask, render_template_string
from playwright.sync_api import Page, expect

from flask_app_inbox import AppInbox, Contact
from flask_app_inbox.sandbox import SandboxServer
from tests.fixtures.bell import bell
from tests.fixtures.browser import LAYOUT
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.control import Control

ANN = "ann@example.com"


@pytest.fixture
def shop(sandbox: SandboxServer, serve: Callable[..., str], tmp_path: Path) -> str:
    """Serve a site that is registered with the sandbox; its owner is whoever looks."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    callback = f"{url}/app-inbox/oauth/callback"
    client = requests.post(
        f"{sandbox.url}/_sandbox/oauth/clients",
        json={"name": "Shop", "redirect_uri": callback},
        timeout=30,
    ).json()
    app = Flask("shop", instance_path=str(tmp_path))
    app.config.update(
        SECRET_KEY="shop",
        APP_INBOX_API_URL=f"{sandbox.url}/api",
        APP_INBOX_SCRIPT_URL=sandbox.url,
        APP_INBOX_SCRIPT_ID="5329D46F",
        APP_INBOX_OAUTH_URL=f"{sandbox.url}/uaa",
        APP_INBOX_OAUTH_CLIENT_ID=client["client_id"],
        APP_INBOX_OAUTH_CLIENT_SECRET=client["client_secret"],
        APP_INBOX_OAUTH_REDIRECT_URI=callback,
    )
    inbox = AppInbox(app)
    inbox.contact_loader(lambda: Contact(email=ANN))
    inbox.owner_loader(lambda: True)
    app.add_url_rule("/", view_func=lambda: render_template_string(LAYOUT))
    serve(app, port)
    return url


def test_an_owner_connects_and_the_bell_works_by_oauth_alone(
    page: Page, control: Control, shop: str, complaints: Complaints
) -> None:
    # Browsers ask for an icon, which these plain pages do not have.
    complaints.expected = [FAILED_LOAD]
    control.add(ANN, "Welcome")
    page.goto(f"{shop}/app-inbox/oauth/")
    expect(page.get_by_role("heading", name="Not connected")).to_be_visible()
    page.get_by_role("link", name="Connect", exact=True).click()
    page.get_by_label("Account").fill("Ann's shop")
    page.locator('[name="decision"][value="allow"]').click()
    expect(page.get_by_role("heading", name="Connected to the vendor")).to_be_visible()
    expect(page.get_by_text("Ann's shop")).to_be_visible()
    page.goto(shop)
    expect(bell(page, unread=1)).to_be_visible()
    page.goto(f"{shop}/app-inbox/oauth/")
    page.get_by_role("button", name="Disconnect").click()
    expect(page.get_by_role("heading", name="Disconnected")).to_be_visible()


def test_an_owner_who_denies_reads_so(
    page: Page, shop: str, complaints: Complaints
) -> None:
    complaints.expected = [FAILED_LOAD]
    page.goto(f"{shop}/app-inbox/oauth/connect?next=/")
    page.locator('[name="decision"][value="deny"]').click()
    expect(page.get_by_role("alert")).to_contain_text("You did not allow the access")
    page.get_by_role("link", name="Try again").click()
    page.locator('[name="decision"][value="allow"]').click()
    page.wait_for_url(f"{shop}/app-inbox/oauth/")

"""Bell and panel in pages without a template: the code is that of the manuals."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from flask import Flask, jsonify, request, session
from playwright.sync_api import Page, expect
from werkzeug.wrappers import Response

from flask_app_inbox import AppInbox, ChatHub, Contact
from flask_app_inbox.sandbox import SandboxServer
from tests.chathub.browser.chat import chats_are_shown, frames
from tests.fixtures.bell import bell, open_panel
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.control import TOKEN_PATH, Control
from tests.fixtures.libraries import bundle
from tests.manuals import block_of

ANN = "ann@example.com"
BOB = "bob@example.com"

APPS = Path(__file__).parent / "spa"
INBOX = "flask_app_inbox/inbox/README.md"
CHATHUB = "flask_app_inbox/chathub/README.md"

HEAD = "<!-- in the head of every page -->"
SHELL = f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Shop</title><link rel="icon" href="data:,">
{block_of(INBOX, "html", HEAD)}{block_of(CHATHUB, "html", HEAD)}
<script type="module" src="/app.js"></script></head>
<body><main></main></body>
</html>"""


def component(manual: str, name: str, main: Path) -> str:
    """Return what a manual gives an app: a component, or parts for plain JavaScript."""
    if main.stem != "plain":
        language = main.suffix.removeprefix(".")
        return block_of(manual, language, f"// {name}{main.suffix}")
    html = block_of(manual, "html", "<!-- where")
    check = block_of(manual, "js", "document.dispatchEvent")
    return f"export const {name} = {{ html: `{html}`, check() {{ {check} }} }};"


@pytest.fixture(params=["plain.js", "react.jsx", "vue.js", "angular.ts"])
def app_code(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The code of a single-page app with the recipes of one framework."""
    main = tmp_path / request.param
    for file in (main.name, "session.js"):
        shutil.copy(APPS / file, tmp_path)
    for manual, name in ((INBOX, "bell"), (CHATHUB, "chat")):
        file = tmp_path / f"{name}{main.suffix}"
        file.write_text(component(manual, name, main), "utf-8")
    return bundle(main)


@pytest.fixture
def shop(app_code: str, sandbox: SandboxServer, serve: Callable[[Flask], str]) -> str:
    """The address of a shop without a template; Ann is an operator, too."""
    app = Flask("shop")
    app.config.update(
        SECRET_KEY="a key",
        APP_INBOX_API_KEY="sandbox-key",
        APP_INBOX_API_URL=sandbox.url + "/api",
        APP_INBOX_SCRIPT_URL=sandbox.url,
        APP_INBOX_SCRIPT_ID="SITE",
        CHATHUB_KEY="sandbox-key",
        CHATHUB_API_URL=sandbox.url,
        CHATHUB_SCRIPT_URL=sandbox.url,
    )

    @AppInbox(app).contact_loader
    def contact() -> Contact | None:
        return Contact(email=session["email"]) if "email" in session else None

    @ChatHub(app).operator_loader
    def operators() -> dict[str, int]:
        return {"sales": 101} if session.get("email") == ANN else {}

    @app.route("/session", methods=["GET", "POST", "DELETE"])
    def current() -> Response:
        if request.method == "POST":
            session["email"] = request.args["email"]
        elif request.method == "DELETE":
            session.clear()
        return jsonify(session.get("email"))

    scripts = {
        "/app.js": app_code,
        "/app-inbox.js": block_of(INBOX, "js", "// app-inbox.js"),
    }
    for path, code in scripts.items():
        served = partial(Response, code, mimetype="text/javascript")
        app.add_url_rule(path, path, served)
    app.add_url_rule("/", view_func=lambda: SHELL)
    return serve(app)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_the_recipes_follow_router_login_and_logout(
    shop: str, page: Page, control: Control, complaints: Complaints
) -> None:
    complaints.expected = [FAILED_LOAD]
    control.add(ANN, "Secret of Ann")
    control.add(BOB, "First", "Second")
    page.goto(shop)
    expect(page.get_by_text("nobody")).to_be_visible()
    press(page, "Ann")
    expect(bell(page, unread=1)).to_be_visible()
    expect(open_panel(page)).to_contain_text("Secret of Ann")
    page.keyboard.press("Escape")
    chats_are_shown(page)

    press(page, "Elsewhere")
    expect(bell(page)).to_be_hidden()
    expect(frames(page)).to_have_count(0)
    press(page, "Here")
    expect(bell(page, unread=1)).to_be_visible()
    chats_are_shown(page)
    control.send(ANN, "Another secret of Ann")
    expect(bell(page, unread=2)).to_be_visible()
    assert control.paths().count(TOKEN_PATH) == 1

    press(page, "Log out")
    expect(bell(page)).to_be_hidden()
    expect(frames(page)).to_have_count(0)
    page.wait_for_function(
        "!document.documentElement.innerHTML.includes('ecret of Ann')"
    )
    press(page, "Bob")
    expect(page.get_by_text(BOB)).to_be_visible()
    expect(bell(page, unread=2)).to_be_visible()
    expect(frames(page)).to_have_count(0)

"""A site that draws its own bell, under the strictest policy there is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, render_template_string, request, session
from playwright.sync_api import BrowserContext, Locator, Page, expect

from flask_app_inbox import AppInbox, Contact
from flask_app_inbox.sandbox import SandboxServer
from tests.bell.inbox import Inbox
from tests.fixtures.chromium import browser, driver, whole_browser
from tests.fixtures.complaints import FAILED_LOAD, Complaints

__all__ = ["browser", "driver", "whole_browser"]

#: Lets a page look for news.
Check = Callable[[Page], None]

#: Milliseconds between two polls, at least: ``LEAST_PAUSE`` of ``pauses.js``.
LEAST_PAUSE = 5_000

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' https:; require-trusted-types-for 'script'; trusted-types 'none'; "
    "base-uri 'none'; form-action 'self'"
)
#: Libraries run code and set styles that a strict policy forbids.
FREE = "default-src * 'unsafe-inline' 'unsafe-eval' data:"
LAYOUT = """<!doctype html>
<html lang="{{ request.args.get('lang', 'en') }}"
  dir="{{ request.args.get('dir', 'ltr') }}">
<head><meta charset="utf-8"><title>Shop</title>
<meta name="viewport" content="width=device-width">
<link rel="icon" href="/icon"><link rel="stylesheet" href="/style.css"></head>
<body>
<header><b>Shop</b> <nav><a href="/two">Two</a></nav> {{ app_inbox_anchor() }}</header>
<main><h1>Tea</h1><button id="last">Buy</button></main>
{{ app_inbox() }}
</body>
</html>"""
STYLE = """
body { margin: 0; font: 16px/1.5 system-ui, sans-serif }
header { display: flex; gap: 1em; align-items: center; padding: 8px 16px }
header nav { flex: 1 }
main { padding: 16px; min-height: 1200px }
"""


def with_head(head: str) -> str:
    """Return the layout of a page whose head holds something more."""
    return LAYOUT.replace("</head>", head + "</head>")


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def make_shop(serve: Callable[[Flask], str]) -> Callable[..., str]:
    """Serve a site whose user is Ann, or whoever the cookie says; returns its address.

    :param layout: of all pages.
    :param style: the site's own style sheet.
    :param files: further files, by path: content type and content.
    """

    def make(
        *,
        layout: str = LAYOUT,
        policy: str = POLICY,
        style: str = "",
        files: dict[str, tuple[str, str]] | None = None,
        **settings: Any,
    ) -> str:
        app = Flask("shop")
        app.config.update(
            SECRET_KEY="a key",
            APP_INBOX_API_KEY="a key",
            APP_INBOX_API_URL="http://127.0.0.1:9/api",
            APP_INBOX_WIDGET="site",
        )
        app.config.update({f"APP_INBOX_{key}": settings[key] for key in settings})
        extension = AppInbox(app)

        @extension.contact_loader
        def contact() -> Contact | None:
            email = session.get("email", "ann@example.com")
            return Contact(email=email) if email else None

        @extension.language_loader
        def language() -> str:
            return request.args.get("lang", "en")

        @app.get("/")
        @app.get("/two")
        def show() -> str:
            return render_template_string(layout)

        @app.get("/login")
        def login() -> str:
            session["email"] = request.args["email"]
            return "done"

        @app.get("/style.css")
        def site_style() -> tuple[str, dict[str, str]]:
            return STYLE + style, {"Content-Type": "text/css"}

        @app.get("/icon")
        def icon() -> tuple[str, int]:
            return "", 204

        for path, (kind, content) in (files or {}).items():
            app.add_url_rule(
                path,
                path,
                lambda kind=kind, content=content: (content, {"Content-Type": kind}),
            )

        @app.after_request
        def protect(response: Any) -> Any:
            response.headers["Content-Security-Policy"] = policy
            return response

        return serve(app)

    return make


@pytest.fixture
def open_shop(
    context: BrowserContext, make_shop: Callable[..., str], inbox: Inbox
) -> Callable[..., Page]:
    """Open a page that may load libraries, and whose bell tells of a message."""

    def open_shop(layout: str, **message: Any) -> Page:
        inbox.play(context)
        inbox.arrive(**message)
        page = context.new_page()
        page.goto(make_shop(layout=layout, policy=FREE))
        expect(bell(page, 1)).to_be_visible()
        return page

    return open_shop


@pytest.fixture
def left_page(
    check: Check, page: Page, shop: str, inbox: Inbox, complaints: Complaints
) -> Page:
    """A page whose user went, and the bell with them."""
    complaints.expected.append(FAILED_LOAD)
    page.goto(shop)
    expect(bell(page, 0)).to_be_visible()
    inbox.problems = {"/unread": 401}
    check(page)
    expect(page.locator("app-inbox-bell a")).to_have_count(0)
    return page


@pytest.fixture
def shop(make_shop: Callable[..., str], context: BrowserContext, inbox: Inbox) -> str:
    """The address of a shop whose inbox the test plays."""
    inbox.play(context)
    return make_shop()


@pytest.fixture
def real_shop(make_shop: Callable[..., str], sandbox: SandboxServer) -> str:
    """The address of a shop whose messages the sandbox has."""
    return make_shop(
        API_KEY="sandbox-key",
        API_URL=sandbox.url + "/api",
        MESSAGES_URL=sandbox.url + "/appinbox",
    )


@pytest.fixture
def check(context: BrowserContext) -> Check:
    """Ask a page to look for news, when the pause after its last look is over.

    Only pages that are opened after this fixture have a clock that can move on.
    """
    context.clock.install()

    def check(page: Page) -> None:
        page.clock.run_for(LEAST_PAUSE)
        page.evaluate("document.dispatchEvent(new Event('app-inbox:check'))")

    return check


def bell(page: Page, unread: int | None = None) -> Locator:
    """Return the bell; with a number, only when its name tells so many unread."""
    if unread is None:
        return page.locator("app-inbox-bell a").first
    words = f"{unread} unread" if unread else "no unread"
    return page.get_by_role("button", name=f"Notifications, {words}", exact=True)


def panel(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Notifications")


#: Where tabs hear each other: whose page says it, and what.
CHANNEL = 'new BroadcastChannel("app-inbox-bell")'
#: Notes what pages of other tabs say of themselves: that they go, or whose they are.
NOTE_PAGES = f"""() => {{ window.pages = [];
{CHANNEL}.onmessage = ({{ data: [user, news] }}) =>
  news || pages.push(user ? "comes" : "goes"); }}"""
#: A page in which the bell's script does nothing of what it does a moment later.
WITHOUT_LATER = """const { setTimeout } = self;
self.setTimeout = (work, pause) => pause === 100 || setTimeout(work, pause);"""
IS_DEFINED = "!!customElements.get('app-inbox-bell')"

#: Colour and background of an element.
COLOURS = """(element) => {
  const { color, backgroundColor } = getComputedStyle(element);
  return [color, backgroundColor]; }"""


def open_panel(page: Page) -> Locator:
    """Open the panel by a click on the bell and return it."""
    bell(page).click()
    expect(panel(page)).to_be_visible()
    return panel(page)

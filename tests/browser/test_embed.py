"""<app-inbox-bell>: what it asks for, and where the bell goes with it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from flask_app_inbox.sandbox import SandboxServer
from tests.fixtures.bell import bell, open_panel
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.control import TOKEN_PATH, Control

ANN = "ann@example.com"
CHECK = "document.dispatchEvent(new Event('app-inbox:check'))"

#: A page that no template has rendered; two parts of it load the script.
PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Site</title><link rel="icon" href="data:,">
<script async src="/app-inbox/embed.js"></script>
<script defer src="/app-inbox/embed.js"></script></head>
<body>
<header><app-inbox-bell></app-inbox-bell></header>
<main></main>
</body>
</html>"""

POLICY = (
    "default-src 'none'; script-src 'self' {vendor}; connect-src 'self' {vendor}; "
    "img-src data:; base-uri 'none'; require-trusted-types-for 'script'; "
    "trusted-types 'none'"
)


@pytest.fixture
def wait_for_code(page: Page) -> Callable[[str], None]:
    """Wait for an error event with a code."""
    page.add_init_script(
        "document.addEventListener('app-inbox:error', ({ detail }) => {"
        " document.documentElement.dataset.code = detail.code; });"
    )
    return lambda code: page.locator(f"html[data-code={code}]").wait_for()


@pytest.fixture
def warnings(page: Page) -> list[str]:
    """What the console warned of."""
    warnings: list[str] = []
    page.on(
        "console",
        lambda message: (
            warnings.append(message.text) if message.type == "warning" else None
        ),
    )
    return warnings


def test_the_strictest_policy_and_the_vendors_snippet_are_no_hindrance(
    page: Page,
    control: Control,
    complaints: Complaints,
    sandbox: SandboxServer,
    make_site: Callable[..., str],
    wait_for_code: Callable[[str], None],
) -> None:
    # The vendor's script tries with a policy, with HTML, and then without either.
    complaints.expected = ["Creating a TrustedTypePolicy", "requires 'TrustedHTML'"]
    control.add(ANN, "Hello")
    snippet = f"<script async src='{sandbox.url}/scripts/SITE.js'></script></head>"
    layout = PAGE.replace("</head>", snippet)
    site = make_site(layout=layout, policy=POLICY, SCRIPT_ID=None)
    with page.expect_response("**/embed"):
        page.goto(site)
    page.evaluate(f"fetch('/login?email={ANN}').then(() => {CHECK})")
    wait_for_code("reload_needed")  # the page had its one init, without the inbox
    assert TOKEN_PATH not in control.paths()
    page.reload()
    expect(bell(page, unread=1)).to_be_visible()
    expect(open_panel(page)).to_contain_text("Hello")


def test_the_bell_goes_where_its_newest_element_is(
    page: Page,
    control: Control,
    complaints: Complaints,
    make_site: Callable[..., str],
    wait_for_code: Callable[[str], None],
    warnings: list[str],
) -> None:
    complaints.expected = [FAILED_LOAD]
    control.add(ANN, "Hello")
    layout = PAGE.replace("<script", "<script nonce='bm9uY2U='")
    policy = "script-src 'nonce-bm9uY2U='"
    site = make_site(layout=layout, policy=policy, POSITION="afterend")
    control.call("PUT", "site", selector="#app-inbox", position="afterend")
    early: list[Route] = []
    page.route("**/embed", lambda route: early.append(route), times=1)
    with page.expect_request("**/embed"):
        page.goto(f"{site}/login?email={ANN}")
    page.evaluate(CHECK)  # what is under way may be from before a login
    early[0].fulfill(status=404, body="no JSON")
    wait_for_code("unexpected_answer")
    header, main = page.locator("header"), page.locator("main")
    expect(header.locator(bell(page, unread=1))).to_be_visible()

    page.evaluate("document.querySelector('app-inbox-bell').replaceChildren()")
    expect(header.locator(bell(page, unread=1))).to_be_visible()
    make = "document.createElement('app-inbox-bell')"
    page.evaluate(f"document.querySelector('main').append({make})")
    expect(main.locator(bell(page, unread=1))).to_be_visible()
    expect(bell(page)).to_have_count(1)
    page.evaluate(
        "document.querySelector('main').attachShadow({ mode: 'open' })"
        f".append({make}, document.createElement('slot'))"
    )
    expect(main.locator(bell(page, unread=1))).to_be_visible()
    assert ["shadow tree" in text for text in warnings] == [True]
    page.evaluate("document.querySelector('main').remove()")
    expect(header.locator(bell(page, unread=1))).to_be_visible()
    control.send(ANN, "News")
    expect(bell(page, unread=2)).to_be_visible()
    page.evaluate("document.querySelector('header').replaceChildren()")
    expect(bell(page)).to_be_hidden()
    expect(page.locator("#app-inbox")).to_be_attached()

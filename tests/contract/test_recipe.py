"""Pages that follow the guides get a bell from the sandbox: by hand, and by us.

The pages by hand prove the sandbox: they use nothing of the extension's page
side. Then the extension's own page script does the same. Code is our own; it
makes the calls that the guides show.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from flask_app_inbox.sandbox import SandboxServer
from tests.fixtures.bell import bell, message, open_panel
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.control import TOKEN_PATH, Control

ANN = "ann@example.com"

#: A page by hand: a stand-in that queues, the loader, one init.
PAGE = """<!doctype html>
<html lang="en"><head><title>By hand</title><link rel="icon" href="data:,"></head>
<body><header><div id="app-inbox"></div></header>
<script>
  window.calls = 0;
  function waiting() {{ waiting.c(arguments); }}
  waiting.q = [];
  waiting.c = function () {{ waiting.q.push(arguments); }};
  window.eS = waiting;
  const loader = document.createElement("script");
  loader.async = true;
  loader.src = "{sandbox}/scripts/UUID.js";
  document.head.append(loader);
  function askSite() {{
    window.calls += 1;
    return fetch("/token", {{ method: "POST" }})
      .then((response) => response.json())
      .then((body) => body.token);
  }}
  {init}
</script></body></html>"""

CALLBACK = "getAuthTokenCallback: () => askSite(), language: 'en'"
INITS = {
    "one object": f"eS('init', {{ {CALLBACK} }});",
    "two objects": f"eS('init', {{ APP_INBOX: true }}, {{ {CALLBACK} }});",
    "two objects with more features": (
        "eS('init', { RECOMS: true, TRACKING: false, APP_INBOX: true },"
        f" {{ {CALLBACK} }});"
    ),
}


#: The settings with which our page script makes the same calls.
SETTINGS: dict[str, dict[str, Any]] = {
    "one object": {"INIT_FORM": "options"},
    "two objects": {},
    "two objects with more features": {"FEATURES": {"RECOMS": True, "TRACKING": False}},
}


@pytest.fixture
def by_hand(
    sandbox: SandboxServer, serve: Callable[[Flask], str]
) -> Callable[[str], str]:
    """Serve a page with a given init, and a hand-made view that issues tokens."""
    import requests

    def make(init: str) -> str:
        app = Flask("by hand")

        @app.get("/")
        def page() -> str:
            return PAGE.format(sandbox=sandbox.url, init=init)

        @app.post("/token")
        def token() -> dict[str, str]:
            answer = requests.post(
                f"{sandbox.url}/api/v1/auth/contact/token",
                json={"email": ANN},
                auth=("anything", "sandbox-key"),
                timeout=10,
            )
            return {"token": answer.json()["token"]}

        return serve(app)

    return make


@pytest.mark.parametrize("init", INITS.values(), ids=INITS)
def test_each_documented_init_gets_a_bell(
    init: str, page: Page, control: Control, by_hand: Callable[[str], str]
) -> None:
    """All three guides: init with the callback and the language."""
    control.add(ANN, "Hello")
    page.goto(by_hand(init))
    expect(bell(page, unread=1)).to_be_visible()
    open_panel(page)
    message(page, "Hello").click()
    expect(bell(page, unread=0)).to_be_visible()


def test_a_plain_init_gets_no_inbox(
    page: Page, control: Control, by_hand: Callable[[str], str]
) -> None:
    """All three guides: the plain init of web tracking has to be modified."""
    control.add(ANN, "Hello")
    page.goto(by_hand("eS('init');"))
    page.wait_for_function("window.eS !== waiting")
    expect(bell(page)).to_have_count(0)
    assert page.evaluate("window.calls") == 0


def test_a_second_init_is_complained_about_and_ignored(
    page: Page,
    control: Control,
    complaints: Complaints,
    by_hand: Callable[[str], str],
) -> None:
    """All three guides: init is called one time at every page loading."""
    complaints.expected = [r"second eS\('init'"]
    control.add(ANN, "Hello")
    page.goto(by_hand(INITS["one object"] * 2))
    expect(bell(page, unread=1)).to_be_visible()
    expect(bell(page)).to_have_count(1)
    assert len(complaints.seen) == 1


def test_the_script_renews_a_token_by_the_callback(
    page: Page,
    control: Control,
    complaints: Complaints,
    by_hand: Callable[[str], str],
) -> None:
    """All three guides: the script renews an invalidated token by the callback."""
    complaints.expected = [FAILED_LOAD]
    control.add(ANN, "First")
    page.goto(by_hand(INITS["one object"]))
    expect(bell(page, unread=1)).to_be_visible()
    assert page.evaluate("window.calls") == 1
    control.call("DELETE", "tokens")
    control.send(ANN, "Second")
    expect(bell(page, unread=2)).to_be_visible()
    assert page.evaluate("window.calls") == 2


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_each_init_of_our_page_script_gets_a_bell(
    settings: dict[str, Any],
    page: Page,
    control: Control,
    make_site: Callable[..., str],
) -> None:
    """All three guides: init with the callback and the language."""
    control.add(ANN, "Hello")
    page.goto(f"{make_site(**settings)}/login?email={ANN}")
    expect(bell(page, unread=1)).to_be_visible()
    open_panel(page)
    message(page, "Hello").click()
    expect(bell(page, unread=0)).to_be_visible()


def test_our_page_script_renews_a_token(
    page: Page,
    control: Control,
    complaints: Complaints,
    make_site: Callable[..., str],
) -> None:
    """All three guides: the script renews an invalidated token by the callback."""
    complaints.expected = [FAILED_LOAD]
    control.add(ANN, "First")
    page.goto(f"{make_site()}/login?email={ANN}")
    expect(bell(page, unread=1)).to_be_visible()
    before = control.paths().count(TOKEN_PATH)
    control.call("DELETE", "tokens")
    control.send(ANN, "Second")
    expect(bell(page, unread=2)).to_be_visible()
    assert control.paths().count(TOKEN_PATH) == before + 1

"""The web guides on the script: pages by hand get a bell from the sandbox.

They use nothing of the extension, so they prove that the sandbox takes what the guides
show. The code is our own; it makes the calls that the guides make.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests
from flask import Flask
from playwright.sync_api import Page, expect

from flask_app_inbox.sandbox import SandboxServer
from tests.fixtures.bell import bell, message, open_panel
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.control import Control

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
ONE_OBJECT = f"eS('init', {{ {CALLBACK} }});"
TWO_OBJECTS = f"eS('init', {{ APP_INBOX: true }}, {{ {CALLBACK} }});"
MORE_FLAGS = TWO_OBJECTS.replace(
    "APP_INBOX", "RECOMS: true, TRACKING: false, APP_INBOX"
)

ByHand = Callable[[str], str]


@pytest.fixture
def by_hand(sandbox: SandboxServer, serve: Callable[[Flask], str]) -> ByHand:
    """Serve a page with a given init, and a hand-made view that issues tokens."""

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


@pytest.mark.parametrize(
    ("init", "form"),
    [(ONE_OBJECT, "options"), (TWO_OBJECTS, "features"), (MORE_FLAGS, "features")],
)
def test_each_documented_init_gets_a_bell(
    init: str, form: str, page: Page, control: Control, by_hand: ByHand
) -> None:
    """
    000, 001, 002 §3.5
    001, 002 §3.16
    000, 001, 002 §3.13
    000, 001, 002 §4.3: the script calls the callback for the token, and waits for it.
    """
    control.call("PUT", "site", initForm=form)
    control.add(ANN, "Hello")
    page.goto(by_hand(init))
    expect(bell(page, unread=1)).to_be_visible()
    assert page.evaluate("window.calls") == 1
    open_panel(page)
    message(page, "Hello").click()
    expect(bell(page, unread=0)).to_be_visible()


@pytest.mark.parametrize("init", ["eS('init');", "eS('init', { RECOMS: true });"])
def test_a_plain_init_gets_no_inbox(
    init: str, page: Page, control: Control, by_hand: ByHand
) -> None:
    """000, 001, 002 §3.10: the plain init of web tracking has to be changed."""
    control.add(ANN, "Hello")
    page.goto(by_hand(init))
    page.wait_for_function("window.eS !== waiting")
    expect(bell(page)).to_have_count(0)
    assert page.evaluate("window.calls") == 0


def test_a_second_init_is_complained_about_and_ignored(
    page: Page, control: Control, complaints: Complaints, by_hand: ByHand
) -> None:
    """000, 001, 002 §3.7"""
    complaints.expected = [r"second eS\('init'"]
    control.add(ANN, "Hello")
    page.goto(by_hand(ONE_OBJECT * 2))
    expect(bell(page, unread=1)).to_be_visible()
    expect(bell(page)).to_have_count(1)
    assert len(complaints.seen) == 1


def test_the_script_renews_a_token_by_the_callback(
    page: Page, control: Control, complaints: Complaints, by_hand: ByHand
) -> None:
    """000, 001, 002 §2.11"""
    complaints.expected = [FAILED_LOAD]
    control.add(ANN, "First")
    page.goto(by_hand(ONE_OBJECT))
    expect(bell(page, unread=1)).to_be_visible()
    assert page.evaluate("window.calls") == 1
    control.call("DELETE", "tokens")
    control.send(ANN, "Second")
    expect(bell(page, unread=2)).to_be_visible()
    assert page.evaluate("window.calls") == 2


@pytest.mark.parametrize(
    ("init", "complaint", "bells"),
    [
        ("eS('init', { APP_INBOX: true }, { language: 'en' });", "needs getAuth", 0),
        ("eS('init', { getAuthTokenCallback: 'T', language: 'en' });", "a function", 0),
        ("eS('init', { getAuthTokenCallback: askSite });", "init needs language", 1),
    ],
)
def test_the_script_complains_about_what_is_missing(
    init: str,
    complaint: str,
    bells: int,
    page: Page,
    control: Control,
    complaints: Complaints,
    by_hand: ByHand,
) -> None:
    """
    000, 001, 002 §4.1: the callback is required.
    000, 001, 002 §4.5: the language is required.
    000, 001, 002 §4.2
    """
    complaints.expected = [complaint]
    control.add(ANN)
    with page.expect_console_message(lambda said: complaint in said.text):
        page.goto(by_hand(init))
    expect(bell(page)).to_have_count(bells)

"""ChatHub's widget guide on tokens: who makes them, and how they are renewed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, Request, Response, expect

from flask_app_inbox.sandbox import SandboxServer
from tests.chathub.browser.chat import (
    ISSUE,
    chat,
    chats_are_shown,
    frames,
    heard,
    record_events,
)
from tests.contract.chathub_company import ELEMENT, ByHand
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.control import Control
from tests.manuals import ROOT

MakeApp = Callable[..., Flask]
MakeSite = Callable[..., str]

#: What a token of the vendor looks like.
JWT = re.compile(r"eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}")


#: Folders whose content is under no version control.
IGNORED = {"__pycache__", "build", "dist", "instance", "node_modules"}


def is_token_request(request: Request) -> bool:
    return request.url.endswith("/chathub/token")


def open_panel(page: Page, site: str) -> None:
    page.goto(site + "/login?user=olha")
    chats_are_shown(page)


@pytest.fixture
def asked(page: Page) -> list[Request]:
    """Return a list of the page's token requests, as they come."""
    asked: list[Request] = []
    page.on("request", lambda one: asked.append(one) if is_token_request(one) else None)
    return asked


# --- who makes them -----------------------------------------------------------


def test_the_server_makes_the_tokens(
    page: Page, sandbox: SandboxServer, make_staff_site: MakeSite
) -> None:
    """
    004 §5.1; 004 §7.2: the company's credentials are in no code of the page.
    004 §5.2; 004 §7.1: the site's server makes the tokens.
    004 §7.6: no token is kept in the browser's storage.
    """
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    open_panel(page, make_staff_site())
    by_vendor = [one for one in answers if one.url.startswith(sandbox.url)]
    by_site = [one for one in answers if one not in by_vendor and one.status == 200]
    assert not any("sandbox-key" in one.text() for one in by_site)
    paths = {one.url.removeprefix(sandbox.url).rpartition("/")[0] for one in by_vendor}
    assert paths <= {"/operator-chat-panel", "/api/chat", "/api/chat/1"}
    token = str(chat(page).locator(f"#{ELEMENT}").get_attribute("token"))
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert token not in kept + page.content()


def test_no_token_is_under_version_control() -> None:
    """004 §7.7: tokens are not committed."""
    ours = [one for one in ROOT.iterdir() if not one.name.startswith(".")]
    ours += [ROOT / ".ci", ROOT / ".github"]
    files = [file for one in ours for file in (one, *one.rglob("*")) if file.is_file()]
    kept = [file for file in files if not IGNORED & {*file.relative_to(ROOT).parts}]
    assert Path(__file__) in kept
    for file in kept:
        assert not JWT.search(file.read_text("utf-8", "ignore")), file
    assert "instance/" in ROOT.joinpath(".gitignore").read_text().splitlines()


# --- the site's route ---------------------------------------------------------


def test_the_page_reads_json_as_json(
    page: Page, chat_by_hand: ByHand, make_staff_site: MakeSite
) -> None:
    """Some samples take the text of that JSON for the token.

    004 §5.6: the page asks a route of its own site, which answers JSON.
    """
    page.goto(chat_by_hand())
    text = page.evaluate("fetch('/token').then((r) => r.text())")
    assert text.startswith('{"token"')
    site = make_staff_site()
    with page.expect_response("**/chathub/token") as answered:
        open_panel(page, site)
    answer = answered.value
    assert answer.url == f"{site}/chathub/token"
    assert answer.headers["content-type"] == "application/json"
    token = chat(page).locator(f"#{ELEMENT}").get_attribute("token")
    assert answer.json()["token"] == token


def test_the_answer_tells_when_the_token_expires(
    page: Page, chat_by_hand: ByHand, make_staff_app: MakeApp
) -> None:
    """The sample's route answers a token alone; the token manager compares NaN.

    004 §5.7: the answer holds the token, and in expiresAt the end of its life.
    """
    page.goto(chat_by_hand())
    due = """fetch("/token").then((r) => r.json()).then(({ expiresAt }) =>
        new Date(expiresAt) - Date.now() < 60 * 60 * 1000)"""
    assert page.evaluate(due) is False  # and so for ever
    client = make_staff_app().test_client()
    client.get("/login?user=olha")
    told: Any = client.post("/chathub/token").json
    assert told.keys() == {"token", "expiresAt"}
    end = datetime.fromisoformat(told["expiresAt"].replace("Z", "+00:00"))
    assert end > datetime.now(timezone.utc) + timedelta(hours=1)


# --- renewal ------------------------------------------------------------------


def test_a_token_is_renewed_an_hour_before_its_end(
    page: Page, make_staff_site: MakeSite, asked: list[Request]
) -> None:
    """The token lives for eight hours.

    004 §5.3: tokens are renewed by themselves.
    004 §5.4: a token is renewed when an hour of its life is left.
    """
    page.clock.install()
    open_panel(page, make_staff_site())
    page.clock.fast_forward("06:00:00")
    assert len(asked) == 1
    with page.expect_request(is_token_request):
        page.clock.fast_forward("01:00:00")


def test_the_time_that_is_left_is_checked_regularly(
    page: Page, make_staff_site: MakeSite, asked: list[Request]
) -> None:
    """A computer that slept has run no timer.

    004 §5.5: whether it is time for a renewal is checked once an hour at least.
    """
    page.clock.install()
    open_panel(page, make_staff_site())
    now = page.evaluate("Date.now()")
    page.clock.set_system_time(now + 7 * 60 * 60 * 1000)
    assert len(asked) == 1
    with page.expect_request(is_token_request):
        page.clock.fast_forward("01:00")


def test_renewal_does_not_wait_for_the_next_full_hour(
    page: Page, make_staff_site: MakeSite, control: Control
) -> None:
    """A look every hour with an hour's threshold may come with no time left.

    004 §5.3
    004 §5.9
    """
    hour, life = 3600, 24 * 3600
    lefts = [life - at for at in range(hour, life + hour, hour)]
    assert next(left for left in lefts if left < hour) == 0
    record_events(page)
    page.goto(make_staff_site(CHATHUB_TOKEN_LIFETIME=5) + "/login?user=taras")
    page.wait_for_function("window.heard.filter(([n]) => n === 'ready').length > 1")
    assert heard(page, "error") == []
    assert control.paths().count(ISSUE) == 2
    expect(frames(page)).to_have_count(1)


def test_nothing_is_renewed_for_an_element_that_is_gone(
    page: Page, make_staff_site: MakeSite, asked: list[Request]
) -> None:
    """004 §5.10: with the panel, its renewals end."""
    page.clock.install()
    open_panel(page, make_staff_site())
    page.evaluate("document.querySelector('chathub-panel').remove()")
    expect(page.locator("iframe")).to_have_count(0)
    for _ in range(3):
        page.clock.fast_forward("07:00:00")
    assert len(asked) == 1


# --- dead tokens --------------------------------------------------------------

SILENT = """
  window.heardError = false;
  window.addEventListener("error", (event) => {
    if (event.message.includes("token expired")) window.heardError = true;
  });
  window.addEventListener("unhandledrejection", () => { window.rejected = true; });
  Promise.reject(new Error("token expired"));
"""

#: A vendor's module whose first instance loses its token, in one of two ways.
LOSING = """
const count = Number(sessionStorage.getItem("count") || 0) + 1;
sessionStorage.setItem("count", count);
document.body.append("instance " + count);
const lost = new Error("token expired");
if (count === 1) setTimeout(() => %s, 100);
"""
WAYS = {
    "an error": "{ throw lost; }",
    "a promise that nobody caught": "Promise.reject(lost)",
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_token_that_the_panel_lost_is_noticed(
    way: str,
    page: Page,
    chat_by_hand: ByHand,
    make_staff_site: MakeSite,
    complaints: Complaints,
) -> None:
    """The sample listens for errors; promises that nobody caught are none.

    004 §9.6: an error about an expired token leads to a fresh one.
    """
    complaints.expected = ["token expired"]
    page.goto(chat_by_hand(SILENT))
    page.wait_for_function("window.rejected")
    assert page.evaluate("window.heardError") is False
    page.route(
        "**/widget-script.js",
        lambda route: route.fulfill(
            body=LOSING % way,
            content_type="text/javascript",
            headers={"Access-Control-Allow-Origin": "*"},
        ),
    )
    page.goto(make_staff_site() + "/login?user=olha")
    expect(chat(page).get_by_text("instance 2")).to_be_visible()


def test_a_dead_token_is_replaced_by_the_server(
    make_staff_app: MakeApp, control: Control
) -> None:
    """The server asks the vendor first, so that a page cannot use tokens up.

    004 §9.6
    """
    client = make_staff_app().test_client()
    client.get("/login?user=olha")

    def ask(**body: bool) -> str:
        answer: Any = client.post("/chathub/token", json=body or None).json
        return str(answer["token"])

    first = ask()
    assert ask(failed=True) == first
    control.call("DELETE", "chathub/tokens")
    assert ask(failed=True) != first


def test_a_panel_with_a_dead_token_comes_back(
    page: Page,
    make_staff_site: MakeSite,
    control: Control,
    complaints: Complaints,
) -> None:
    """
    004 §9.6
    004 §9.2: a token must not have expired.
    """
    complaints.expected = [FAILED_LOAD]
    open_panel(page, make_staff_site())
    control.call("DELETE", "chathub/tokens")
    before = control.paths().count(ISSUE)
    control.wait_for_request(page, ISSUE, more_than=before)
    expect(chat(page).get_by_role("alert")).to_have_count(0)
    chats_are_shown(page)

"""<chathub-panel> in a page that no template renders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import pytest
from flask import Flask, request
from playwright.sync_api import Page, expect

from tests.chathub.browser.chat import chats_are_shown, frames, heard, record_events
from tests.fixtures.complaints import FAILED_LOAD, Complaints

CHECK = "document.dispatchEvent(new Event('chathub:check'))"
PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Site</title><link rel="icon" href="data:,">
<script async src="/chathub/embed.js"></script></head>
<body><chathub-panel></chathub-panel></body>
</html>"""


@pytest.fixture(autouse=True)
def refused_requests(complaints: Complaints) -> None:
    complaints.expected = [FAILED_LOAD]


def test_the_panel_follows_its_attribute_and_its_operator(
    page: Page, make_staff_site: Callable[..., str]
) -> None:
    record_events(page)
    staff = {"olha": {"sales": 101, "support": 101}, "taras": {"support": 102}}
    site = make_staff_site(PAGE=PAGE, STAFF_OF=staff)
    page.route("**/embed", lambda route: route.fulfill(status=404, body="no JSON"))
    page.goto(f"{site}/login?user=olha")
    page.wait_for_function("window.heard.length")
    assert heard(page, "error") == [{"organization": "", "code": "unexpected_answer"}]
    page.unroute("**/embed")
    page.evaluate(CHECK)
    expect(page.get_by_role("tab")).to_have_count(2)
    chats_are_shown(page, "sales")

    set_attribute = "document.querySelector('chathub-panel').setAttribute"
    page.evaluate(f"{set_attribute}('organization', 'support')")
    chats_are_shown(page, "support")
    expect(page.get_by_role("tab")).to_have_count(0)
    page.evaluate(f"fetch('/login?user=taras').then(() => {CHECK})")
    page.wait_for_function(
        "window.heard.filter(([name]) => name === 'ready').length === 3"
    )
    chats_are_shown(page, "support")
    expect(frames(page)).to_have_count(1)
    assert heard(page, "removed") == [
        {"organization": "support", "code": "user_changed"}
    ]
    page.evaluate(f"fetch('/logout').then(() => {CHECK})")
    expect(page.locator("chathub-panel")).to_be_empty()
    page.evaluate(f"fetch('/login?user=taras').then(() => {CHECK})")
    chats_are_shown(page, "support")


def test_a_site_that_contradicts_itself_is_asked_once_more_and_not_for_ever(
    page: Page,
    make_staff_app: Callable[..., Flask],
    serve: Callable[[Flask], str],
) -> None:
    class OnlyHere(dict[str, Mapping[str, int]]):
        """Operators for the page, none for a token."""

        def get(self, user: str, default: object = None) -> Mapping[str, int]:
            return {"sales": 101} if request.path == "/chathub/embed" else {}

    asked: list[str] = []
    page.on("request", lambda sent: asked.append(urlsplit(sent.url).path))
    layout = PAGE.replace("<chathub-panel>", "<chathub-panel organization='sales'>")
    site = serve(make_staff_app(PAGE=layout, STAFF_OF=OnlyHere()))
    page.goto(f"{site}/login?user=olha")
    page.wait_for_function(
        "performance.getEntriesByType('resource')"
        ".filter(({ name }) => name.includes('/embed?')).length === 2"
    )
    page.evaluate("fetch('/plain')")  # what the answers lead to is under way by then
    assert asked.count("/chathub/embed") == 2
    assert asked.count("/chathub/token") == 1

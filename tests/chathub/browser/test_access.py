"""The panel can be used by everybody: axe-core finds nothing."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.chathub.browser.chat import chat, reply, write
from tests.fixtures.axe import barriers
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.control import Control
from tests.fixtures.libraries import source_of


def test_the_panel_has_no_barrier(
    page: Page,
    make_staff_site: Callable[..., str],
    control: Control,
) -> None:
    axe = source_of("axe-core/axe.min.js")
    write(control, "Ann", "Hello?")
    write(control, "Bohdan", "Hi!")
    page.goto(make_staff_site() + "/login?user=olha")
    reply(chat(page), "Ann", "Hello!")
    for frame in page.frames:
        frame.evaluate(axe)
    page.emulate_media(color_scheme="light")
    assert barriers(page) == []
    page.emulate_media(color_scheme="dark")
    assert barriers(page) == []


def test_the_fallback_has_no_barrier(
    page: Page, make_staff_site: Callable[..., str], complaints: Complaints
) -> None:
    complaints.expected = [FAILED_LOAD]
    page.route("**/widget-script.js", lambda route: route.abort())
    fallback = {"text": "Write to us", "link": "mailto:help@example.com"}
    page.goto(make_staff_site(CHATHUB_FALLBACK=fallback) + "/login?user=olha")
    expect(page.get_by_role("link", name="Write to us")).to_be_visible()
    assert barriers(page) == []

"""Older browsers have a panel, and prerendered pages ask for nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.chathub.browser.chat import chat, chats_are_shown, frames, reply, write
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.control import Control
from tests.fixtures.features import BROWSERS, PRERENDER


# Each other feature is used by what panel and bell share, and the bell's test has it.
@pytest.mark.parametrize("name", ["style sheets", "all"])
def test_a_panel_works_without(
    name: str,
    page: Page,
    control: Control,
    complaints: Complaints,
    make_staff_site: Callable[..., str],
) -> None:
    complaints.expected = [FAILED_LOAD]
    write(control, "Ann", "Hello?")
    page.add_init_script(BROWSERS[name])
    page.goto(make_staff_site() + "/login?user=olha")
    reply(chat(page), "Ann", "Hello!")
    box = frames(page).bounding_box()
    assert box is not None
    assert box["height"] > 300  # it has its style
    page.evaluate("fetch('/logout')")
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(frames(page)).to_have_count(0)


def test_a_prerendered_page_asks_for_no_token_before_it_is_shown(
    page: Page, make_staff_site: Callable[..., str], control: Control
) -> None:
    page.add_init_script(PRERENDER)
    page.goto(make_staff_site() + "/login?user=olha&next=/two")
    page.wait_for_function("!!customElements.get('chathub-panel')")
    assert control.paths() == []
    page.evaluate("window.show()")
    chats_are_shown(page)

"""Panels in pages from the browser's back/forward cache."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.chathub.browser.chat import chat, frames, write
from tests.chathub.site import TWO_OPERATORS
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.control import Control
from tests.fixtures.history import browser, come_back

__all__ = ["browser"]

KEEP_RESTORED = """addEventListener("pageshow", ({ persisted }) => {
  const { shadowRoot } = document.querySelector("chathub-panel");
  if (persisted) window.restored = shadowRoot.innerHTML; })"""


@pytest.mark.parametrize("path", ["/plain", "/logout", "/login?user=taras&next=/two"])
def test_a_page_from_the_history_shows_what_its_operator_may_see(
    path: str,
    page: Page,
    make_staff_site: Callable[..., str],
    control: Control,
    complaints: Complaints,
) -> None:
    complaints.expected = [FAILED_LOAD]
    write(control, "Ann", "A secret")
    site = make_staff_site(STAFF_OF=TWO_OPERATORS)
    page.goto(site + "/login?user=olha")
    expect(chat(page).get_by_text("A secret")).to_be_visible()
    page.evaluate(KEEP_RESTORED)
    page.goto(site + path)
    assert "iframe" not in come_back(page)
    if path == "/plain":
        expect(chat(page).get_by_text("A secret")).to_be_visible()
        expect(frames(page)).to_have_count(1)
    else:
        with page.expect_response("**/chathub/user"):
            page.evaluate("document.dispatchEvent(new Event('chathub:check'))")
        expect(frames(page)).to_have_count(0)

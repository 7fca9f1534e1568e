"""Older browsers have a bell, and lack only what needs what they lack."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.bell import bell, expect_nothing_of, open_panel
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.control import Control
from tests.fixtures.features import BROWSERS

ANN = "ann@example.com"


@pytest.mark.parametrize("missing", BROWSERS.values(), ids=BROWSERS)
def test_a_bell_works_without(
    missing: str,
    page: Page,
    control: Control,
    complaints: Complaints,
    make_site: Callable[..., str],
) -> None:
    complaints.expected = [FAILED_LOAD]
    control.add(ANN, "Secret of Ann")
    page.add_init_script(missing)
    page.goto(f"{make_site()}/login?email={ANN}")
    expect(bell(page, unread=1)).to_be_visible()
    # The stand-in's panel needs both.
    if not {"AbortController", "CSSStyleSheet"} & {*re.findall(r"\w+", missing)}:
        open_panel(page)
        expect(page.get_by_text("Secret of Ann")).to_be_visible()
    page.evaluate("fetch('/logout')")
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect_nothing_of(page, "Secret of Ann")
    page.evaluate("email => fetch(`/login?email=${email}`)", ANN)
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(bell(page)).to_have_count(1)

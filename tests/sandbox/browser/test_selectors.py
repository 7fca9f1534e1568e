"""Selectors of the anchor, as a real browser takes them."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.fixtures.complaints import Complaints
from tests.fixtures.control import Control
from tests.sandbox.selectors import ACCEPTED, REFUSED, UNFINISHED

ANN = "ann@example.com"


def test_the_check_of_selectors_agrees_with_the_browser(page: Page) -> None:
    page.goto("about:blank")
    accepts = (
        "selector => { try { document.querySelector(selector); return true; }"
        " catch { return false; } }"
    )
    assert [s for s in ACCEPTED + UNFINISHED if not page.evaluate(accepts, s)] == []
    assert [s for s in REFUSED if page.evaluate(accepts, s)] == []


def test_a_selector_that_the_browser_refuses_is_named_in_its_console(
    page: Page,
    control: Control,
    make_site: Callable[..., str],
    complaints: Complaints,
) -> None:
    control.add(ANN)
    control.call("PUT", "site", selector=":no-such-thing")
    complaints.expected = ['does not accept the selector ":no-such-thing"']
    with page.expect_console_message(
        lambda said: '":no-such-thing"' in said.text and said.type == "error"
    ):
        page.goto(f"{make_site()}/login?email={ANN}")

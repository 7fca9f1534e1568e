"""Strict Content-Security-Policies let the bell through."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.bell import bell, open_panel
from tests.browser.control import Control
from tests.browser.fixtures import LAYOUT

ANN = "ann@example.com"

REST = "connect-src 'self' {vendor}; img-src 'self' data:; base-uri 'none'"
POLICIES = {
    "hosts": f"default-src 'none'; script-src 'self' {{vendor}}; {REST}",
    "nonce": f"default-src 'none'; script-src 'nonce-bm9uY2U='; {REST}",
    "strict-dynamic": (
        f"default-src 'none'; script-src 'nonce-bm9uY2U=' 'strict-dynamic'; {REST}"
    ),
    "trusted types": (
        f"default-src 'none'; script-src 'self' {{vendor}}; {REST}; "
        "require-trusted-types-for 'script'"
    ),
}


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_the_bell_works_under_a_strict_policy(
    policy: str, page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "Hello")
    layout = LAYOUT.replace("app_inbox()", "app_inbox(nonce='bm9uY2U=')")
    page.goto(f"{make_site(layout=layout, policy=policy)}/login?email={ANN}")
    expect(bell(page, unread=1)).to_be_visible()
    expect(open_panel(page)).to_contain_text("Hello")

"""Strict Content-Security-Policies let the bell through."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.bell import bell, open_panel
from tests.fixtures.browser import LAYOUT
from tests.fixtures.complaints import Complaints
from tests.fixtures.control import Control

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


def test_trusted_types_without_our_policy_are_one_event(
    page: Page,
    control: Control,
    complaints: Complaints,
    make_site: Callable[..., str],
) -> None:
    complaints.expected = ["Content Security Policy", "TrustedScriptURL", "violates"]
    control.add(ANN)
    page.add_init_script(
        "document.addEventListener('app-inbox:error',"
        "(event) => { document.documentElement.dataset.code = event.detail.code; });"
    )
    policy = POLICIES["trusted types"] + "; trusted-types 'none'"
    page.goto(f"{make_site(policy=policy)}/login?email={ANN}")
    page.locator("html[data-code=script_blocked]").wait_for()
    assert not [text for text in complaints.seen if text.startswith("page error")]


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_the_bell_works_under_a_strict_policy(
    policy: str, page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "Hello")
    layout = LAYOUT.replace("app_inbox()", "app_inbox(nonce='bm9uY2U=')")
    page.goto(f"{make_site(layout=layout, policy=policy)}/login?email={ANN}")
    expect(bell(page, unread=1)).to_be_visible()
    expect(open_panel(page)).to_contain_text("Hello")

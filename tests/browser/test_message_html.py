"""Foreign HTML in messages: harmless, and no word of it lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_policy import POLICIES
from tests.fixtures.bell import message, open_panel
from tests.fixtures.complaints import Complaints
from tests.fixtures.control import Control

ANN = "ann@example.com"

#: What a message holds, and what is shown of it.
SHOWN = {
    "one <embed> two": "one two",
    "one <EMBED src='/x'/> two </embed> three": "one two three",
    "one <svg/> two": "one two",
    'one <svg viewBox="0 0 1 1"/> two <svg></svg>': "one two",
    "one <math/> two": "one two",
    "one <svg><text>drawn</text></svg> two": "one two",
    "one <svg><svg/>drawn</svg> two": "one two",
    "one <svg data-x=1/>drawn</svg> two": "one two",
    "one <video controls> two": "one two",
    "one <select><option>chosen</select> two": "one two",
    "one <canvas> two": "one two",
    "one <script>run()</script> two": "one two",
    "one <script/> run()": "one",
    "one <style>b { color: red }</style> two": "one two",
}


def test_what_is_left_out_takes_nothing_along(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN)
    for content in SHOWN:
        control.send(ANN, "Hello", content=content)
    page.goto(f"{make_site()}/login?email={ANN}")
    panel = open_panel(page)
    panel.get_by_role("button", name="Show more").click()
    contents = panel.locator(".aib-content")
    expect(contents).to_have_count(len(SHOWN))
    shown = [" ".join(text.split()) for text in contents.all_text_contents()]
    assert dict(zip(SHOWN, reversed(shown), strict=True)) == SHOWN


RICH = (
    "<p>One <b>bold</b> word &amp; 2 &lt; 3</p><script>run()</script><embed><p>End</p>"
)


@pytest.mark.parametrize(
    ("policies", "html"),
    [
        (
            "app-inbox app-inbox-sandbox",
            "<p>One <b>bold</b> word &amp; 2 &lt; 3</p><p>End</p>",
        ),
        # A site that has not heard of the sandbox's policy sees words and no tags.
        ("app-inbox", "One bold word &amp; 2 &lt; 3 End"),
    ],
)
def test_under_trusted_types_messages_are_rich_or_plain_but_never_raw(
    page: Page,
    control: Control,
    complaints: Complaints,
    make_site: Callable[..., str],
    policies: str,
    html: str,
) -> None:
    if "sandbox" not in policies:
        complaints.expected = ["TrustedTypePolicy", "trusted-types", "TrustedHTML"]
    control.add(ANN)
    control.send(ANN, "Hello", content=RICH)
    policy = f"{POLICIES['trusted types']}; trusted-types {policies}"
    page.goto(f"{make_site(policy=policy)}/login?email={ANN}")
    open_panel(page)
    message(page, "Hello").click()
    expect(page.locator(".aib-expanded .aib-content")).to_be_visible()
    assert page.locator(".aib-expanded .aib-content").inner_html() == html

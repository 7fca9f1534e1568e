"""Foreign HTML in messages: harmless, and no word of it lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_policy import POLICIES
from tests.fixtures.bell import open_panel
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
    "one <!-- aside --> two <!-- to the end": "one two",
    "one <table><tr><td class=a>cell</td></tr></table>": "one cell",
    "&laquo;one&raquo; &#8212; &#x74;wo &lt;b&gt; &amp;amp;": "«one» — two <b> &amp;",
    "one &unknown; &#38;lt; two": "one &unknown; &lt; two",
}


def test_what_is_left_out_takes_nothing_along(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN)
    for content in SHOWN:
        control.send(ANN, "Hello", content=content)
    page.goto(f"{make_site()}/login?email={ANN}")
    panel = open_panel(page)
    contents = panel.locator("[part=content]")
    expect(contents).to_have_count(len(SHOWN))
    shown = [" ".join(text.split()) for text in contents.all_text_contents()]
    assert dict(zip(SHOWN, reversed(shown), strict=True)) == SHOWN


RICH = (
    '<p style="color: red">One <b onclick="run()">bold</b> word &amp; 2 &lt; 3</p>'
    "<script>run()</script><embed>"
    "<p>&laquo;End&raquo; <a href='/a?b=1&c=2'>link</a></p>"
)
BUILT = (
    "<p>One <b>bold</b> word &amp; 2 &lt; 3</p>"
    '<p>{0}End{1} <a href="/a?b=1&amp;c=2" rel="noopener">link</a></p>'
)


@pytest.mark.parametrize(
    ("policies", "quotes"),
    [
        ("app-inbox app-inbox-sandbox", "«»"),
        # Where a site has not heard of the sandbox's policy, rare characters stay as
        # they were sent; all the rest is built without parsing anything.
        ("app-inbox", ("&amp;laquo;", "&amp;raquo;")),
    ],
)
def test_messages_are_rich_under_trusted_types(
    page: Page,
    control: Control,
    complaints: Complaints,
    make_site: Callable[..., str],
    policies: str,
    quotes: str | tuple[str, str],
) -> None:
    if "sandbox" not in policies:
        complaints.expected = ["TrustedTypePolicy", "trusted-types", "TrustedHTML"]
    control.add(ANN)
    control.send(ANN, "Hello", content=RICH)
    policy = f"{POLICIES['trusted types']}; trusted-types {policies}"
    site = make_site(policy=policy)
    page.goto(f"{site}/login?email={ANN}")
    content = open_panel(page).locator("[part=content]")
    expect(content).to_be_visible()
    assert content.inner_html() == BUILT.format(*quotes)

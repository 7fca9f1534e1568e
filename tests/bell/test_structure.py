"""Lists, headings and links of messages that were written for mail."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from flask_app_inbox.bell.cleaning import clean_html
from tests.bell.conftest import bell, open_panel, panel
from tests.fixtures.axe import barriers
from tests.fixtures.control import Control

LINK = '<a href="/tea" rel="noopener">'


@pytest.mark.parametrize(
    ("html", "sound"),
    [
        ("<ul><li>a</li> <li>b</li></ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<ol><li><ul><li>a</ul></ol>", "<ol><li><ul><li>a</li></ul></li></ol>"),
        ("<li>a<li>b", "<div>a</div><div>b</div>"),
        ("<ul><div><li>a</div></ul>", "<ul><li><div><div>a</div></div></li></ul>"),
        ("<ul>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<ul><p>a</p>b<i>c</i></ul>", "<ul><li><p>a</p>b<i>c</i></li></ul>"),
        ("<ul><ul><li>a</ul></ul>", "<ul><li><ul><li>a</li></ul></li></ul>"),
        ("<ul> <br><hr><li>a<br></ul>", "<ul><li>a<br></li></ul>"),
        ("<ul>&nbsp;</ul>", "<ul></ul>"),
        ("<dl><dt>a<dd>b</dl>", "<div><div>a</div><div>b</div></div>"),
        ("<h1>a</h1><p>b", "<div><strong>a</strong></div><p>b</p>"),
        ("<h6>a <i>b</i></h6>", "<div><strong>a <i>b</i></strong></div>"),
        ("<ul><h2>a</h2></ul>", "<ul><li><div><strong>a</strong></div></li></ul>"),
        ("a<a href=/tea><img src=https://a.example/b.png></a>b", "a b"),
        ("a<a href=/tea><div><img></div></a>b", "a b"),
        ("a<a href=/tea> &nbsp;<b><br></b></a>b", "a &nbsp;<br>b"),
        ("a<a href=/tea>\N{ZERO WIDTH SPACE}</a>b", "a\N{ZERO WIDTH SPACE}b"),
        ("<a href=/tea><b>a</b></a>", f"{LINK}<b>a</b></a>"),
    ],
)
def test_lists_hold_items_and_links_have_words(html: str, sound: str) -> None:
    assert clean_html(html) == sound
    assert clean_html(sound) == sound


def test_a_message_that_was_written_for_mail_is_no_barrier(
    page: Page, real_shop: str, control: Control
) -> None:
    content = """<h1>Sale</h1><h5>All teas</h5><li>Green<dd>Sencha<ul>Black<ul>
      <li>Assam</ul></ul><dl>White</dl><a href=/tea><img src=x></a>"""
    control.add("ann@example.com")
    control.send("ann@example.com", "Spring", content=content)
    page.goto(real_shop)
    expect(bell(page, 1)).to_be_visible()
    open_panel(page)
    expect(panel(page).get_by_text("Assam")).to_be_visible()
    found = {"panel": barriers(page)}
    page.goto(f"{real_shop}/app-inbox/")
    expect(page.get_by_text("Assam")).to_be_visible()
    found["page"] = barriers(page)
    assert found == {"panel": [], "page": []}

"""Messages can do no harm, and the strictest policy has nothing to report."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path
from string import ascii_lowercase, digits
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import BrowserContext, Page, expect

import flask_app_inbox
from flask_app_inbox.bell.cleaning import TAGS, clean_html
from tests.bell.conftest import bell, open_panel, panel
from tests.bell.inbox import Inbox

PARSER = Path(flask_app_inbox.__file__).parent / "bell/static/message_html.js"
HOSTILE = (
    Path(__file__).with_name("hostile.txt").read_bytes().decode("utf-8", "replace")
)
CORPUS = [line for line in HOSTILE.splitlines() if line and not line.startswith("#")]


def test_every_other_origin_may_be_blocked(
    context: BrowserContext, shop: str, inbox: Inbox
) -> None:
    asked: list[str] = []
    context.on(
        "request",
        lambda request: (
            None if request.url.startswith(shop) else asked.append(request.url)
        ),
    )
    inbox.arrive("First", html="<p>Text</p>", link="https://other.example/")
    inbox.arrive("Second")
    page = context.new_page()
    page.goto(shop)
    open_panel(page)
    panel(page).get_by_role("button", name="Second").click()
    panel(page).get_by_role("button", name="Mark all as read").click()
    expect(bell(page, 0)).to_be_visible()
    page.reload()
    expect(bell(page, 0)).to_be_visible()
    assert asked == []


def test_pictures_come_by_the_web_alone(page: Page, shop: str, inbox: Inbox) -> None:
    page.route(
        "https://pictures.example/**",
        lambda route: route.fulfill(
            body="<svg xmlns='http://www.w3.org/2000/svg'/>",
            content_type="image/svg+xml",
        ),
    )
    inbox.arrive("Safe", image="https://pictures.example/a.svg")
    # The server lets no plain http through but of this machine, for the sandbox.
    for image in ("blob:x", "data:image/png,x", "javascript:1"):
        inbox.arrive("Unsafe", image=image)
    page.goto(shop)
    open_panel(page)
    expect(panel(page).get_by_role("listitem")).to_have_count(4)
    pictures = panel(page).locator("img")
    expect(pictures).to_have_count(1)
    expect(pictures).to_have_attribute("referrerpolicy", "no-referrer")


def test_a_link_that_could_run_something_is_none(
    page: Page, shop: str, inbox: Inbox
) -> None:
    odd = ("javascript:alert(1)", "data:text/html,x", "vbscript:x", "blob:x", "//")
    for link in odd:
        inbox.arrive("Odd", link=link)
    page.goto(shop)
    open_panel(page)
    expect(panel(page).get_by_role("button", name="Odd")).to_have_count(len(odd))
    expect(panel(page).get_by_role("link")).to_have_count(0)


@pytest.mark.parametrize("cleaned", [True, False], ids=["cleaned", "raw"])
def test_hostile_messages_do_nothing(
    page: Page, shop: str, inbox: Inbox, cleaned: bool
) -> None:
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    for html in CORPUS:
        inbox.arrive(html, html=clean_html(html) if cleaned else html)
    inbox.page_size = 1000
    page.goto(shop)
    open_panel(page)
    expect(panel(page).get_by_role("listitem")).to_have_count(len(CORPUS))
    assert danger_in(page) == []


def danger_in(page: Page) -> list[str]:
    """Return the elements of messages that no message may have."""
    found: list[str] = page.evaluate(
        """(allowed) => {
          const shown = document.querySelector("app-inbox-bell").shadowRoot
            .querySelectorAll("[part=content] *");
          return [...shown].filter((element) =>
            !allowed.includes(element.localName) ||
            [...element.attributes].some(({ name }) =>
              !["href", "rel", "target"].includes(name) ||
              (name === "href" && !/^(https?|mailto|tel):/.test(element.href))))
            .map((element) => element.outerHTML);
        }""",
        sorted(TAGS),
    )
    return found


def test_the_browser_builds_what_the_server_lets_through_and_no_more() -> None:
    listed = re.search(r"const ELEMENTS =\s*\"([^\"]*)\";", PARSER.read_text())
    assert listed is not None
    names = {
        "".join(letters)
        for length in (1, 2, 3)
        for letters in product(ascii_lowercase + digits, repeat=length)
    }
    names |= {name for name in listed[1].split("|") if name.isalnum()}
    assert {name for name in names if re.fullmatch(listed[1], name)} == TAGS


@pytest.fixture(scope="module")
def builder(browser: Any) -> Any:
    """A page with the parser of messages alone, under Trusted Types."""
    page = browser.new_page()
    page.route(
        "https://shop.test/",
        lambda route: route.fulfill(
            body="<!doctype html><title>x</title>",
            content_type="text/html",
            headers={
                "Content-Security-Policy": "default-src 'none'; "
                "require-trusted-types-for 'script'; trusted-types 'none'"
            },
        ),
    )
    page.goto("https://shop.test/")
    page.evaluate(f"{PARSER.read_text()}; window.buildHtml = buildHtml; 0")
    yield page
    page.close()


BUILD = """(htmls) => htmls.map((html) => {
  const built = document.createElement("div");
  built.append(buildHtml(html));
  return [built.innerHTML, built.textContent, built.querySelectorAll("*").length];
})"""


@pytest.mark.parametrize(
    ("html", "built"),
    [
        ("<p>a <b>b</b><br>c</p>", "<p>a <b>b</b><br>c</p>"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2&nbsp;!", "1 &lt; 2 &amp;&amp; 3 &gt; 2&nbsp;!"),
        ("&amp;lt;b&amp;gt;", "&amp;lt;b&amp;gt;"),
        ("<script>x</script>", "&lt;script&gt;x&lt;/script&gt;"),
        ("<b onclick=\"x\">a</b>", '<b>a</b>'),
        ("<b onclick=x>a</b>", "&lt;b onclick=x&gt;a"),
        ("<B>a</B>", "&lt;B&gt;a&lt;/B&gt;"),
        ("</b>a<i>b</p>c</i>", "a<i>bc</i>"),
        ("<b><i>a</b>c", "<b><i>ac</i></b>"),
        ('<a href="javascript:x" rel="noopener">a</a>', "<a>a</a>"),
        ('<a href="/x?a=1&amp;b=2">a</a>',
         '<a href="/x?a=1&amp;b=2" rel="noopener">a</a>'),
        ('<a href="mailto:a@b.c">a</a>', '<a href="mailto:a@b.c" rel="noopener">a</a>'),
        ("a < b", "a &lt; b"),
        ("<img src=x onerror=y>", "&lt;img src=x onerror=y&gt;"),
    ],
)  # fmt: skip
def test_what_the_parser_makes_of(builder: Page, html: str, built: str) -> None:
    assert builder.evaluate(BUILD, [html])[0][0] == built


def test_a_million_tags_cost_no_time_and_no_depth(builder: Page) -> None:
    html = "<b>" * 1_000_000
    _, _, elements = builder.evaluate(BUILD, [html])[0]
    assert elements < 40_000
    assert builder.evaluate(
        """() => { const top = document.createElement("div");
        top.append(buildHtml("<i>".repeat(500) + "x"));
        let depth = 0;
        for (let at = top; at.firstElementChild; at = at.firstElementChild) depth++;
        return depth; }"""
    ) == 99  # fmt: skip


#: What messages are made of, whole and broken.
PIECES = (
    *("<b>", "</b>", "<p>", "</p>", "<br>", '<a href="/a">', "</a>", "<ul>", "<li>"),
    *("&", "&amp;", "&lt;", "<", ">", '"', "'", "<!--", "-->", "\0", "</"),
    *("<script>", "</script>", "<svg>", "<math>", "<style>", "<template>"),
    *('<a href="javascript:x">', "<img src=x onerror=x>"),
)


@settings(
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    pieces=st.lists(
        st.one_of(
            st.sampled_from(PIECES),
            st.text(max_size=6),
        ),
        max_size=30,
    )
)
def test_what_the_server_cleans_is_built_with_the_same_text(
    builder: Page, pieces: list[str]
) -> None:
    cleaned = clean_html("".join(pieces))
    same = """(html) => {
      const built = document.createElement("div");
      built.append(buildHtml(html));
      return built.textContent;
    }"""
    text = re.sub(r"</?[a-z][^>]*>", "", cleaned)
    for entity, sign in (
        *(("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&nbsp;", "\u00a0")),
        ("&amp;", "&"),
    ):
        text = text.replace(entity, sign)
    assert builder.evaluate(same, cleaned) == text

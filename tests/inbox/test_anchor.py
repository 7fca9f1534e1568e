"""From a selector to the element that it matches."""

from __future__ import annotations

import logging

import pytest
from flask import render_template_string

from flask_app_inbox.inbox.anchor import Anchor, parse_anchor
from tests.conftest import MakeApp


def element_of(selector: str) -> Anchor:
    anchor = parse_anchor(selector)
    assert anchor is not None, "it is no simple selector"
    return anchor


@pytest.mark.parametrize(
    ("selector", "tag", "attributes"),
    [
        ("#app-inbox", "div", {"id": "app-inbox"}),
        (" #bell ", "div", {"id": "bell"}),
        (".bell", "div", {"class": "bell"}),
        ("li#bell.a.b", "li", {"id": "bell", "class": "a b"}),
        ("LI", "li", {}),
        ("my-bell", "my-bell", {}),
        ("[data-bell]", "div", {"data-bell": ""}),
        ("[data-bell=a]", "div", {"data-bell": "a"}),
        ('[ data-bell = "a b" ]', "div", {"data-bell": "a b"}),
        ("[data-bell='a\\'b']", "div", {"data-bell": "a'b"}),
        ("[DATA-bell=a]", "div", {"data-bell": "a"}),
        (r"#\31 st", "div", {"id": "1st"}),
        (r"#a\:b", "div", {"id": "a:b"}),
        ("#дзвін", "div", {"id": "дзвін"}),
        ("#-a", "div", {"id": "-a"}),
        ("#--a", "div", {"id": "--a"}),
        ('#a[title="#1"]', "div", {"id": "a", "title": "#1"}),
        ("#a#a", "div", {"id": "a"}),
        ("[class=bell].bell", "div", {"class": "bell"}),
        (".bell[class]", "div", {"class": "bell"}),
        ("p", "p", {}),
        ("iframe#chat", "iframe", {"id": "chat"}),
    ],
)
def test_a_simple_selector_names_its_element(
    selector: str, tag: str, attributes: dict[str, str]
) -> None:
    anchor = element_of(selector)
    assert (anchor.tag, dict(anchor.attributes)) == (tag, attributes)


@pytest.mark.parametrize(
    "selector",
    [
        "header nav > span.bell",
        "header>.bell",
        "a + b ~ c",
        "#first, #second",
        "[data-bell^=a]",
        "[class~=bell]",
        '[type="a" i]',
        "#bell:first-child",
        "#bell:not(.off)",
        "ul:not(:empty) li:nth-child(2n+1)",
        "#bell:is(.a, .b:not([c=')']))",
        ":root > main .bell",
        "body > * #bell",
        "*",
    ],
)
def test_for_any_other_selector_the_site_writes_the_element(selector: str) -> None:
    assert parse_anchor(selector) is None


def test_the_call_says_what_to_write_for_another_selector(
    make_app: MakeApp, caplog: pytest.LogCaptureFixture
) -> None:
    app = make_app(ANCHOR="header > .bell")
    with app.test_request_context(), caplog.at_level(logging.ERROR):
        assert render_template_string("{{ app_inbox_anchor() }}") == ""
    (message,) = caplog.messages
    assert "Write an element that it matches into your layout" in message


@pytest.mark.parametrize(
    "selector",
    [
        *("", " ", "#", "a >", "> a", "a > > b", "a,", ",a", "<div>", "#a {}", "a::b"),
        *(
            "p::before",
            "[a",
            "[a=]",
            "[a!=b]",
            "#a, [b!=c] d",
            "ns|div",
            "[ns|a]",
            "..a",
        ),
        *(
            "#1st",
            "#-1st",
            ".1st",
            "[1=a]",
            "#a;b",
            "a:",
            ":not(",
            "#a:not(b",
            "a)",
            "**",
        ),
        *("#a'", "\\", "#a\\", "a/**/b", "a:is((b)"),
    ],
)
def test_what_is_no_css_is_refused(selector: str) -> None:
    with pytest.raises(ValueError, match="not a valid CSS selector"):
        parse_anchor(selector)


@pytest.mark.parametrize(
    "selector",
    """
    html head SCRIPT style body BODY.shop option xmp plaintext#a listing noembed
    noframes frame frameset template
    """.split(),
)
def test_an_element_that_shows_no_bell_is_refused(selector: str) -> None:
    with pytest.raises(ValueError, match="no bell can stand in"):
        parse_anchor(selector)


@pytest.mark.parametrize(
    "selector",
    [
        *("#a#b", "#a[id=b]", "[x=a][X=b]", ".a[class=b]", "[class=a].b"),
        *("header #a#b", "#a, #b#c", "[x*='']", "nav > [x^='']", '[x$=""]'),
        *("[x~='']", "[x~='a b']", "[x~=' a']"),
    ],
)
def test_a_selector_that_no_element_can_match_is_refused(selector: str) -> None:
    with pytest.raises(ValueError, match=r"no element has two|no attribute fits"):
        parse_anchor(selector)


@pytest.mark.parametrize(
    ("selector", "name"),
    [
        (":contains('x')", "contains"),
        ("nav:nonsense #bell", "nonsense"),
        ("#bell:not(:nonsense)", "nonsense"),
        ("#bell:hover", "hover"),
    ],
)
def test_a_selector_that_makes_a_browser_throw_is_refused(
    selector: str, name: str
) -> None:
    with pytest.raises(ValueError, match=f":{name} does not tell"):
        parse_anchor(selector)


@pytest.mark.parametrize(
    "selector",
    [
        "[onclick='alert(1)']",
        "[ONMOUSEOVER='alert(1)']",
        r"[a\20 onclick='alert(1)']",
        r"\3cscript",
        r"[a\3e b]",
    ],
)
def test_a_selector_that_would_bring_code_into_the_page_is_refused(
    selector: str,
) -> None:
    with pytest.raises(ValueError, match="no element can be made of it"):
        parse_anchor(selector)


@pytest.mark.parametrize(
    "selector",
    [
        *("#\ud800", "#a\0", "[title='\udcff']"),
        *(r"#\d800 ", r"[title='\d800 ']", r".\d800 ", r"#a\0 ", r"#\110000 "),
    ],
)
def test_a_character_that_no_page_can_hold_is_refused(selector: str) -> None:
    with pytest.raises(ValueError, match="a character that no page can hold"):
        parse_anchor(selector)


@pytest.mark.parametrize(
    "tag",
    """
    img input iframe textarea select svg math video audio canvas object embed button
    a table tr
    """.split(),
)
def test_some_elements_can_hold_no_bell(tag: str) -> None:
    assert not element_of(f"{tag}#x").can_hold


@pytest.mark.parametrize("tag", ["div", "p", "li", "td", "span", "nav", "my-tools"])
def test_other_elements_can_hold_a_bell(tag: str) -> None:
    assert element_of(f"{tag}#x").can_hold

"""From a selector to the element that it matches."""

from __future__ import annotations

import pytest

from flask_app_inbox.anchors import parse_anchor


@pytest.mark.parametrize(
    ("selector", "tag", "attributes"),
    [
        ("#app-inbox", "div", {"id": "app-inbox"}),
        (".bell", "div", {"class": "bell"}),
        ("li#bell.a.b", "li", {"id": "bell", "class": "a b"}),
        ("LI", "li", {}),
        ("header nav > span.bell", "span", {"class": "bell"}),
        ("#first, #second", "div", {"id": "first"}),
        ("[data-bell]", "div", {"data-bell": ""}),
        ('[data-bell="a b"]', "div", {"data-bell": "a b"}),
        ("[data-bell^=a]", "div", {"data-bell": "a"}),
        ("[class~=bell]", "div", {"class": "bell"}),
        (".a[class~=b]", "div", {"class": "b a"}),
        ("#bell:first-child", "div", {"id": "bell"}),
        ("#bell:not(.off)", "div", {"id": "bell"}),
        ("ul:not(:empty) li:nth-child(2n+1)", "li", {}),
        ("#bell:is(.a, .b)", "div", {"id": "bell"}),
        (r"#\31 st", "div", {"id": "1st"}),
        ("#дзвін", "div", {"id": "дзвін"}),
        ('#a[title="#1"]', "div", {"id": "a", "title": "#1"}),
        ("*", "div", {}),
    ],
)
def test_the_element_matches_its_selector(
    selector: str, tag: str, attributes: dict[str, str]
) -> None:
    anchor = parse_anchor(selector)
    assert (anchor.tag, dict(anchor.attributes)) == (tag, attributes)


@pytest.mark.parametrize(
    ("selector", "reason"),
    [
        ("", "not a valid CSS selector"),
        ("#", "not a valid CSS selector"),
        ("a >", "not a valid CSS selector"),
        ("<div>", "not a valid CSS selector"),
        ("#a {}", "not a valid CSS selector"),
        ("p::before", "pseudo-element"),
        ("html", "cannot be seen in <html>"),
        ("SCRIPT", "cannot be seen in <script>"),
    ],
)
def test_a_selector_that_names_no_element_is_refused(
    selector: str, reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_anchor(selector)


@pytest.mark.parametrize(
    ("selector", "reason"),
    [
        ("#1st", "begins with a digit"),
        ("#-1st", "begins with a digit"),
        ("[a!=b]", "!= is no CSS"),
        ("#a, [b!=c] d", "!= is no CSS"),
        ("ns|div", "no namespaces"),
        ("[ns|a]", "no namespaces"),
        (":contains('x')", ":contains does not tell"),
        ("nav:nonsense #bell", ":nonsense does not tell"),
        ("#bell:not(:nonsense)", ":nonsense does not tell"),
        ("#bell:is(:nonsense)", ":nonsense does not tell"),
        ("#bell:hover", ":hover does not tell"),
    ],
)
def test_a_selector_that_makes_a_browser_throw_is_refused(
    selector: str, reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
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


@pytest.mark.parametrize(("selector", "can"), [("img#x", False), ("a#x", True)])
def test_an_empty_element_can_hold_nothing(selector: str, can: bool) -> None:
    assert parse_anchor(selector).can_hold is can

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
        (":root > main .bell", "div", {"class": "bell"}),
        ("body > * #bell", "div", {"id": "bell"}),
        ("p", "p", {}),
        ("iframe#chat", "iframe", {"id": "chat"}),
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
        (":root", "cannot be seen in <html>"),
        ("#bell:root", "cannot be seen in <html>"),
        ("*", "fits any element"),
        ("main > *", "fits any element"),
        (":first-child", "fits any element"),
        (":is(:root, .a)", "fits any element"),
        ("#bell, *", "fits any element"),
        ("body", "cannot render another <body>"),
        ("html > BODY.shop", "cannot render another <body>"),
        ("#bell, body", "cannot render another <body>"),
        ("select option", "in <option> or beside it"),
        ("xmp", "in <xmp> or beside it"),
        ("plaintext#a", "in <plaintext> or beside it"),
        ("listing", "in <listing>"),
        ("noembed", "in <noembed>"),
        ("noframes", "in <noframes>"),
        ("frame", "in <frame>"),
        ("frameset", "in <frameset>"),
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


@pytest.mark.parametrize("selector", ["#\ud800", "#a\0", "[title='\udcff']"])
def test_a_sign_that_no_page_can_carry_is_refused(selector: str) -> None:
    with pytest.raises(ValueError, match="a sign that no page can hold"):
        parse_anchor(selector)


@pytest.mark.parametrize(
    "selector", [r"#\d800 ", r"[title='\d800 ']", r".\d800 ", r"#a:\d800 ", r"#a\0 "]
)
def test_an_escaped_one_is_refused_or_another_takes_its_place(selector: str) -> None:
    # cssselect has become stricter here than its oldest version that we take.
    try:
        shown = str(dict(parse_anchor(selector).attributes))
    except ValueError as error:
        shown = str(error)
    assert shown.encode()
    assert "\0" not in shown


@pytest.mark.parametrize(
    "tag",
    """
    img input iframe textarea select svg math video audio canvas object embed button
    a table tr
    """.split(),
)
def test_some_elements_can_hold_no_bell(tag: str) -> None:
    assert not parse_anchor(f"{tag}#x").can_hold


@pytest.mark.parametrize("tag", ["div", "p", "li", "td", "span", "nav", "my-tools"])
def test_other_elements_can_hold_a_bell(tag: str) -> None:
    assert parse_anchor(f"{tag}#x").can_hold

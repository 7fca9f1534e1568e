"""The picture that the vendor is given."""

from __future__ import annotations

from pathlib import Path

import pytest

from flask_app_inbox.inbox.icon import MAX_DEPTH, MAX_SIZE, read_icon

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'


@pytest.fixture
def icon(tmp_path: Path) -> Path:
    return tmp_path / "bell.svg"


@pytest.mark.parametrize(
    "inside",
    [
        '<path d="M1 1h7"/>',
        '<g fill="none"><circle r="2"/></g>',
        '<defs><linearGradient id="a"/></defs><path fill="url(#a)"/>',
        "<style>.a{fill:url(#b)}</style>",
        "<style>@media (min-width:1px){.a{fill:url( '#b' )}}</style>",
        '<path style="fill:url(&quot;#a&quot;)"/>',
        '<path aria-label="https://shop.example"/>',
        "<title>A &amp; B &lt;b&gt;</title>",
    ],
)
def test_a_plain_picture_is_taken_as_it_is(icon: Path, inside: str) -> None:
    icon.write_text(SVG.format(inside))
    text = read_icon(icon)
    assert text.startswith('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">')
    assert "&lt;b&gt;" in text or "<b>" not in text


def test_declaration_mark_and_comments_are_left_out(icon: Path) -> None:
    icon.write_bytes(
        b'\xef\xbb\xbf<?xml version="1.0" encoding="UTF-8"?>\n<!-- by hand -->'
        + SVG.format("<!-- a --><path/>").encode()
    )
    text = read_icon(icon)
    assert text.startswith("<svg")
    assert "<!--" not in text


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        ("<script/>", "holds <script>"),
        ("<SCRIPT/>", "holds <SCRIPT>"),
        ("<foreignobject/>", "holds <foreignobject>"),
        ('<use href="#a"/>', "holds <use>"),
        ('<image href="https://x/y.png"/>', "holds <image>"),
        ('<set attributeName="href"/>', "holds <set>"),
        ('<meta http-equiv="refresh" content="0"/>', "holds <meta>"),
        ('<path xmlns="http://www.w3.org/1999/xhtml"/>', "holds <path>"),
        ('<path onclick="x"/>', "event handler onclick"),
        ('<path ONLOAD="x"/>', "event handler onload"),
        ('<path href="https://x"/>', "refers to something outside"),
        (
            '<path xmlns:l="http://www.w3.org/1999/xlink" l:href="data:x"/>',
            "refers to something outside",
        ),
        ('<path style="fill:url(https://x)"/>', "style refers to something outside"),
        ("<path fill=\"url( 'https://x')\"/>", "fill refers to something outside"),
        ("<style>@import 'x'</style>", "<style> refers to something outside"),
        (
            "<style>.a{background:image-set('http://e/x' 1x)}</style>",
            "<style> refers to something outside",
        ),
        ("<style>.a{background:-webkit-image-set('x' 1x)}</style>", "outside"),
        ("<style>.a{background:src('x')}</style>", "<style> refers to something"),
        ("<style>.a{background:IMAGE('x')}</style>", "<style> refers to something"),
        ("<style>@im\\70ort 'x';</style>", "<style> holds a backslash"),
        ("<style>.a{fill:u\\72l(x)}</style>", "<style> holds a backslash"),
        ("<style>.a{--b:'//e/x'}</style>", "<style> refers to something outside"),
        ("<style>.a{--b:'HTTPS:e'}</style>", "<style> refers to something outside"),
        ("<style>.a{--b:'data:x'}</style>", "<style> refers to something outside"),
        ("<style>.a{}<g/>@import 'x';</style>", "<style> refers to something"),
        ("<style>@im<!-- -->port 'x';</style>", "<style> refers to something"),
        ("<path style=\"--b:'//e'\"/>", "style refers to something outside"),
        ('<path style="fill:u\\72l(x)"/>', "style holds a backslash"),
        ('<path fill="u\\72l(x)"/>', "fill holds a backslash"),
        ("<path fill=\"src('http://e')\"/>", "fill refers to something outside"),
        ("<path mask=\"image-set('x' 1x)\"/>", "mask refers to something outside"),
        ('<g xml:base="http://e/"/>', "refers to something outside"),
        ("<?xml-stylesheet href='x'?>", "processing instruction"),
        ("<? ><script>alert(1)</script>?>", "processing instruction"),
        ("<path>", "not well-formed XML"),
    ],
)
def test_a_picture_that_does_anything_is_refused(
    icon: Path, inside: str, reason: str
) -> None:
    icon.write_text(SVG.format(inside))
    with pytest.raises(ValueError, match=reason):
        read_icon(icon)


@pytest.mark.parametrize(
    "inside",
    [
        "<!--><script>alert(1)</script>-->",
        "<!---><script>alert(1)</script>-->",
        "<title><![CDATA[><script>alert(1)</script>]]></title>",
    ],
)
def test_what_xml_hides_is_hidden_in_html_too(icon: Path, inside: str) -> None:
    icon.write_text(SVG.format(inside))
    assert "<script" not in read_icon(icon)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not well-formed"),
        (b"<html/>", "root is not <svg>"),
        (b"<svg/>", "root is not <svg>"),
        (b"\xff\xfe<", "not UTF-8"),
        (b'<!DOCTYPE svg [<!ENTITY a "aaa">]><svg>&a;</svg>', "document type"),
        (b"<!doctype svg><svg/>", "document type"),
        (b" " * (MAX_SIZE + 1), "larger than 64 KiB"),
    ],
)
def test_a_file_that_is_no_picture_is_refused(
    icon: Path, content: bytes, reason: str
) -> None:
    icon.write_bytes(content)
    with pytest.raises(ValueError, match=reason):
        read_icon(icon)


def test_a_missing_file_is_told_by_the_systems_words(icon: Path) -> None:
    with pytest.raises(ValueError, match=r"cannot be read \(No such file"):
        read_icon(icon)


@pytest.mark.parametrize("name", ["a\0.svg", "\ud800.svg"])
def test_a_name_that_no_file_can_have_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="no file can have this name"):
        read_icon(tmp_path / name)


def test_of_an_endless_file_no_more_is_read_than_is_taken() -> None:
    with pytest.raises(ValueError, match="larger than 64 KiB"):
        read_icon(Path("/dev/zero"))


@pytest.mark.parametrize("depth", [MAX_DEPTH, 9000])
def test_a_picture_that_is_nested_too_deep_is_refused(icon: Path, depth: int) -> None:
    icon.write_text(SVG.format("<g>" * depth + "</g>" * depth))
    with pytest.raises(ValueError, match="nested more than 100 deep"):
        read_icon(icon)


def test_a_picture_may_be_as_deep_as_any_editor_nests_it(icon: Path) -> None:
    groups = MAX_DEPTH - 1  # <svg> is one more
    icon.write_text(SVG.format("<g>" * groups + "</g>" * groups))
    assert read_icon(icon).startswith("<svg")

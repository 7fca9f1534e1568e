"""The manuals' links lead somewhere, and their contents lists are complete."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

import pytest

from . import MANUALS, ROOT, text_of

README = "README.md"


def prose_of(name: str) -> str:
    """Return a manual without its blocks of code."""
    return re.sub(r"^```.*?^```$", "", text_of(name), flags=re.DOTALL | re.MULTILINE)


def headings_of(name: str) -> list[str]:
    return re.findall(r"^#+ (.+)$", prose_of(name), re.MULTILINE)


def anchor_of(heading: str) -> str:
    """Return the anchor that renderers of Markdown give a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def links_of(name: str) -> Iterator[str]:
    """Yield the targets of links within the repository, anchors too."""
    for target in re.findall(r"\]\(([^)\s]+)\)", prose_of(name)):
        if not re.match(r"https?:|mailto:", target):
            yield unquote(target)


@pytest.mark.parametrize("name", MANUALS)
def test_links_lead_somewhere(name: str) -> None:
    for target in links_of(name):
        path, _, anchor = target.partition("#")
        file = (MANUALS[name].parent / path).resolve() if path else MANUALS[name]
        assert file.exists(), f"{name}: {target}"
        if anchor:
            manual = file.relative_to(ROOT).as_posix()
            anchors = [anchor_of(heading) for heading in headings_of(manual)]
            assert anchor in anchors, f"{name}: {target}"


@pytest.mark.parametrize("name", MANUALS)
def test_a_contents_list_has_every_section(name: str) -> None:
    listed = re.findall(r"^- \[.+?\]\(#(.+?)\)$", prose_of(name), re.MULTILINE)
    if listed:
        sections = re.findall(r"^## (.+)$", prose_of(name), re.MULTILINE)
        assert listed == [anchor_of(section) for section in sections]


def test_every_manual_is_linked_from_the_top_page_or_a_manual_that_is() -> None:
    found, waiting = set(), [README]
    while waiting:
        name = waiting.pop()
        if name in found or name not in MANUALS:
            continue
        found.add(name)
        for target in links_of(name):
            file = (MANUALS[name].parent / target.partition("#")[0]).resolve()
            if file.is_relative_to(ROOT):
                waiting.append(file.relative_to(ROOT).as_posix())
    assert set(MANUALS) == found


def test_the_top_page_is_short_and_has_no_pictures() -> None:
    # A package index renders it without the files beside it.
    assert len(text_of(README).splitlines()) <= 300
    assert "![" not in text_of(README)


def test_pictures_are_described() -> None:
    for name in MANUALS:
        assert "![](" not in text_of(name)

"""Parsing pages, with a library that only ``check`` and ``handoff`` need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .visit import Page

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag


class ParserMissing(Exception):
    """The extra ``check`` is not installed; the message names the pip line."""


def find_parser() -> type[BeautifulSoup]:
    """Return the parser.

    :raises ParserMissing: if it is not installed.
    """
    try:
        from bs4 import BeautifulSoup
    except ImportError as error:
        raise ParserMissing(
            'Reading a page needs Beautiful Soup: pip install "flask-app-inbox[check]"'
        ) from error
    return BeautifulSoup


def read_html(page: Page) -> BeautifulSoup:
    """Parse a page.

    :raises ParserMissing: if the parser is not installed.
    """
    return find_parser()(page.text, "html.parser")


def select(html: BeautifulSoup, selector: str) -> list[Tag]:
    """Return the elements that a CSS selector matches.

    :returns: none for a selector that the parser does not understand.
    """
    from soupsieve import SelectorSyntaxError

    try:
        return list(html.select(selector))
    except SelectorSyntaxError:
        return []

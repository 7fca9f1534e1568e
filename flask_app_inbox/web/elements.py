"""Elements as JSON, for pages that no template of the site renders.

They are read from the HTML that a template gets, so there is one source for both.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TypedDict

#: Elements without a content and an end tag that our templates render.
_VOID = frozenset({"link"})


class Element(TypedDict):
    """An element, as a script can make it."""

    tag: str
    #: "" for one without a value.
    attributes: dict[str, str]
    children: list[Element]


def elements_of(html: str) -> list[Element]:
    """Return the elements of HTML that :func:`~.assets.render` has rendered.

    Text between them is left out.
    """
    parser = _Parser()
    parser.feed(html)
    parser.close()
    return parser.top


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.top: list[Element] = []
        self._inside = [self.top]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        element = Element(tag=tag, attributes=attributes, children=[])
        self._inside[-1].append(element)
        if tag not in _VOID:
            self._inside.append(element["children"])

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - HTMLParser names it
        self._inside.pop()

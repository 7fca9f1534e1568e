"""The anchor: the element of the page that the bell is inserted at.

The vendor is told a CSS selector and one of the four positions of
``insertAdjacentHTML`` (the guides "Configuring App Inbox for websites"). From
the selector this module makes the element that ``app_inbox_anchor()`` renders.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: Where the bell may go, seen from the anchor.
POSITIONS = ("beforebegin", "afterbegin", "beforeend", "afterend")


@dataclass(frozen=True)
class Anchor:
    """An element that a selector matches.

    :param tag: the element's name.
    :param attributes: its attributes, ``id`` and ``class`` among them.
    """

    tag: str = "div"
    attributes: Mapping[str, str] = field(default_factory=dict)


def parse_anchor(selector: str) -> Anchor:
    """Return an element that matches a selector, as far as one element can.

    Of a selector with combinators it is the last part, of a list the first;
    what stands around it is the page's affair.

    :raises ValueError: if the selector is not valid CSS or names no element.
    """
    from cssselect import SelectorError, parse

    try:
        selectors = parse(selector)
    except SelectorError as error:
        raise ValueError(f"it is not a valid CSS selector ({error})") from error
    if any(one.pseudo_element for one in selectors):
        raise ValueError("nothing can be inserted at a pseudo-element")
    tag = "div"
    attributes: dict[str, str] = {}
    _collect(selectors[0].parsed_tree, attributes)
    element = attributes.pop("", None)
    if element:
        tag = element
    if tag in ("html", "head", "script", "style", "title", "meta", "link"):
        raise ValueError(f"a bell cannot be seen in <{tag}>")
    return Anchor(tag, attributes)


def _collect(node: object, attributes: dict[str, str]) -> None:
    """Walk one compound selector from its last condition to its element."""
    from cssselect import parser

    if isinstance(node, parser.CombinedSelector):
        _collect(node.subselector, attributes)
    elif isinstance(node, parser.Element):
        if node.element:
            attributes[""] = node.element
    elif isinstance(node, parser.Hash):
        attributes["id"] = node.id
        _collect(node.selector, attributes)
    elif isinstance(node, parser.Class):
        _collect(node.selector, attributes)
        before = attributes.get("class")
        attributes["class"] = (
            f"{before} {node.class_name}" if before else node.class_name
        )
    elif isinstance(node, parser.Attrib):
        if node.operator in ("exists", "="):
            value = node.value.value if node.value else ""
            attributes[node.attrib] = value or ""
        _collect(node.selector, attributes)
    elif hasattr(node, "selector"):
        # :not(), :first-child and the like say where, not what, it is.
        _collect(node.selector, attributes)

"""The anchor: the element of the page that the bell is inserted at.

The vendor is told a CSS selector and one of the four positions of
``insertAdjacentHTML`` (the guides "Configuring App Inbox for websites"). From
the selector this module makes the element that ``app_inbox_anchor()`` renders.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

#: Where the bell may go, seen from the anchor.
POSITIONS = ("beforebegin", "afterbegin", "beforeend", "afterend")

_NAME = re.compile("[A-Za-z][A-Za-z0-9-]*")
_UNSEEN = frozenset("html head script style title meta link template noscript".split())
#: Parts of others, and what swallows the page: no bell inside or beside them.
_UNFIT = frozenset(
    """
    area base col colgroup frame frameset image listing noembed noframes optgroup
    option param plaintext source track xmp
    """.split()
)
#: What holds nothing, shows nothing of what it holds, or may not hold a button.
_CLOSED = frozenset(
    """
    a audio br button canvas datalist embed hr iframe img input math meter object
    picture progress select svg table tbody textarea tfoot thead tr video wbr
    """.split()
)
#: Signs that HTML and UTF-8 cannot carry.
_LOST = re.compile("[\0\ud800-\udfff]")
#: What may stand after a colon; the rest is unknown to browsers or comes and goes.
_PSEUDO_CLASSES = frozenset(
    """
    root empty first-child last-child only-child first-of-type last-of-type
    only-of-type nth-child nth-last-child nth-of-type nth-last-of-type lang
    """.split()
)


@dataclass(frozen=True)
class Anchor:
    """An element that a selector matches.

    :param tag: the element's name.
    :param attributes: its attributes, ``id`` and ``class`` among them.
    """

    tag: str = "div"
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def can_hold(self) -> bool:
        """Whether a bell can be put inside it."""
        return self.tag not in _CLOSED


@lru_cache(maxsize=64)
def parse_anchor(selector: str) -> Anchor:
    """Return an element that matches a selector, as far as one element can.

    Of a selector with combinators it is the last part, of a list the first;
    what stands around it is the page's affair.

    :raises ValueError: if the selector is not valid CSS, or names no element that
        a bell can be seen at.
    """
    from cssselect import SelectorError, parse

    if _LOST.search(selector):
        raise ValueError("it holds a sign that no page can hold")
    try:
        selectors = parse(selector)
    except SelectorError as error:
        raise ValueError(f"it is not a valid CSS selector ({error})") from error
    if any(one.pseudo_element for one in selectors):
        raise ValueError("nothing can be inserted at a pseudo-element")
    if re.search("#-?[0-9]", re.sub("\"[^\"]*\"|'[^']*'", "", selector)):
        raise ValueError("an id that begins with a digit is written #\\31 23")
    for one in selectors:
        for node in _nodes_of(one):
            _check(node)
    # All of a list: a browser takes whichever it finds first in the page.
    anchors = [_anchor_of(one.parsed_tree) for one in selectors]
    return anchors[0]


def _anchor_of(tree: object) -> Anchor:
    """Return the element of one selector."""
    attributes: dict[str, str] = {}
    _collect(tree, attributes)
    if not attributes:
        raise ValueError("it fits any element; give the anchor an id or a class")
    tag = attributes.pop("", "div").lower()
    if tag == "body":
        raise ValueError(
            "app_inbox_anchor() cannot render another <body>; make the anchor an "
            "element of its own in it, like #app-inbox"
        )
    if tag in _UNSEEN:
        raise ValueError(f"a bell cannot be seen in <{tag}>")
    if tag in _UNFIT:
        raise ValueError(f"no bell can stand in <{tag}> or beside it")
    for name in (tag, *attributes):
        if not _NAME.fullmatch(name) or name.lower().startswith("on"):
            raise ValueError("no element can be made of it; give it an id or a class")
    return Anchor(tag, attributes)


def _nodes_of(node: object) -> Iterator[object]:
    """Walk a whole selector, with what stands in brackets."""
    yield node
    for name in ("parsed_tree", "selector", "subselector"):
        child = getattr(node, name, None)
        if child is not None:
            yield from _nodes_of(child)
    for child in getattr(node, "selector_list", ()):
        yield from _nodes_of(child)


def _texts_of(node: object) -> Iterator[object]:
    """Walk the names and values of one part, with their escapes undone."""
    yield from vars(node).values()
    value = getattr(node, "value", None)
    yield getattr(value, "value", None)


def _check(node: object) -> None:
    """Refuse what the parser knows and a browser's querySelector() does not."""
    from cssselect import parser

    if any(isinstance(text, str) and _LOST.search(text) for text in _texts_of(node)):
        raise ValueError("it holds a sign that no page can hold")
    if isinstance(node, parser.Attrib) and node.operator == "!=":
        raise ValueError("!= is no CSS; use :not([…])")
    if isinstance(node, (parser.Element, parser.Attrib)) and node.namespace:
        raise ValueError("a page has no namespaces")
    if isinstance(node, (parser.Pseudo, parser.Function)):
        name = node.ident if isinstance(node, parser.Pseudo) else node.name
        if name.lower() not in _PSEUDO_CLASSES:
            raise ValueError(f":{name} does not tell where an element stands")


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
        # A value that must be equal to it also begins, ends and contains it.
        value = node.value.value if node.value else ""
        attributes[node.attrib] = value or ""
        _collect(node.selector, attributes)
    elif isinstance(node, parser.Pseudo) and node.ident.lower() == "root":
        raise ValueError("a bell cannot be seen in <html>, the root of the page")
    elif hasattr(node, "selector"):
        # :not(), :first-child and the like say where, not what, it is.
        _collect(node.selector, attributes)

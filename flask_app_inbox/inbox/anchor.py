"""The anchor: the element of the page where the bell is inserted.

The owner tells the vendor a CSS selector and one of the four positions of
``insertAdjacentHTML`` (the guides "Configuring App Inbox for websites"). From a simple
selector this module makes the element that ``app_inbox_anchor()`` renders. For any
other selector the site writes the element itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

#: Where the bell may go, relative to the anchor.
POSITIONS = ("beforebegin", "afterbegin", "beforeend", "afterend")

#: Elements whose content is not shown, or that have no place in a body.
_UNSEEN = frozenset(
    """
    area base body col colgroup frame frameset head html image link listing meta
    noembed noframes noscript optgroup option param plaintext script source style
    template title track xmp
    """.split()
)
#: Elements that hold nothing, do not show what they hold, or may not hold a button.
_CLOSED = frozenset(
    """
    a audio br button canvas datalist embed hr iframe img input math meter object
    picture progress select svg table tbody textarea tfoot thead tr video wbr
    """.split()
)
#: Elements that stand in a line of text, as do those whose names have a hyphen.
_INLINE = frozenset(
    """
    abbr b bdi bdo cite code data del dfn em font i ins kbd label mark output q s samp
    slot small span strong sub sup time u var
    """.split()
)
#: The pseudo-classes we accept. Browsers do not know others, or they come and go.
_PSEUDO_CLASSES = frozenset(
    """
    root empty first-child last-child only-child first-of-type last-of-type only-of-type
    nth-child nth-last-child nth-of-type nth-last-of-type lang not is where has
    """.split()
)

_ESCAPE = r"\\(?:[0-9a-fA-F]{1,6}\s?|[^\n\r\f0-9a-fA-F])"
_IDENT = rf"(?:-?(?:[_a-zA-Z]|[^\x00-\x7f]|{_ESCAPE})|--)(?:[\w-]|{_ESCAPE})*"
_STRING = r""""(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'"""
_WITHIN = rf"(?:[^()\"']|{_STRING})"
#: Each kind of part by the sign that it begins with. One takes milliseconds to compile,
#: and a site's selector has one or two kinds.
_PARTS = {
    "#": rf"\#(?P<id>{_IDENT})",
    ".": rf"\.(?P<class>{_IDENT})",
    "[": rf"\[\s*(?P<name>{_IDENT})\s*(?:(?P<operator>[~|^$*]?=)\s*"
    rf"(?P<value>{_IDENT}|{_STRING})\s*(?P<flag>[iIsS])?\s*)?\]",
    ":": rf":(?P<pseudo>{_IDENT})(?:\((?:{_WITHIN}|\({_WITHIN}*\))*\))?",
    "": rf"(?P<tag>{_IDENT}|\*)",
}
_COMBINATOR = r"\s*([>+~,])\s*|\s+"
#: Characters that HTML and UTF-8 cannot carry.
_LOST = "[\0\ud800-\udfff]"
_NAME = "[A-Za-z][A-Za-z0-9-]*"


class Anchor(NamedTuple):
    """An element that a selector matches.

    :param tag: the element's name.
    :param attributes: its attributes, ``id`` and ``class`` among them.
    """

    tag: str
    attributes: Mapping[str, str]

    @property
    def can_hold(self) -> bool:
        """Whether a bell can be put inside it."""
        return self.tag not in _CLOSED

    @property
    def is_inline(self) -> bool:
        """Whether it stands in a line of text, unless the site styles it."""
        return self.tag in _INLINE or "-" in self.tag


class _Part(dict[str, str]):
    """What one part of a selector says, by kind; "" for the rest."""

    def __missing__(self, _: str) -> str:
        return ""


@lru_cache(maxsize=64)
def parse_anchor(selector: str) -> Anchor | None:
    """Return the element that a simple selector names.

    Simple are ``#id``, ``.class``, ``tag``, ``[name=value]`` and their compounds.

    :returns: None for any other valid selector.
    :raises ValueError: if the selector is not valid CSS, or no bell could be seen at
        the element that it names.
    """
    if re.search(_LOST, selector):
        raise ValueError("it has a character that no page can hold")
    compounds: list[list[_Part]] = [[]]
    for part in _parts_of(selector.strip()):
        if part is None:
            compounds.append([])
        else:
            compounds[-1].append(part)
    anchors = [_element_of(compound) for compound in compounds]
    if len(anchors) > 1 or not all(map(_is_simple, compounds[0])):
        return None
    _check(anchors[0].tag, anchors[0].attributes)
    return anchors[0]


def _element_of(compound: Iterable[_Part]) -> Anchor:
    """Return an element of what a compound of parts demands.

    :raises ValueError: if no element has all of it.
    """
    tag = "div"
    attributes: dict[str, str] = {}
    classes: list[str] = []
    present: list[str] = []
    for part in compound:
        if part["tag"]:
            tag = _unescaped(part["tag"]).lower()
        elif part["class"]:
            classes.append(_unescaped(part["class"]))
        elif part["id"]:
            _set(attributes, "id", _unescaped(part["id"]))
        elif part["name"]:
            name = _unescaped(part["name"]).lower()
            value = _unescaped(part["value"])
            present.append(name)
            if part["operator"] == "=" and not part["flag"]:
                _set(attributes, name, value)
            elif _finds_nothing(part["operator"], value):
                raise ValueError(f"no attribute fits {part['operator']} and its value")
    if classes:
        given = attributes.setdefault("class", " ".join(classes))
        if not set(classes) <= set(given.split()):
            raise ValueError("no element has two values of class")
    for name in present:
        attributes.setdefault(name, "")
    return Anchor(tag, attributes)


def _finds_nothing(operator: str, value: str) -> bool:
    """Return whether an operator matches no attribute at all, as CSS defines it."""
    if operator == "~=":
        return len(value.split()) != 1 or value != value.strip()
    return operator in ("^=", "$=", "*=") and not value


def _parts_of(selector: str) -> Iterator[_Part | None]:
    """Yield each part of a selector, and None for each combinator.

    :raises ValueError: if it is not valid CSS.
    """
    position, is_begun = 0, False
    while position < len(selector):
        sign = selector[position]
        pattern = _PARTS.get(sign, _PARTS[""])
        match = re.compile(pattern).match(selector, position)
        if match and not (is_begun and match.lastgroup == "tag"):
            if match.lastgroup == "pseudo":
                _check_pseudo_classes(match[0])
            groups = match.groupdict().items()
            yield _Part((kind, said) for kind, said in groups if said)
            position, is_begun = match.end(), True
            continue
        combinator = re.compile(_COMBINATOR).match(selector, position)
        if not combinator or not is_begun or combinator.end() == len(selector):
            raise ValueError("it is not a valid CSS selector")
        yield None
        position, is_begun = combinator.end(), False
    if not is_begun:
        raise ValueError("it is not a valid CSS selector")


def _check_pseudo_classes(part: str) -> None:
    """Refuse pseudo-classes that browsers do not know, within brackets too."""
    for name in re.findall(rf":({_IDENT})", re.sub(_STRING, "", part)):
        if name.lower() not in _PSEUDO_CLASSES:
            raise ValueError(f":{name} does not tell where an element stands")


def _is_simple(part: _Part) -> bool:
    return (
        not part["pseudo"]
        and part["tag"] != "*"
        and part["operator"] in ("", "=")
        and not part["flag"]
    )


def _set(attributes: dict[str, str], name: str, value: str) -> None:
    if attributes.setdefault(name, value) != value:
        raise ValueError(f"no element has two values of {name}")


def _check(tag: str, attributes: Mapping[str, str]) -> None:
    if tag in _UNSEEN:
        raise ValueError(f"no bell can stand in <{tag}>; name another element")
    for name in (tag, *attributes):
        if not re.fullmatch(_NAME, name) or name.startswith("on"):
            raise ValueError("no element can be made of it; give it an id or a class")


def _unescaped(text: str) -> str:
    """Return the text of an identifier or of a quoted string."""
    if text[:1] in ("'", '"'):
        text = text[1:-1]

    def sign(match: re.Match[str]) -> str:
        digits = match[0][1:].strip()
        if not re.fullmatch("[0-9a-fA-F]{1,6}", digits):
            return match[0][1:]
        number = int(digits, 16)
        if not 0 < number < 0x110000 or 0xD800 <= number < 0xE000:
            raise ValueError("it has a character that no page can hold")
        return chr(number)

    return re.sub(_ESCAPE, sign, text)

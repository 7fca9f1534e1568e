"""The SVG picture of the bell that the owner can send to the vendor."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

#: Bytes; a bell needs a few hundred.
MAX_SIZE = 64 * 1024

#: Elements within each other; a bell needs three or four.
MAX_DEPTH = 100

_SVG = "{http://www.w3.org/2000/svg}"
#: The elements of a picture. Others can run or load something, or end the SVG.
_ELEMENTS = frozenset(
    """
    svg g defs title desc style symbol path rect circle ellipse line polyline polygon
    text tspan linearGradient radialGradient stop clipPath mask pattern marker filter
    feBlend feColorMatrix feComposite feDropShadow feFlood feGaussianBlur feMerge
    feMergeNode feMorphology feOffset feTurbulence
    """.split()
)
#: What may load something, in CSS and in attributes that are CSS.
_REFERENCE = re.compile(
    r"url\((?!\s*['\"]?#)|(?:image|image-set|src)\(|@import|javascript:",
    re.IGNORECASE,
)
#: How an address begins; no style may hold one.
_ADDRESS = re.compile(r"https?:|data:|//", re.IGNORECASE)


def read_icon(path: Path) -> str:
    """Return the text of a picture that is safe to put into any page.

    :param path: a file of at most 64 KiB.
    :returns: the text without comments, which HTML and XML end in different places.
    :raises ValueError: if it cannot be read, is not well-formed SVG, or holds
        a script or a reference to something outside itself.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_SIZE + 1)
    except OSError as error:
        raise ValueError(f"it cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise ValueError("no file can have this name") from error
    if len(data) > MAX_SIZE:
        raise ValueError(f"it is larger than {MAX_SIZE // 1024} KiB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError("it is not UTF-8") from error
    if "<!DOCTYPE" in text.upper() or "<!ENTITY" in text.upper():
        # Entities can grow without bound or read files.
        raise ValueError("it has a document type; remove that line")
    text = re.sub(r"\A\s*<\?xml\s[^?]*\?>", "", text)
    if "<?" in text:
        raise ValueError("it holds a processing instruction; remove it")
    try:
        # No entities are left, and the size is bounded.
        root = ElementTree.fromstring(text)  # noqa: S314
    except ElementTree.ParseError as error:
        raise ValueError(f"it is not well-formed XML ({error})") from error
    if root.tag != f"{_SVG}svg":
        raise ValueError("its root is not <svg> of http://www.w3.org/2000/svg")
    _check_tree(root, MAX_DEPTH)
    return ElementTree.canonicalize(text, with_comments=False)


def _check_tree(element: ElementTree.Element, depth: int) -> None:
    if not depth:
        raise ValueError(f"its elements are nested more than {MAX_DEPTH} deep")
    _check(element)
    for child in element:
        _check_tree(child, depth - 1)


def _check(element: ElementTree.Element) -> None:
    name = str(element.tag).rpartition("}")[2]
    if name not in _ELEMENTS or element.tag != _SVG + name:
        raise ValueError(f"it holds <{name}>, which is not a plain picture")
    if name == "style":
        _check_style("".join(element.itertext()), "<style>")
    for key, value in element.attrib.items():
        attribute = key.rpartition("}")[2].lower()
        if attribute.startswith("on"):
            raise ValueError(f"it holds the event handler {attribute}")
        if attribute in ("href", "src", "base") and not value.startswith("#"):
            raise ValueError(f"its <{name}> refers to something outside")
        if _REFERENCE.search(value):
            raise ValueError(f"its attribute {attribute} refers to something outside")
        if attribute == "style":
            _check_style(value, "attribute style")
        elif "\\" in value:
            raise _backslash(f"attribute {attribute}")


def _check_style(style: str, place: str) -> None:
    if "\\" in style:
        raise _backslash(place)
    if _REFERENCE.search(style) or _ADDRESS.search(style):
        raise ValueError(f"its {place} refers to something outside")


def _backslash(place: str) -> ValueError:
    return ValueError(f"its {place} holds a backslash, which can hide a reference")

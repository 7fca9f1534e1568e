"""The size at which an SVG picture is to be drawn."""

from __future__ import annotations

import re
from xml.etree import ElementTree

_NUMBER = r"\s*([0-9]+(?:\.[0-9]+)?)\s*(?:px)?\s*"


def icon_size(svg: str) -> tuple[float, float] | None:
    """Return width and height of a picture.

    The view box tells the shape better than width and height, which may be missing
    or in per cent.

    :param svg: the text of a picture that
        :func:`~flask_app_inbox.inbox.icon.read_icon` accepts.
    :returns: None if the picture does not say.
    """
    root = ElementTree.fromstring(svg)  # noqa: S314 - read_icon let no entity pass
    box = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    sides = box[2:] if len(box) == 4 else [root.get("width"), root.get("height")]
    numbers = [
        float(found[1])
        for side in sides
        if side and (found := re.fullmatch(_NUMBER, side))
    ]
    if len(numbers) != 2 or not all(numbers):
        return None
    return numbers[0], numbers[1]


def icon_doubts(svg: str) -> list[str]:
    """Return why a picture may look wrong as a bell, a clause for each reason."""
    size = icon_size(svg)
    if size is None:
        return ['it names no size; give <svg> a viewBox such as "0 0 24 24"']
    width, height = size
    doubts = []
    if max(width, height) / min(width, height) > 1.5:
        doubts.append(f"it is {width:g} by {height:g}, but a bell is about square")
    if "viewBox" not in svg:
        doubts.append("it has no viewBox, so it cannot be drawn larger or smaller")
    return doubts

"""What a message says, as the control API has it."""

from __future__ import annotations

from typing import Any

from .json_body import BadBody, text
from .messages import Content

CONTENT_KEYS = ("title", "content", "image", "link", "category", "customData")


def read_content(body: dict[str, Any]) -> Content:
    """Read what a message says.

    :raises BadBody: if it has no title, or something is of a wrong type.
    """
    custom_data = body.get("customData")
    if custom_data is not None and not isinstance(custom_data, (dict, str)):
        raise BadBody('"customData" must be an object or a string.')
    says = Content(
        title=text(body, "title"),
        content=text(body, "content"),
        image=text(body, "image"),
        link=text(body, "link"),
        category=text(body, "category"),
        custom_data=custom_data,
    )
    if not says.title.strip():
        raise BadBody('"title" is missing.')
    return says


def content_to_json(says: Content) -> dict[str, object]:
    """Return what a message says, without what is empty."""
    shown = {
        "title": says.title,
        "content": says.content,
        "image": says.image,
        "link": says.link,
        "category": says.category,
        "customData": says.custom_data,
    }
    return {name: value for name, value in shown.items() if value}

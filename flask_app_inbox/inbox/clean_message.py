"""A message as the site may get it: nothing in it brings a script into a page."""

from __future__ import annotations

from dataclasses import replace

from ..bell.cleaning import clean_html, clean_link, clean_picture
from ..client.message import Message


def clean_message(message: Message) -> Message:
    """Return a message of which HTML, link and picture may be shown."""
    return replace(
        message,
        html=clean_html(message.html),
        image=clean_picture(message.image),
        link=clean_link(message.link),
    )

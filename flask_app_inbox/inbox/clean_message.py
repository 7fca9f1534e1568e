"""A message as the site may get it: nothing in it brings a script into a page."""

from __future__ import annotations

from dataclasses import replace

from flask import has_request_context, request

from ..bell.cleaning import clean_html, clean_link, clean_picture
from ..client.message import Message
from ..web.this_app import this_app


def clean_message(message: Message) -> Message:
    """Return a message of which HTML, link and picture may be shown."""
    return replace(
        message,
        html=clean_html(message.html),
        image=clean_picture(message.image, _own_hosts()),
        link=clean_link(message.link),
    )


def _own_hosts() -> list[str]:
    """Return the hosts that get the cookies of the site, as far as it is known."""
    config = this_app().config
    hosts = [config["SERVER_NAME"]]
    if has_request_context():
        hosts.append(request.host)
    if domain := config["SESSION_COOKIE_DOMAIN"]:
        hosts.append(f".{str(domain).lstrip('.')}")
    return [host for host in hosts if host]

"""Who may ask for a token: pages of this site, for who is logged in.

Each guard lets a request pass or raises the problem that is answered.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from flask import Flask, Request

from .contact import Contact
from .problems import CrossOrigin, UserChanged

if TYPE_CHECKING:
    from .settings import Settings

#: The request header with the tag of the user that a page was rendered for.
USER_HEADER = "X-App-Inbox-User"


def check_same_origin(request: Request) -> None:
    """Refuse what a page of another site sends.

    Browsers that send no ``Sec-Fetch-Site`` send ``Origin`` with every POST. A
    client that sends neither is no browser, so no user's cookies are abused.

    :raises CrossOrigin: for a request of another origin.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site != "same-origin":
            raise CrossOrigin
        return
    origin = request.headers.get("Origin")
    if origin is not None and _host_of(origin) != _without_port_of_scheme(request.host):
        raise CrossOrigin


def _host_of(origin: str) -> str | None:
    scheme, separator, host = origin.partition("://")
    if scheme not in ("http", "https") or not separator:
        return None
    return _without_port_of_scheme(host) or None


def _without_port_of_scheme(host: str) -> str:
    # A proxy in front may speak https while we speak http, so both count.
    return host.lower().removesuffix(":443").removesuffix(":80")


def user_tag(app: Flask, settings: Settings, contact: Contact) -> str:
    """Return an opaque tag of a contact: his own, and another for anybody else.

    An app without ``SECRET_KEY`` has no sessions to change; there the vendor's key
    serves.
    """
    key = app.secret_key or settings.api_key or settings.oauth_client_secret or ""
    return keyed_tag(key, "flask-app-inbox user", *contact.identity)


def keyed_tag(key: str | bytes, *parts: str) -> str:
    """Return an opaque tag of some words.

    It is an HMAC under a key of the app: nobody without that key can make it for
    an address or read one from it.
    """
    key = key if isinstance(key, bytes) else key.encode()
    message = "\0".join(parts).encode(errors="surrogatepass")
    return hmac.digest(key, message, "sha256").hex()[:32]


def check_user(request: Request, tag: str) -> None:
    """Refuse a page that was rendered for another user.

    :param tag: of the user whose session this is now.
    :raises UserChanged: if the request names another one.
    """
    shown = request.headers.get(USER_HEADER)
    if shown and not hmac.compare_digest(shown.encode(), tag.encode()):
        raise UserChanged

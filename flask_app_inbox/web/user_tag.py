"""The opaque tag of the user that a page was rendered for."""

from __future__ import annotations

import hmac

from flask import Request

from .problems import UserChanged

#: The request header with the tag of the user that a page was rendered for.
USER_HEADER = "X-App-Inbox-User"


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

    :param tag: the tag of the session's user now.
    :raises UserChanged: if the request names another one.
    """
    shown = request.headers.get(USER_HEADER)
    if shown and not hmac.compare_digest(shown.encode(), tag.encode()):
        raise UserChanged

"""The user tag: the opaque name of the user that a page was rendered for."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable
from functools import lru_cache

from flask import Flask, Request

from .problems import UserChanged

#: The request header with the user tag that the page was rendered with.
USER_HEADER = "X-App-Inbox-User"


def keyed_tag(key: str | bytes, *parts: str) -> str:
    """Return an opaque tag of some words.

    It is an HMAC under a key of the app. Without that key nobody can compute the tag of
    an address, or find the address of a tag.
    """
    mac = _begun(key if isinstance(key, bytes) else key.encode()).copy()
    mac.update("\0".join(parts).encode(errors="surrogatepass"))
    return mac.hexdigest()[:32]


@lru_cache(maxsize=16)
def _begun(key: bytes) -> hmac.HMAC:
    """Return an HMAC without words; for each page, a new one would take longer."""
    return hmac.new(key, digestmod="sha256")


def former_keys(app: Flask) -> tuple[str | bytes, ...]:
    """Return the keys that the site has replaced and still honours."""
    return tuple(app.config.get("SECRET_KEY_FALLBACKS") or ())


def check_user(
    request: Request,
    *user_tags: str,
    shown: str | None = None,
    former: Callable[[], Iterable[str]] = tuple,
) -> None:
    """Refuse a page that was rendered for another user.

    :param user_tags: those of the session's user now; an operator has several.
    :param shown: the tag of the page's user; by default what the header says.
    :param former: returns their tags under the :func:`former_keys`, which pages have
        that were open when the key changed.
    :raises UserChanged: if the request names another one.
    """
    shown = shown or request.headers.get(USER_HEADER)
    if shown and not (_is_among(shown, user_tags) or _is_among(shown, former())):
        raise UserChanged


def _is_among(shown: str, user_tags: Iterable[str]) -> bool:
    return any(hmac.compare_digest(shown.encode(), tag.encode()) for tag in user_tags)

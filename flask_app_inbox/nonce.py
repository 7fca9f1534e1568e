"""The nonce of the page's Content-Security-Policy."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

from flask import Flask

from .callbacks import call

logger = logging.getLogger(__name__)

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")


def page_nonce(
    app: Flask, given: str | None, source: Callable[[], Any] | None
) -> str | None:
    """Return the page's nonce, None if it has none that can be used.

    :param given: in the template's call; it goes first.
    :param source: given to the extension; without it the global ``csp_nonce`` is
        asked.
    """
    nonce = _nonce_of_page(app, source) if given is None else given
    if not nonce:
        return None
    if not isinstance(nonce, str) or not _BASE64.fullmatch(nonce):
        logger.warning("The nonce for our script is no base64 text; it is left out.")
        return None
    return nonce


def _nonce_of_page(app: Flask, source: Any) -> Any:
    if source is None:
        source = app.jinja_env.globals.get("csp_nonce")
    return call(source) if callable(source) else source

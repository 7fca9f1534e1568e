"""These tests drive a real browser."""

from __future__ import annotations

from tests.browser.fixtures import browser, context, new_context, page, serve
from tests.chathub.fixtures import complaints_before_the_end, make_staff_site

__all__ = [
    "browser",
    "complaints_before_the_end",
    "context",
    "make_staff_site",
    "new_context",
    "page",
    "serve",
]

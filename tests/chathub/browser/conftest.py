"""These tests drive a real browser."""

from __future__ import annotations

from tests.browser.fixtures import (
    browser,
    complaints,
    context,
    new_context,
    page,
    serve,
)
from tests.chathub.fixtures import make_staff_site

__all__ = [
    "browser",
    "complaints",
    "context",
    "make_staff_site",
    "new_context",
    "page",
    "serve",
]

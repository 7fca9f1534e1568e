"""These tests drive a real browser."""

from __future__ import annotations

from tests.browser.fixtures import (
    browser,
    complaints,
    context,
    control,
    make_site,
    new_context,
    page,
    sandbox,
    serve,
)

__all__ = [
    "browser",
    "complaints",
    "context",
    "control",
    "make_site",
    "new_context",
    "page",
    "sandbox",
    "serve",
]

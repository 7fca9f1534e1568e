"""These tests drive a real browser and a real Redis."""

from __future__ import annotations

from tests.browser.fixtures import (
    browser,
    complaints,
    context,
    control,
    new_context,
    page,
    sandbox,
    serve,
)
from tests.chathub.fixtures import make_staff_app, make_staff_site, redis_url

__all__ = [
    "browser",
    "complaints",
    "context",
    "control",
    "make_staff_app",
    "make_staff_site",
    "new_context",
    "page",
    "redis_url",
    "sandbox",
    "serve",
]

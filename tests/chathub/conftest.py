"""A sandbox, a staff site and a Redis server."""

from __future__ import annotations

from tests.browser.fixtures import control, sandbox
from tests.chathub.fixtures import make_staff_app, redis_url

__all__ = ["control", "make_staff_app", "redis_url", "sandbox"]

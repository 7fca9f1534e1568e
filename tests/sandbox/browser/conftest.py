"""The sandbox's console and widget in a real browser."""

from __future__ import annotations

from tests.fixtures.chromium import browser, driver
from tests.fixtures.sandbox import control

__all__ = ["browser", "control", "driver"]

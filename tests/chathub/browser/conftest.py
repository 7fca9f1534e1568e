"""These tests drive a real browser."""

from __future__ import annotations

from tests.fixtures.chromium import browser, driver, whole_browser

__all__ = ["browser", "driver", "whole_browser"]

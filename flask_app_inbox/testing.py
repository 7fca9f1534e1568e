"""Pytest fixtures for sites that use the extension; pytest finds them by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .sandbox import SandboxServer


@pytest.fixture
def app_inbox_sandbox() -> Iterator[SandboxServer]:
    """A sandbox of this test's own, on a free port of 127.0.0.1."""
    from .sandbox import SandboxServer

    with SandboxServer() as server:
        yield server

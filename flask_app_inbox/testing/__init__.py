"""Pytest fixtures for sites that use the extensions.

Name the module in your ``conftest.py``:
``pytest_plugins = ["flask_app_inbox.testing"]``.

``app_inbox_sandbox`` is a real server with its own script and console, for tests in
a browser. The others answer within the process and are as fast as a mock:
``app_inbox_vendor``, ``app_inbox_connections`` (for OAuth) and ``chathub_vendor``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .chathub import ChatHubDouble
from .connections import ConnectionsDouble
from .double import SentRequest
from .vendor import SentEvent, VendorDouble
from .wire import Wire, forget_earlier_tests, nothing_leaves

if TYPE_CHECKING:
    from ..sandbox import SandboxServer

__all__ = [
    "ChatHubDouble",
    "ConnectionsDouble",
    "SentEvent",
    "SentRequest",
    "VendorDouble",
]


@pytest.fixture
def app_inbox_sandbox() -> Iterator[SandboxServer]:
    """Start a sandbox for this test alone, on a free port of 127.0.0.1."""
    from ..sandbox import SandboxServer

    with SandboxServer() as server:
        yield server


@pytest.fixture
def _app_inbox_wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """Put the doubles in the place of the network, for apps without a past."""
    try:
        from responses import RequestsMock
    except ImportError:
        pytest.fail('The fixture needs: pip install "flask-app-inbox[testing]"')
    forget_earlier_tests()
    nothing_leaves(monkeypatch)
    with RequestsMock(assert_all_requests_are_fired=False) as requests:
        yield Wire(requests)
    forget_earlier_tests()


@pytest.fixture
def app_inbox_vendor(_app_inbox_wire: Wire) -> Iterator[VendorDouble]:
    """Answer calls to the vendor within this process.

    It knows every contact until the test says otherwise. No other request leaves for
    the internet. An app whose extension is switched off sends none; the log that
    pytest shows with a failed test says so.
    """
    double = VendorDouble(_app_inbox_wire)
    with _app_inbox_wire.apps(double.meet):
        yield double


@pytest.fixture
def app_inbox_connections(
    app_inbox_vendor: VendorDouble,  # noqa: ARG001 - it answers what they are for
    _app_inbox_wire: Wire,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Iterator[ConnectionsDouble]:
    """Let the test make OAuth connections, in a database of its own.

    There is none at first. The vendor's authorization server answers in this process.
    """
    double = ConnectionsDouble(_app_inbox_wire, monkeypatch, tmp_path)
    with _app_inbox_wire.apps(double.meet):
        yield double


@pytest.fixture
def chathub_vendor(_app_inbox_wire: Wire) -> Iterator[ChatHubDouble]:
    """Answer calls to ChatHub within this process.

    Everybody whom the site takes for an operator gets tokens until the test says
    otherwise. No other request leaves for the internet.
    """
    double = ChatHubDouble(_app_inbox_wire)
    with _app_inbox_wire.apps(double.meet):
        yield double

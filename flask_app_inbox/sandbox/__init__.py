"""The sandbox: a program that speaks the vendors' protocols on localhost.

It stands for the vendor in demos, tests and development, so it imports nothing of
the extension but the element of `bell` that its page script draws: the two meet on the
wire alone.
"""

from __future__ import annotations

from .app import create_sandbox
from .server import SandboxServer

__all__ = ["SandboxServer", "create_sandbox"]

"""Calling what a site gave us: plain or async functions, from any view."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from typing import Any

from flask import current_app


def call(function: Callable[[], Any]) -> Any:
    """Call a function of the site and return what it returns.

    In an async view this thread's event loop is busy with the view itself, so an
    async function gets a thread of its own, with this request's context.
    """
    sync = current_app.ensure_sync(function)
    if sync is function or not _runs_a_loop():
        return sync()
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(max_workers=1) as executor:
        return executor.submit(copy_context().run, sync).result()


def _runs_a_loop() -> bool:
    import asyncio  # most sites have no async function and need not wait for it

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True

"""What a process finishes before it ends.

Python waits for threads at its end, but under gevent threads are greenlets, and it
waits for none of them. A refresh that is cut off there loses the tokens that are on
their way.
"""

from __future__ import annotations

import atexit
from concurrent.futures import Future, wait
from typing import Any

from ..per_process import PerProcess


def _make_set() -> set[Future[Any]]:
    atexit.register(_finish)
    return set()


_unfinished = PerProcess(_make_set)


def finish_before_the_end(future: Future[Any]) -> None:
    """Keep this process from ending before a future is done."""
    futures = _unfinished.get()
    futures.add(future)
    future.add_done_callback(futures.discard)


def _finish() -> None:
    # A forked child has this call from its parent, but none of its threads.
    wait(_unfinished.get())

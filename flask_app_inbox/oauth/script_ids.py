"""The script ids of connections, as a process remembers them for its pages.

A page must not wait for the database, so a thread reads all ids at once, and pages use
those that it has read last.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..errors import StorageError
from ..per_process import PerProcess
from ..web.outage import Outage

#: Seconds after which the ids are read again, while pages use those that are there.
LIFE = 60.0
#: Seconds that the first page of a process waits for them.
PATIENCE = 0.5


@dataclass
class _Memory:
    """What one process remembers, and the thread that reads it anew."""

    outage: Outage
    next_read: float
    ids: Mapping[str, str] | None = None
    reader: threading.Thread | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class ScriptIds:
    """Script ids by the names of their connections.

    :param read: returns them from the database, or raises
        :class:`~flask_app_inbox.StorageError`.
    :param clock: returns seconds that never run backwards.
    """

    def __init__(
        self,
        read: Callable[[], Mapping[str, str]],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read = read
        self._clock = clock
        self._memory = PerProcess(
            lambda: _Memory(
                Outage(
                    "The script ids of connections cannot be read, so pages use those "
                    "that were read last, or APP_INBOX_SCRIPT_ID",
                    clock=clock,
                ),
                next_read=clock(),
            )
        )

    def find(self, name: str) -> str | None:
        """Return the id of a connection; None if none is known."""
        memory = self._memory.get()
        if self._clock() >= memory.next_read and memory.outage.is_worth_a_try():
            reader = self._start(memory)
            if memory.ids is None:
                reader.join(PATIENCE)
                if reader.is_alive():
                    memory.outage.note(TimeoutError())
        return memory.ids.get(name) if memory.ids else None

    def _start(self, memory: _Memory) -> threading.Thread:
        """Start to read unless a thread does so; return that thread."""
        with memory.lock:
            if memory.reader is None or not memory.reader.is_alive():
                # A database that hangs does not keep the process from its end.
                memory.reader = threading.Thread(
                    target=self._run,
                    args=(memory,),
                    name="app-inbox script ids",
                    daemon=True,
                )
                memory.reader.start()
            return memory.reader

    def _run(self, memory: _Memory) -> None:
        try:
            ids = self._read()
        except StorageError as error:
            memory.outage.note(error)
        else:
            memory.ids = ids
            memory.next_read = self._clock() + LIFE
            memory.outage.end()

"""The script ids of connections, as a process remembers them for its pages.

A page must not wait for the database, so a thread reads all ids at once, and pages use
those that it has read last.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping

from ..errors import StorageError
from ..web.outage import Outage

#: Seconds after which the ids are read again, while pages use those that are there.
LIFE = 60.0
#: Seconds that the first page of a process waits for them.
PATIENCE = 0.5


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
        self._ids: Mapping[str, str] | None = None
        self._next_read = clock()
        self._lock = threading.Lock()
        self._reader: threading.Thread | None = None
        self._process = 0
        self._outage = Outage(
            "The script ids of connections cannot be read, so pages use those that "
            "were read last, or APP_INBOX_SCRIPT_ID",
            clock=clock,
        )

    def find(self, name: str) -> str | None:
        """Return the id of a connection; None if none is known."""
        if self._clock() >= self._next_read and self._outage.is_worth_a_try():
            reader = self._start()
            if self._ids is None:
                reader.join(PATIENCE)
                if reader.is_alive():
                    self._outage.note(TimeoutError())
        return self._ids.get(name) if self._ids else None

    def _start(self) -> threading.Thread:
        """Start to read unless a thread does so; return that thread."""
        with self._lock:
            reader = self._reader
            # A forked child has the object, but not the thread.
            if reader is None or self._process != os.getpid() or not reader.is_alive():
                # A database that hangs does not keep the process from its end.
                reader = threading.Thread(
                    target=self._run, name="app-inbox script ids", daemon=True
                )
                reader.start()
                self._reader, self._process = reader, os.getpid()
            return reader

    def _run(self) -> None:
        try:
            ids = self._read()
        except StorageError as error:
            self._outage.note(error)
        else:
            self._ids = ids
            self._next_read = self._clock() + LIFE
            self._outage.end()

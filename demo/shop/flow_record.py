"""The shop's own calls, for a while: the oldest are forgotten."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from dataclasses import dataclass, field

from .backstage import Call

#: How many logins are remembered, and how many calls of each.
LOGINS = 100
CALLS = 120


@dataclass(frozen=True)
class Entry:
    """A call from one of browser, shop and vendor to another."""

    id: int
    source: str
    target: str
    call: Call


@dataclass
class _Login:
    began: float
    entries: deque[Entry] = field(default_factory=lambda: deque(maxlen=CALLS))


class Record:
    """The calls of each login; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._logins: OrderedDict[str, _Login] = OrderedDict()
        self._last_id = 0

    def open(self, key: str, began: float) -> None:
        """Start a login's record at a time (seconds)."""
        with self._lock:
            self._login(key, began)

    def add(self, key: str, source: str, target: str, call: Call) -> None:
        """Add a call to a login's record."""
        with self._lock:
            self._last_id += 1
            entry = Entry(self._last_id, source, target, call)
            self._login(key, call.at).entries.append(entry)

    def since(self, key: str, last_id: int) -> list[Entry]:
        """Return a login's calls with higher ids, oldest first."""
        with self._lock:
            login = self._logins.get(key)
            return [e for e in login.entries if e.id > last_id] if login else []

    def began(self, key: str) -> float:
        """Return when a login's record begins; infinity for an unknown login."""
        with self._lock:
            login = self._logins.get(key)
            return login.began if login else float("inf")

    def _login(self, key: str, began: float) -> _Login:
        login = self._logins.setdefault(key, _Login(began))
        self._logins.move_to_end(key)
        while len(self._logins) > LOGINS:
            self._logins.popitem(last=False)
        return login

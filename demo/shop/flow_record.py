"""What the shop remembers of its own calls: little, and for a while."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from dataclasses import dataclass, field

from .sandbox import Call

#: So many logins are remembered, and so many calls of each; the oldest go first.
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
        """Begin to remember a login, from a time (seconds) on."""
        with self._lock:
            self._login(key, began)

    def add(self, key: str, source: str, target: str, call: Call) -> None:
        """Remember a call of a login."""
        with self._lock:
            self._last_id += 1
            entry = Entry(self._last_id, source, target, call)
            self._login(key, call.at).entries.append(entry)

    def since(self, key: str, last_id: int) -> list[Entry]:
        """Return the calls of a login with a higher id, the oldest first."""
        with self._lock:
            login = self._logins.get(key)
            return [e for e in login.entries if e.id > last_id] if login else []

    def began(self, key: str) -> float:
        """Return when a login's record begins; for an unknown one, never."""
        with self._lock:
            login = self._logins.get(key)
            return login.began if login else float("inf")

    def _login(self, key: str, began: float) -> _Login:
        login = self._logins.setdefault(key, _Login(began))
        self._logins.move_to_end(key)
        while len(self._logins) > LOGINS:
            self._logins.popitem(last=False)
        return login

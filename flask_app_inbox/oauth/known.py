"""Which connections this process has read lately, for pages.

A page must not wait for the database, so it goes by what requests before it have read.
"""

from __future__ import annotations

import time
from collections.abc import Callable

#: Seconds for which a process trusts what it has read. Meanwhile another process may
#: have connected another account under the same name.
LIFE = 30.0


class KnownConnections:
    """Identities of connections by their names.

    :param clock: returns seconds that never run backwards.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[str, tuple[float, str]] = {}

    def note(self, name: str, identity: str | None) -> None:
        """Remember what was read; None: there is no connection of that name."""
        if identity is None:
            self.forget(name)
        else:
            self._known[name] = (self._clock() + LIFE, identity)

    def forget(self, name: str) -> None:
        """Forget a connection that this process has changed."""
        self._known.pop(name, None)

    def find(self, name: str) -> str | None:
        """Return a connection's identity; None if nobody has read it lately."""
        end, identity = self._known.get(name, (0.0, ""))
        return identity if self._clock() < end else None

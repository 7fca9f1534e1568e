"""The contacts' tokens, in the three ways that the vendor may treat them.

The mobile guide says that a token dies with the request that carries it and that
its successor travels in the answer's `ES-TOKEN` header: `rotating`. The web guides
say only that a token may become invalid at any moment, so a widget must also live
with tokens that last (`long-lived`) and with a vendor that keeps one token per
contact (`exclusive`: rotating, and each new token kills the older ones).
"""

from __future__ import annotations

import secrets
import threading
from typing import NamedTuple

MODES = ("rotating", "long-lived", "exclusive")


class Use(NamedTuple):
    """What a token opened: whose inbox, and the token for the next request."""

    contact_id: int
    successor: str


class Tokens:
    """All tokens that are alive; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._mode = MODES[0]
        self._owners: dict[str, int] = {}
        self._by_contact: dict[int, set[str]] = {}

    @property
    def mode(self) -> str:
        """One of `MODES`."""
        return self._mode

    @mode.setter
    def mode(self, mode: str) -> None:
        self._mode = mode

    def __len__(self) -> int:
        return len(self._owners)

    def issue(self, contact_id: int) -> str:
        """Mint a token for a contact; in `exclusive` mode the others die."""
        with self._lock:
            if self._mode == "exclusive":
                for older in self._by_contact.pop(contact_id, ()):
                    del self._owners[older]
            return self._mint(contact_id)

    def use(self, token: str) -> Use | None:
        """Spend a token on one request; None when it is not (or no longer) valid."""
        with self._lock:
            contact_id = self._owners.get(token)
            if contact_id is None:
                return None
            if self._mode == "long-lived":
                return Use(contact_id, token)
            del self._owners[token]
            self._by_contact[contact_id].discard(token)
            return Use(contact_id, self._mint(contact_id))

    def invalidate(self) -> int:
        """Kill every token; return how many there were."""
        with self._lock:
            count = len(self._owners)
            self._owners.clear()
            self._by_contact.clear()
            return count

    def reset(self) -> None:
        """Go back to the first mode with no tokens."""
        self.invalidate()
        self._mode = MODES[0]

    def _mint(self, contact_id: int) -> str:
        token = secrets.token_urlsafe(24)
        self._owners[token] = contact_id
        self._by_contact.setdefault(contact_id, set()).add(token)
        return token

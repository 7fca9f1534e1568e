"""The contacts' tokens, in the three modes that the vendor may use.

The mobile guide says that a token dies with the request that carries it and that
its successor travels in the answer's ``ES-TOKEN`` header: ``rotating``. The web guides
say only that a token may become invalid at any moment, so a widget must also live
with tokens that last (``long-lived``) and with a vendor that keeps one token per
contact (``exclusive``: rotating, and each new token kills the older ones).
"""

from __future__ import annotations

import secrets
import threading
from typing import NamedTuple

MODES = ("rotating", "long-lived", "exclusive")


class Use(NamedTuple):
    """Whose inbox a token opened, and the token for the next request."""

    contact_id: int
    successor: str


class Tokens:
    """All valid tokens; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._mode = MODES[0]
        self._owners: dict[str, int] = {}
        self._by_contact: dict[int, set[str]] = {}

    @property
    def mode(self) -> str:
        """One of ``MODES``."""
        return self._mode

    @mode.setter
    def mode(self, mode: str) -> None:
        self._mode = mode

    def __len__(self) -> int:
        return len(self._owners)

    def issue(self, contact_id: int) -> str:
        """Issue a token for a contact; ``exclusive`` mode ends the older ones."""
        with self._lock:
            if self._mode == "exclusive":
                for older in self._by_contact.pop(contact_id, ()):
                    del self._owners[older]
            return self._new_token(contact_id)

    def use(self, token: str) -> Use | None:
        """Use a token for one request; return None when it is not valid."""
        with self._lock:
            contact_id = self._owners.get(token)
            if contact_id is None:
                return None
            if self._mode == "long-lived":
                return Use(contact_id, token)
            del self._owners[token]
            self._by_contact[contact_id].discard(token)
            return Use(contact_id, self._new_token(contact_id))

    def invalidate(self) -> int:
        """Invalidate all tokens; return how many there were."""
        with self._lock:
            count = len(self._owners)
            self._owners.clear()
            self._by_contact.clear()
            return count

    def reset(self) -> None:
        """Reset to the initial state: no tokens, first mode."""
        self.invalidate()
        self._mode = MODES[0]

    def _new_token(self, contact_id: int) -> str:
        token = secrets.token_urlsafe(24)
        self._owners[token] = contact_id
        self._by_contact.setdefault(contact_id, set()).add(token)
        return token

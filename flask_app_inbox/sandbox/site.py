"""Where the bell goes in the shop's pages, and the shop's registered domains."""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass

#: Where ``insertAdjacentHTML`` can put the bell; the guides name the method alone.
POSITIONS = ("beforebegin", "afterbegin", "beforeend", "afterend")


@dataclass(frozen=True)
class Site:
    """Where the bell goes, and its icon: SVG text, or empty for the default."""

    selector: str = "#app-inbox"
    position: str = "beforeend"
    icon: str = ""

    def to_json(self) -> dict[str, object]:
        """Return the form of the control API; no ``icon`` where none is set."""
        shown: dict[str, object] = {
            "selector": self.selector,
            "position": self.position,
        }
        if self.icon:
            shown["icon"] = self.icon
        return shown


class Domains:
    """Domains registered for the script; safe to use from many threads."""

    #: The script id of an account that has registered no domain.
    FIRST_ID = "5A4DB0C5000000000000000000000001"

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ids: dict[str, str] = {}

    def register(self, domain: str) -> str | None:
        """Return a new script id for a domain, or None when it is registered."""
        with self._lock:
            if domain in self._ids:
                return None
            self._ids[domain] = uuid.uuid4().hex.upper()
            return self._ids[domain]

    def newest_id(self) -> str:
        """Return the script id of the domain that was registered last."""
        with self._lock:
            return next(reversed(self._ids.values()), self.FIRST_ID)

    def clear(self) -> None:
        """Remove all domains."""
        with self._lock:
            self._ids.clear()

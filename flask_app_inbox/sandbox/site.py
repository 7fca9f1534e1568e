"""What support set up for the shop's pages, and the shop's registered domains."""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass

#: Where ``insertAdjacentHTML`` can put the bell; the guides name the method alone.
POSITIONS = ("beforebegin", "afterbegin", "beforeend", "afterend")
#: The forms of ``eS('init', …)``: flags and then options, or options alone. Each is in
#: one of the guides.
INIT_FORMS = ("features", "options")


@dataclass(frozen=True)
class Site:
    """Where the bell goes, its icon, and how pages ask for it.

    :param icon: SVG text, or empty for the default.
    :param init_form: the one of ``INIT_FORMS`` that the account takes; empty: both.
    """

    selector: str = "#app-inbox"
    position: str = "beforeend"
    icon: str = ""
    init_form: str = ""

    def to_json(self) -> dict[str, object]:
        """Return the form of the control API, without what is empty."""
        shown = {
            "selector": self.selector,
            "position": self.position,
            "icon": self.icon,
            "initForm": self.init_form,
        }
        return {name: value for name, value in shown.items() if value}


class Domains:
    """Domains registered for the script; safe to use from many threads."""

    #: The script id of an account that has registered no domain.
    FIRST_ID = "5A4DB0C5000000000000000000000001"

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ids: dict[str, str] = {}

    def register(self, domain: str) -> tuple[str, bool]:
        """Return the script id of a domain, and whether the domain is new."""
        with self._lock:
            is_new = domain not in self._ids
            if is_new:
                self._ids[domain] = uuid.uuid4().hex.upper()
            return self._ids[domain], is_new

    def all(self) -> list[str]:
        """Return every domain, the oldest first."""
        with self._lock:
            return list(self._ids)

    def newest_id(self) -> str:
        """Return the script id of the domain that was registered last."""
        with self._lock:
            return next(reversed(self._ids.values()), self.FIRST_ID)

    def clear(self) -> None:
        """Remove all domains."""
        with self._lock:
            self._ids.clear()

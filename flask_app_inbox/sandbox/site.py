"""What support set up for the shop's pages, and the shop's registered domain."""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass, field

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


@dataclass(frozen=True)
class Domain:
    """The domain of an organization, and the id of the script for its pages."""

    name: str
    script_id: str = field(default_factory=lambda: uuid.uuid4().hex.upper())


class Domains:
    """The one domain of each organization; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._domains: dict[str, Domain] = {}

    def register(self, organization: str, name: str) -> tuple[Domain, bool]:
        """Return the organization's domain, and whether it is new.

        An organization that has a domain keeps it, whatever the name is.
        """
        with self._lock:
            known = self._domains.get(organization)
            domain = self._domains.setdefault(organization, known or Domain(name))
            return domain, known is None

    def find(self, organization: str) -> Domain | None:
        """Return the domain of an organization; None: it has registered none."""
        with self._lock:
            return self._domains.get(organization)

    def clear(self) -> None:
        """Remove all domains."""
        with self._lock:
            self._domains.clear()

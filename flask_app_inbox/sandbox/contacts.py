"""The contacts that the sandbox knows, and how one is found."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Contact:
    """One customer at the vendor; an empty string is a field without a value."""

    id: int = 0
    external_customer_id: str = ""
    email: str = ""
    phone: str = ""
    first_name: str = ""
    last_name: str = ""

    def identifiers(self) -> Iterator[tuple[str, str]]:
        """Yield the contact's identifiers, the strongest first.

        The vendors' documents name no order for the token call. Their contact
        methods prefer the external id, then the email, then the phone, and so does
        the sandbox. Emails compare without case, phones by their digits.
        """
        if self.external_customer_id:
            yield "external_customer_id", self.external_customer_id
        if self.email:
            yield "email", self.email.strip().lower()
        if digits := "".join(filter(str.isdecimal, self.phone)):
            yield "phone", digits

    def to_json(self) -> dict[str, object]:
        """Return the contact as the control API shows it."""
        return {
            "id": self.id,
            "externalCustomerId": self.external_customer_id,
            "email": self.email,
            "phone": self.phone,
            "firstName": self.first_name,
            "lastName": self.last_name,
        }


class Contacts:
    """All contacts; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_id: dict[int, Contact] = {}
        self._index: dict[tuple[str, str], int] = {}
        self._last_id = 0

    def find(self, wanted: Contact) -> Contact | None:
        """Return the contact with the first identifier that matches, if any."""
        with self._lock:
            return self._find(wanted)

    def save(self, given: Contact) -> Contact:
        """Create or update the contact that ``given`` describes, and return it.

        A contact found by its email or phone keeps its external id, because the
        documents call that one unique and immutable: data with another external id
        makes another contact. Empty fields of ``given`` change nothing.
        """
        with self._lock:
            known = self._find(given)
            if known is None or _another_person(known, given):
                self._last_id += 1
                known = Contact(id=self._last_id)
            saved = _merged(known, given)
            self._forget_keys(known)
            self._by_id[saved.id] = saved
            for key in saved.identifiers():
                self._index.setdefault(key, saved.id)
            return saved

    def all(self) -> list[Contact]:
        """Return every contact, the oldest first."""
        with self._lock:
            return list(self._by_id.values())

    def clear(self) -> None:
        """Remove all contacts."""
        with self._lock:
            self._by_id.clear()
            self._index.clear()

    def _find(self, wanted: Contact) -> Contact | None:
        for key in wanted.identifiers():
            if key in self._index:
                return self._by_id[self._index[key]]
        return None

    def _forget_keys(self, contact: Contact) -> None:
        for key in contact.identifiers():
            if self._index.get(key) == contact.id:
                del self._index[key]


def _another_person(known: Contact, given: Contact) -> bool:
    return bool(
        known.external_customer_id
        and given.external_customer_id
        and known.external_customer_id != given.external_customer_id
    )


def _merged(known: Contact, given: Contact) -> Contact:
    return replace(
        known,
        external_customer_id=given.external_customer_id or known.external_customer_id,
        email=given.email or known.email,
        phone=given.phone or known.phone,
        first_name=given.first_name or known.first_name,
        last_name=given.last_name or known.last_name,
    )

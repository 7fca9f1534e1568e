"""The contacts that the sandbox knows, and how one is found."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

#: The platform's names of a contact's values, and ours.
VALUES = {
    "externalCustomerId": "external_customer_id",
    "email": "email",
    "sms": "phone",
    "firstName": "first_name",
    "lastName": "last_name",
}


@dataclass(frozen=True)
class Contact:
    """One customer at the vendor; an empty string is a value that is not known.

    :param fields: values of the account's own fields, by their numbers.
    """

    id: int = 0
    external_customer_id: str = ""
    email: str = ""
    phone: str = ""
    first_name: str = ""
    last_name: str = ""
    fields: tuple[tuple[int, str], ...] = ()

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
        shown: dict[str, object] = {
            "id": self.id,
            "externalCustomerId": self.external_customer_id,
            "email": self.email,
            "phone": self.phone,
            "firstName": self.first_name,
            "lastName": self.last_name,
        }
        if self.fields:
            shown["fields"] = {str(number): value for number, value in self.fields}
        return shown


class Contacts:
    """All contacts; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_id: dict[int, Contact] = {}
        self._index: dict[tuple[str, str], int] = {}
        #: Deleted but not erased, by external id.
        self._deleted: dict[str, Contact] = {}
        self._last_id = 0

    def find(self, wanted: Contact) -> Contact | None:
        """Return the contact with the first identifier that matches, if any."""
        with self._lock:
            return self._find(wanted)

    def get(self, number: int) -> Contact | None:
        """Return the contact with this number of the vendor's."""
        with self._lock:
            return self._by_id.get(number)

    def save(self, given: Contact) -> Contact:
        """Create or update the contact that ``given`` describes, and return it.

        A contact found by its email or phone keeps its external id, because the
        documents call that one unique and immutable: data with another external id
        makes another contact. Empty values of ``given`` change nothing. A deleted
        contact is restored (guide on the external id).
        """
        with self._lock:
            known = self._find(given)
            if known is None or _another_person(known, given):
                known = self._deleted.pop(given.external_customer_id, None)
            return self._put(_merged(known or self._new(), given))

    def bring(
        self,
        given: Contact,
        *,
        key: Collection[str],
        values: Collection[str] | None,
        fields: Collection[int],
        restore: bool,
    ) -> Contact | None:
        """Create or update a contact of an import, and return it.

        :param key: the names of the identifiers that a contact is found by; the
            external id takes their place where it is given.
        :param values: which values of a known contact are replaced, by empty ones,
            too; None: all. What the contact is found by stays.
        :param fields: which own fields of a known contact are replaced.
        :param restore: whether a deleted contact is restored.
        :returns: None for a deleted contact that stays deleted.
        """
        key = ["external_customer_id"] if given.external_customer_id else key
        with self._lock:
            if given.external_customer_id in self._deleted:
                if not restore:
                    return None
                self._put(self._deleted.pop(given.external_customer_id))
            known = self._find(given, key)
            if known is None:
                return self._put(replace(given, id=self._new().id))
            replaced = {
                ours: getattr(given, ours)
                for name, ours in VALUES.items()
                if (values is None or name in values) and ours not in key
            }
            kept = {n: v for n, v in known.fields if n not in fields}
            brought = {n: v for n, v in given.fields if n in fields}
            self._forget_keys(known)
            return self._put(replace(known, **replaced, fields=_pairs(kept | brought)))

    def delete(self, external_customer_id: str, *, erase: bool) -> Contact | None:
        """Delete a contact and return them; None if there is no such contact.

        :param erase: whether they are forgotten for good.
        """
        with self._lock:
            known = self._find(Contact(external_customer_id=external_customer_id))
            if known is not None:
                self._forget_keys(known)
                del self._by_id[known.id]
                self._deleted[external_customer_id] = known
            if erase:
                return self._deleted.pop(external_customer_id, None)
            return known

    def all(self) -> list[Contact]:
        """Return every contact, the oldest first."""
        with self._lock:
            return list(self._by_id.values())

    def clear(self) -> None:
        """Remove all contacts; the next one is the first again."""
        with self._lock:
            self._last_id = 0
            self._by_id.clear()
            self._index.clear()
            self._deleted.clear()

    def _new(self) -> Contact:
        self._last_id += 1
        return Contact(id=self._last_id)

    def _put(self, contact: Contact) -> Contact:
        if contact.id in self._by_id:
            self._forget_keys(self._by_id[contact.id])
        self._by_id[contact.id] = contact
        for key in contact.identifiers():
            self._index.setdefault(key, contact.id)
        return contact

    def _find(
        self, wanted: Contact, by: Collection[str] | None = None
    ) -> Contact | None:
        for key in wanted.identifiers():
            if key in self._index and (by is None or key[0] in by):
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
    values = {ours: getattr(given, ours) or getattr(known, ours) for ours in _OURS}
    return replace(known, **values, fields=_pairs(dict((*known.fields, *given.fields))))


_OURS = tuple(VALUES.values())


def _pairs(fields: Mapping[int, str]) -> tuple[tuple[int, str], ...]:
    return tuple(fields.items())

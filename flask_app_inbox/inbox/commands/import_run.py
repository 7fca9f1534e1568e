"""Sending many contacts from a command line, with progress and a report."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

import click

from ...client.api import VendorApi
from ...client.contact import Contact
from ...client.contacts import RefusedContact, SyncResult, import_contacts
from ...errors import AppInboxError, VendorInvalid
from .terminal import columns, reason, write


class ImportRun:
    """One run of ``sync``, and what became of it so far.

    :param command: returns the command line of ``sync`` with some options.
    :param skip: how many contacts to leave out.
    """

    def __init__(
        self, api: VendorApi, command: Callable[..., str], skip: int = 0
    ) -> None:
        self._api = api
        self._command = command
        self._position = self._skip = skip
        self._accepted = 0
        #: The vendor's names of the imports that it has taken.
        self.session_ids: list[str] = []
        self.refused: list[RefusedContact] = []
        self.failed: list[SyncResult] = []
        self.stopped_by: AppInboxError | None = None

    @property
    def resume(self) -> str:
        """The command that goes on."""
        skip = ("--skip", str(self._position)) if self._position else ()
        return self._command(*skip)

    @property
    def advice(self) -> str:
        """How to go on, once there is something behind us."""
        return f"To go on: {self.resume}" if self._position else ""

    def send(self, contacts: Iterator[Contact], length: int | None) -> None:
        """Send contacts until the vendor takes none any more.

        :param length: how many there are, if that is known.
        """
        # A generator has no length, so that the bar shows a number in place of a share.
        unknown: Iterator[None] = (None for _ in "")
        with click.progressbar(
            unknown,
            length=None if length is None else max(0, length - self._skip),
            label="Contacts",
            show_pos=True,
            file=sys.stderr,
        ) as bar:
            rest = islice(contacts, self._skip, None)
            for result in import_contacts(self._api, rest):
                error = result.error
                if error and not isinstance(error, VendorInvalid):
                    self.stopped_by = error
                    return
                self._note(result)
                bar.update(len(result.contacts))

    def _note(self, result: SyncResult) -> None:
        if result.error:
            self.failed.append(result)
        if result.session_id:
            self.session_ids.append(result.session_id)
        self._accepted += result.accepted
        self.refused += result.refused
        self._position = self._skip + result.position

    def report(self, reveal: bool) -> None:
        """Print what became of the contacts.

        :param reveal: whether to show personal data.
        """
        working = "; the vendor works on them now" * bool(self._accepted)
        write(f"{self._accepted} contacts were taken{working}.")
        if self.session_ids:
            options = (word for one in self.session_ids for word in ("--status", one))
            write(f"How it is doing: {self._command(*options)}")
        for result in self.failed:
            write(
                f"{len(result.contacts)} contacts were not taken: {result.error}. "
                f"They are among those up to number {self._skip + result.position}."
            )
        if self.refused:
            write(f"{len(self.refused)} contacts were refused:")
            columns(_rows(self.refused, reveal))


def _rows(refused: Iterable[RefusedContact], reveal: bool) -> Iterator[Sequence[str]]:
    for one in refused:
        yield _name(one.contact, reveal), reason(one.reason, reveal=reveal)


def _name(contact: Contact | None, reveal: bool) -> str:
    """Return what a contact is called on a terminal."""
    if contact is None:
        return "(the vendor does not say who)"
    if contact.external_customer_id:
        return contact.external_customer_id
    if reveal:
        return contact.email or contact.phone or ""
    if contact.email:
        return f"{contact.email[0]}…@…"
    return f"…{(contact.phone or '')[-2:]}"

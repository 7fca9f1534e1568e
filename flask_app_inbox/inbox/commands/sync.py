"""``flask app-inbox sync``: bring every customer to the vendor."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import click
from flask.cli import with_appcontext

from ...client.api import VendorApi
from ...client.contact import Contact
from ...client.contacts import RefusedContact, SyncResult, import_contacts
from ...errors import AppInboxError, LoaderError, VendorInvalid
from ..contacts import load_contacts
from ..state import current_state
from .terminal import columns, write
from .vendor_access import vendor_client


@click.command("sync")
@click.option(
    "--skip",
    type=click.IntRange(min=0),
    default=0,
    metavar="NUMBER",
    help="Leave out this many contacts, which an earlier run has sent.",
)
@click.option(
    "--reveal",
    is_flag=True,
    help="Show addresses and the vendor's reasons, which may hold personal data.",
)
@with_appcontext
def sync(skip: int, reveal: bool) -> None:
    """Bring every contact of the contacts_loader to the vendor.

    Ctrl-C stops it, and it says how to go on. Running it again from the start is safe,
    too: contacts are found by their external id, else by their email or phone.
    """
    run = _Run(vendor_client().api, skip)
    try:
        run.send(*load_contacts(current_state()))
    except KeyboardInterrupt:
        run.report(reveal)
        click.echo(f"Stopped. To go on: {run.resume}", err=True)
        raise SystemExit(130) from None
    except LoaderError as error:
        run.report(reveal)
        raise click.ClickException(f"{error} {run.advice}".strip()) from error
    run.report(reveal)
    if run.stopped_by:
        raise click.ClickException(
            f"The vendor takes no contacts now: {run.stopped_by} "
            f"({run.stopped_by.code}). {run.advice}"
        )
    if run.refused or run.failed:
        raise SystemExit(1)


class _Run:
    """One run of the command, and what became of it so far."""

    def __init__(self, api: VendorApi, skip: int) -> None:
        self._api = api
        self._position = self._skip = skip
        self._accepted = 0
        self.refused: list[RefusedContact] = []
        self.failed: list[SyncResult] = []
        self.stopped_by: AppInboxError | None = None

    @property
    def resume(self) -> str:
        """The command that goes on."""
        skip = f" --skip {self._position}" if self._position else ""
        return f"flask app-inbox sync{skip}"

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
                if error:
                    self.failed.append(result)
                self._accepted += result.accepted
                self.refused += result.refused
                self._position = self._skip + result.position
                bar.update(len(result.contacts))

    def report(self, reveal: bool) -> None:
        """Print what became of the contacts."""
        write(f"{self._accepted} contacts were taken; the vendor works on them now.")
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
        reason = "".join(filter(str.isprintable, one.reason))[:200]
        yield (
            _name(one.contact, reveal),
            reason if reveal else "--reveal shows the reason" if reason else "",
        )


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

"""What a site tells the vendor about its customers."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from inspect import signature
from typing import TYPE_CHECKING, Any, TypeVar

from ..client.contact import Contact
from ..errors import LoaderError
from ..web.loaders import call, calling
from .state import Loaders, State, current_state
from .telling import client_to_tell

if TYPE_CHECKING:
    from ..client.contacts import SyncResult
    from ..client.import_status import ImportStatus

_LOADER = "contacts_loader"

ContactsLoader = TypeVar("ContactsLoader", bound=Callable[..., Any])


class ContactCalls:
    """The part of :class:`AppInbox` that brings contacts to the vendor.

    While ``APP_INBOX_ENABLED`` is False the calls that tell it something do nothing,
    and the log says so at debug level.

    Each call takes the name of an OAuth ``connection``; by default it uses that of the
    current request.
    """

    _loaders: Loaders

    def contacts_loader(self, loader: ContactsLoader) -> ContactsLoader:
        """Register the function that returns every customer, for ``sync``.

        It returns an iterable of contacts, such as a generator, in the same order each
        time. For ``sync --connection`` it takes the name of the connection, and returns
        the customers of that one alone.
        """
        self._loaders.contacts = loader
        return loader

    def sync_contact(self, contact: Contact, *, connection: str | None = None) -> None:
        """Create or update a contact at the vendor, in the current app.

        The vendor refuses data that it was sent within the last minute; that is
        success. Changed data get through at once. But data that change and change back
        within a minute stay changed at the vendor: it takes the third call for the
        first one. Call again after a minute if that matters.

        :raises VendorError: with the cause, if that fails.
        """
        client = client_to_tell("sync_contact", connection)
        if client:
            client.sync_contact(contact)

    def sync_contacts(
        self, contacts: Iterable[Contact], *, connection: str | None = None
    ) -> Iterator[SyncResult]:
        """Create or update many contacts at the vendor, in the current app.

        The vendor takes them at once and works on them later, a few minutes at most;
        :meth:`import_status` tells how far it is. Repeating an import is safe: each
        contact is found by their external id, else by their email, else by their
        phone. Only what a contact carries is replaced.

        Iterate within the app context: nothing is sent before the first result is
        asked for.

        :param contacts: any iterable; 3,000 at a time are taken from it.
        :returns: a result for each call to the vendor. A call that fails has its
            :class:`VendorError` as ``error``, and the next result is that of the next
            call.
        """
        from ..client.contacts import import_contacts

        client = client_to_tell("sync_contacts", connection)
        return import_contacts(client.api, contacts) if client else iter(())

    def import_status(
        self, session_id: str, *, connection: str | None = None
    ) -> ImportStatus:
        """Ask how the vendor is doing with an import, in the current app.

        :param session_id: from a result of :meth:`sync_contacts`.
        :raises VendorError: with the cause, if the vendor does not say; for an import
            that it does not know, :class:`VendorInvalid`.
        :raises AppInboxError: if ``APP_INBOX_ENABLED`` is False.
        """
        from ..client.import_status import read_import_status

        client = current_state().client_for(connection)
        return read_import_status(client.api, session_id)

    def delete_contact(
        self, contact: Contact, erase: bool = False, *, connection: str | None = None
    ) -> bool:
        """Delete a contact at the vendor, in the current app.

        :param contact: with an ``external_customer_id``; nothing else counts.
        :param erase: whether their history is erased, too, for good. A contact that is
            not erased is restored when they are synced again.
        :returns: whether the vendor knew the contact.
        :raises ValueError: if the contact has no ``external_customer_id``.
        :raises VendorError: with the cause, if that fails.
        """
        from ..client.contacts import delete_contact

        client = client_to_tell("delete_contact", connection)
        return delete_contact(client.api, contact, erase=erase) if client else False


def load_contacts(
    state: State, connection: str | None = None
) -> tuple[Iterator[Contact], int | None]:
    """Return every contact of the site, and how many there are if that is known.

    :param connection: whose contacts; the loader is called with it, if it is given.
    :raises LoaderError: if there is no loader, or it fails or returns anything else;
        the iterator raises it, too.
    """
    loader = state.loaders.contacts
    if loader is None:
        raise LoaderError(
            "The site does not say who its customers are. Register a function that "
            "returns an iterable of contacts with @app_inbox.contacts_loader."
        )
    load = _of_connection(loader, connection)
    with calling(_LOADER):
        contacts = call(load)
        length = operator.length_hint(contacts, -1)
    if not isinstance(contacts, Iterable):
        raise LoaderError(
            "The contacts_loader must return an iterable of contacts, not a "
            f"{type(contacts).__name__}."
        )
    return _checked(contacts), None if length < 0 else length


def _of_connection(
    loader: Callable[..., Any], connection: str | None
) -> Callable[[], Any]:
    """Return the loader of one connection's contacts.

    Without a connection's name, a loader returns everybody. These must not all reach
    the account of one connection.
    """
    names = () if connection is None else (connection,)
    if _takes(loader, names):
        return partial(loader, *names)
    raise LoaderError(
        "The contacts_loader takes the name of a connection: give it with --connection."
        if connection is None
        else "With --connection the contacts_loader is called with the connection's "
        "name, to return the customers of that one alone. Let it take the name."
    )


def _takes(loader: Callable[..., Any], names: Sequence[str]) -> bool:
    try:
        signature(loader).bind(*names)
    except TypeError:
        return False
    except ValueError:  # a builtin without a signature
        return not names
    return True


def _checked(contacts: Iterable[Any]) -> Iterator[Contact]:
    with calling(_LOADER):
        for contact in contacts:
            if not isinstance(contact, Contact):
                raise LoaderError(
                    "The contacts_loader must return an iterable of contacts, not of "
                    f"{type(contact).__name__}."
                )
            yield contact

"""What a site tells the vendor about its customers."""

from __future__ import annotations

import logging
import operator
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from ..client.api import VendorApi
from ..client.contact import Contact
from ..client.contacts import SyncResult, delete_contact, import_contacts
from ..errors import LoaderError
from ..web.loaders import call
from .state import Loaders, State, current_state

logger = logging.getLogger(__name__)

ContactsLoader = TypeVar("ContactsLoader", bound=Callable[[], Any])


class ContactCalls:
    """The part of :class:`AppInbox` that brings contacts to the vendor.

    While ``APP_INBOX_ENABLED`` is False its calls do nothing, and the log says so at
    debug level.
    """

    _loaders: Loaders

    def contacts_loader(self, loader: ContactsLoader) -> ContactsLoader:
        """Register the function that returns every customer, for ``sync``.

        It returns an iterable of contacts, such as a generator, in the same order each
        time.
        """
        self._loaders.contacts = loader
        return loader

    def sync_contact(self, contact: Contact) -> None:
        """Create or update a contact at the vendor, in the current app.

        The vendor refuses data that it was sent within the last minute; that is
        success. Changed data get through at once. But data that change and change back
        within a minute stay changed at the vendor: it takes the third call for the
        first one. Call again after a minute if that matters.

        :raises VendorError: with the cause, if that fails.
        """
        if _api("sync_contact"):
            current_state().client.sync_contact(contact)

    def sync_contacts(self, contacts: Iterable[Contact]) -> Iterator[SyncResult]:
        """Create or update many contacts at the vendor, in the current app.

        The vendor takes them at once and works on them later, a few minutes at most.
        Repeating an import is safe: each contact is found by their external id, else
        by their email, else by their phone. Only what a contact carries is replaced.

        Iterate within the app context: nothing is sent before the first result is
        asked for.

        :param contacts: any iterable; 3,000 at a time are taken from it.
        :returns: a result for each call to the vendor. A call that fails has its
            :class:`VendorError` as ``error``, and the next result is that of the next
            call.
        """
        api = _api("sync_contacts")
        return import_contacts(api, contacts) if api else iter(())

    def delete_contact(self, contact: Contact, erase: bool = False) -> bool:
        """Delete a contact at the vendor, in the current app.

        :param contact: with an ``external_customer_id``; nothing else counts.
        :param erase: whether their history is erased, too, for good. A contact that is
            not erased is restored when they are synced again.
        :returns: whether the vendor knew the contact.
        :raises ValueError: if the contact has no ``external_customer_id``.
        :raises VendorError: with the cause, if that fails.
        """
        api = _api("delete_contact")
        return delete_contact(api, contact, erase=erase) if api else False


def load_contacts(state: State) -> tuple[Iterator[Contact], int | None]:
    """Return every contact of the site, and how many there are if that is known.

    :raises LoaderError: if there is no loader, or it fails or returns anything else;
        the iterator raises it, too.
    """
    loader = state.loaders.contacts
    if loader is None:
        raise LoaderError(
            "The site does not say who its customers are. Register a function that "
            "returns an iterable of contacts with @app_inbox.contacts_loader."
        )
    try:
        contacts = call(loader)
        length = operator.length_hint(contacts, -1)
    except Exception as error:
        raise _failed(error) from error
    if not isinstance(contacts, Iterable):
        raise LoaderError(
            "The contacts_loader must return an iterable of contacts, not a "
            f"{type(contacts).__name__}."
        )
    return _checked(contacts), None if length < 0 else length


def _checked(contacts: Iterable[Any]) -> Iterator[Contact]:
    try:
        for contact in contacts:
            if not isinstance(contact, Contact):
                raise LoaderError(
                    "The contacts_loader must return an iterable of contacts, not of "
                    f"{type(contact).__name__}."
                )
            yield contact
    except LoaderError:
        raise
    except Exception as error:
        raise _failed(error) from error


def _failed(error: Exception) -> LoaderError:
    return LoaderError(f"The contacts_loader raised {type(error).__name__}.")


def _api(caller: str) -> VendorApi | None:
    """Return the vendor's API; None if the extension is switched off."""
    state = current_state()
    if state.settings.enabled:
        return state.client.api
    logger.debug("%s did nothing: APP_INBOX_ENABLED is False.", caller)
    return None

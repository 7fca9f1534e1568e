"""The names under which something about a contact is kept where processes share it."""

from __future__ import annotations

from functools import cached_property

from flask import Flask

from ..client.contact import IDENTIFIERS, Contact
from ..web.user_tag import keyed_tag
from .settings import Settings


class ContactKey:
    """A contact's keys: opaque, and different for every site and account.

    :param secret: of the site.
    :param account: what tells this site and its account from others.
    :param connection: the name of the OAuth connection, "" for the API key.
    :param identity: what tells the connection from others that had or will have its
        name: another account may be connected under it.
    """

    def __init__(
        self,
        secret: str | bytes,
        account: tuple[str, ...],
        connection: str,
        identity: str,
        contact: Contact,
    ) -> None:
        self._secret = secret
        self._account = account
        self._contact = contact
        #: Nobody but this contact, with all their identifiers, has it. The vendor does
        #: not say which of several identifiers goes first.
        words = (*account, connection, identity, *contact.identity)
        self.who = keyed_tag(secret, "flask-app-inbox contact", *words)

    @property
    def has_id(self) -> bool:
        """Whether the first of the names is made of the external id."""
        return self._contact.external_customer_id is not None

    @cached_property
    def names(self) -> tuple[str, ...]:
        """A name for each identifier, the one that tells most first.

        Another contact may have one of them, too.
        """
        words = ("flask-app-inbox identifier", *self._account)
        return tuple(
            keyed_tag(self._secret, *words, name, value.casefold())
            for name in IDENTIFIERS
            if (value := getattr(self._contact, name))
        )


def contact_key(
    app: Flask,
    settings: Settings,
    contact: Contact,
    connection: str,
    identity: str = "",
) -> ContactKey:
    """Return a contact's keys.

    :param connection: the name of the OAuth connection, "" for the API key.
    :param identity: of the connection; "" serves for what all its successors share.
    """
    owner = settings.api_key or settings.oauth_client_id or ""
    account = (settings.api_url, settings.messages_url, owner)
    key = site_key(app, settings)
    return ContactKey(key, account, connection, identity, contact)


def site_key(app: Flask, settings: Settings) -> str | bytes:
    """Return a secret of the site.

    An app without ``SECRET_KEY`` has no sessions that could change. There the vendor's
    key takes its place.
    """
    return app.secret_key or settings.api_key or settings.oauth_client_secret or ""

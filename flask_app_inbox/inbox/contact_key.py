"""The names under which something about a contact is kept where processes share it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask

from ..client.contact import IDENTIFIERS, Contact
from ..web.user_tag import keyed_tag
from .settings import Settings


@dataclass(frozen=True)
class ContactKey:
    """A contact's keys: opaque, and different for every site and account.

    :param who: nobody but this contact, with all their identifiers, has it.
    :param names: one for each identifier, the one that tells most first. Another
        contact may have one of them, too.
    :param has_id: whether the first is made of the external id.
    """

    who: str
    names: tuple[str, ...]
    has_id: bool


def contact_key(
    app: Flask, settings: Settings, contact: Contact, connection: str
) -> ContactKey:
    """Return a contact's keys.

    The vendor does not say which of several identifiers goes first. So what belongs to
    one contact alone is kept under all of them together.

    :param connection: the name of the OAuth connection, "" for the API key.
    """
    account = settings.api_key or settings.oauth_client_id or ""
    site = (settings.api_url, settings.messages_url, account)
    key = site_key(app, settings)
    return ContactKey(
        who=keyed_tag(
            key, "flask-app-inbox contact", *site, connection, *contact.identity
        ),
        names=tuple(
            keyed_tag(key, "flask-app-inbox identifier", *site, name, value.casefold())
            for name in IDENTIFIERS
            if (value := getattr(contact, name))
        ),
        has_id=contact.external_customer_id is not None,
    )


def site_key(app: Flask, settings: Settings) -> str | bytes:
    """Return a secret of the site.

    An app without ``SECRET_KEY`` has no sessions that could change. There the vendor's
    key takes its place.
    """
    return app.secret_key or settings.api_key or settings.oauth_client_secret or ""

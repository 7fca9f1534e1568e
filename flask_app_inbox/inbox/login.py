"""Who is logged in: Flask-Login's user as a contact, and a contact's user tag."""

from __future__ import annotations

import re
from collections.abc import Mapping
from inspect import getattr_static
from typing import Any

from flask import Flask

from ..client.contact import IDENTIFIERS, Contact
from ..errors import LoaderError
from ..oauth.status import DEFAULT_CONNECTION
from ..web.flask_login_user import flask_login_user, uses_flask_login
from ..web.loaders import calling
from ..web.this_app import this_app
from ..web.user_tag import keyed_tag
from .contact_key import site_key
from .settings import Settings


def user_tag(
    app: Flask,
    settings: Settings,
    contact: Contact,
    login: str | None = None,
    *,
    connection: str | None = None,
    key: str | bytes | None = None,
) -> str:
    """Return the opaque user tag of a contact; no two users have the same.

    Somebody who changes their own address stays who they are, as long as something
    else tells who that is: the login, else the contact's external id.

    :param login: the session's own id of the user that the contact was made of.
    :param connection: the name of the OAuth connection, if there is one. Tenants number
        their customers each for themselves.
    :param key: of the site; by default the one of now.
    """
    key = key or site_key(app, settings)
    # A site that has only one has the same tags as one with an API key.
    tenant = () if connection in (None, DEFAULT_CONNECTION) else (connection,)
    of = " of a connection" * bool(tenant)
    if login is not None:
        return keyed_tag(key, f"flask-app-inbox login{of}", *tenant, login)
    if contact.external_customer_id:
        contact = Contact(external_customer_id=contact.external_customer_id)
    return keyed_tag(key, f"flask-app-inbox user{of}", *tenant, *contact.identity)


def flask_login_id() -> str | None:
    """Return Flask-Login's id of the current user, None if the user has none.

    :raises LoaderError: if the user cannot tell it.
    """
    from flask_login import current_user

    with calling("get_id() of Flask-Login's user"):
        try:
            login = current_user.get_id()
        except NotImplementedError:  # of UserMixin, for users without an attribute `id`
            return None
        return None if login is None else str(login)


def load_flask_login_contact(
    fields: Mapping[str, str], verified_attribute: str | None
) -> Contact | None:
    """Make a contact of Flask-Login's current user.

    :param fields: maps fields of the contact to attributes of the user.
    :param verified_attribute: an attribute of the user that is true once they have
        proved their email; None: every email counts as proved.
    :returns: None if nobody is logged in, or nothing is known that may be sent.
    :raises LoaderError: without Flask-Login, if the user lacks an attribute, and if
        anything of the site raises.
    """
    if not uses_flask_login(this_app()):
        raise LoaderError(
            "This app has neither Flask-Login nor a contact_loader. Register "
            "one with @app_inbox.contact_loader."
        )
    user = flask_login_user()
    if user is None:
        return None
    values = {name: _attribute(user, path) for name, path in fields.items()}
    if verified_attribute:
        verified = _attribute(user, verified_attribute)
        with calling(f"user's {verified_attribute!r}"):
            if not verified:
                values.pop("email", None)
    for field in IDENTIFIERS:
        if not _is_blank(field, values.get(field)):
            return _contact_of(values)
    return None


def _is_blank(field: str, value: object) -> bool:
    if not isinstance(value, str):
        return value is None
    # "none" or "-" is not a phone.
    return not (re.search("[0-9]", value) if field == "phone" else value.strip())


def _attribute(user: Any, name: str) -> Any:
    with calling(f"user's {name!r}"):
        try:
            value = getattr(user, name)
        except AttributeError as error:
            if not _lacks(user, name, error):
                raise
            raise LoaderError(
                f"The user has no attribute {name!r}; see APP_INBOX_CONTACT_FIELDS "
                "and APP_INBOX_VERIFIED_ATTRIBUTE."
            ) from None
    if callable(value):
        # A bound method is always true: it would verify everybody's email.
        raise LoaderError(
            f"The user's {name!r} is a method. Name an attribute or a property."
        )
    return value


def _lacks(user: Any, name: str, error: AttributeError) -> bool:
    """Return whether the user has no such attribute, or something in it raised.

    The error alone does not tell: Python writes the attribute's name into one that a
    property raises without a name. A name that nothing defines may still be known to
    ``__getattr__``. Then an error about another name is one inside it.
    """
    nothing = object()
    if getattr_static(user, name, nothing) is not nothing:
        return False
    return error.name in (None, name)


def _contact_of(values: Mapping[str, Any]) -> Contact:
    try:
        return Contact(**values)
    except (TypeError, ValueError) as error:
        raise LoaderError(f"The mapped attributes make no contact: {error}") from error

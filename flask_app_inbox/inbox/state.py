"""The state of one app's inbox: one frozen object in ``app.extensions``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import Flask

from ..client.app_inbox import AppInboxClient
from ..client.contact import Contact
from ..client.deadline import Deadline
from ..errors import AppInboxError, LoaderError
from ..per_process import PerProcess
from ..web.assets import PageScript
from ..web.failure_log import FailureLog
from ..web.loaders import call_loader
from ..web.rate_limit import RateLimiter
from ..web.shared_store import SharedStore
from ..web.this_app import this_app
from ..web.user_tag import former_keys
from .login import flask_login_id, load_flask_login_contact, user_tag
from .settings import Settings

if TYPE_CHECKING:
    from ..oauth.connections import OAuthConnections
    from .inboxes import Inboxes

EXTENSION = "app_inbox"
#: What is raised for a call that wants something of the vendor.
SWITCHED_OFF = "APP_INBOX_ENABLED is False: no call to the vendor."


class Loaders:
    """Functions of the site that we call; each is optional."""

    contact: Callable[[], Any] | None = None
    contacts: Callable[..., Any] | None = None
    language: Callable[[], Any] | None = None
    owner: Callable[[], Any] | None = None
    connection: Callable[[], Any] | None = None
    texts: Callable[..., Any] | None = None

    def __init__(self, csp_nonce: Callable[[], Any] | None = None) -> None:
        self.csp_nonce = csp_nonce


@dataclass(frozen=True, eq=False, repr=False)
class State:
    """One app's inbox; without a client and inboxes it is switched off."""

    settings: Settings
    client: AppInboxClient | None
    #: Most sites with the vendor's bell never ask for them.
    later_inboxes: PerProcess[Inboxes] | None
    #: What processes share; raises where Redis does not work.
    store: SharedStore
    rate_limiter: RateLimiter
    script: PageScript
    embed_script: PageScript
    loaders: Loaders
    failures: FailureLog = field(default_factory=FailureLog)

    @property
    def inboxes(self) -> Inboxes | None:
        """What messages are read with, made when somebody asks for it."""
        return self.later_inboxes.get() if self.later_inboxes else None

    def contact(self) -> Contact | None:
        """Return the contact of this request, None if nobody is logged in.

        :raises LoaderError: if the site's loader fails or returns anything else.
        """
        loader = self.loaders.contact
        if loader is None:
            return load_flask_login_contact(
                self.settings.contact_fields, self.settings.verified_attribute
            )
        contact = call_loader("contact_loader", loader)
        if contact is None or isinstance(contact, Contact):
            return contact
        raise LoaderError(
            "The contact_loader must return a Contact or None, not a "
            f"{type(contact).__name__}."
        )

    def user_tag(self, contact: Contact) -> str:
        """Return the user tag of the contact that :meth:`contact` returned.

        :raises LoaderError: if Flask-Login's user cannot tell their id, or the site
            not the connection.
        """
        (tag,) = self._user_tags(contact, (None,))
        return tag

    def former_user_tags(self, contact: Contact) -> list[str]:
        """Return their tags under the keys that the site had before.

        :raises LoaderError: see :meth:`user_tag`.
        """
        keys = former_keys(this_app())
        return self._user_tags(contact, keys) if keys else []

    def _user_tags(
        self, contact: Contact, keys: Iterable[str | bytes | None]
    ) -> list[str]:
        login = flask_login_id() if self.loaders.contact is None else None
        connection = self.connection_name(None)
        words = (this_app(), self.settings, contact, login)
        return [user_tag(*words, connection=connection, key=key) for key in keys]

    def client_for(self, connection: str | None) -> AppInboxClient:
        """Return the client of an OAuth connection, in the current app.

        :param connection: its name; None: that of this request, or the API key.
        :raises AppInboxError: if the inbox is switched off.
        :raises ValueError: if the app has an API key and no connections.
        """
        if self.client is None:
            raise AppInboxError(SWITCHED_OFF)
        if connection is None:
            return self.client
        connections = self._connections()
        if connections is None:
            raise ValueError(
                f"There is no connection {connection!r}: this app has an API key."
            )
        return self.client.with_credentials(lambda: connections.credentials(connection))

    def connection_name(self, connection: str | None) -> str | None:
        """Return the name of the OAuth connection that a call uses.

        :param connection: the one that was asked for; None: that of this request.
        :returns: None if the app has an API key.
        :raises LoaderError: if the site cannot say which one this request's is.
        :raises ValueError: if one was asked for, and the app has an API key.
        """
        if connection is not None:
            self.client_for(connection)  # it knows whether there are any
            return connection
        connections = self._connections()
        return connections.current_name() if connections else None

    def connection_identity(self, name: str | None, deadline: Deadline) -> str:
        """Return what tells a connection from others that had or will have its name.

        :param name: None: the API key, which is its own identity.
        :raises ReconnectNeeded: if there is no such connection, or none any more.
        :raises StorageError: if it cannot be read.
        """
        connections = self._connections()
        if name is None or connections is None:
            return ""
        return connections.keeper(name).identity(deadline) or ""

    def known_identity(self, name: str | None) -> str | None:
        """Return the same without waiting for a database; None if it is not known."""
        if name is None:
            return ""
        connections = self._connections()
        return connections.store.known.find(name) if connections else None

    def _connections(self) -> OAuthConnections | None:
        """Return the OAuth connections of the current app; None: it has an API key."""
        if not self.settings.uses_oauth:
            return None
        # Most sites have an API key.
        from ..oauth.connections import current_connections

        return current_connections()


def current_state() -> State:
    """Return the inbox of the current app.

    :raises RuntimeError: if it has none.
    """
    return state_of(this_app())


def state_of(app: Flask) -> State:
    """Return the inbox of an app.

    :raises RuntimeError: if it has none.
    """
    state: State | None = app.extensions.get(EXTENSION)
    if state is None:
        raise RuntimeError("This app has no AppInbox. Call init_app(app) first.")
    return state

"""AppInbox: the extension that puts a vendor's bell into an app."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from flask import Flask

from .contact import Contact
from .errors import AppInboxError, ConfigError
from .rate_limit import RateLimiter
from .script import read_page_script
from .settings import Settings, read_settings
from .state import EXTENSION, Loaders, State, current_state
from .templating import app_inbox, app_inbox_anchor
from .vendor.app_inbox import AppInboxClient
from .views import blueprint

if TYPE_CHECKING:
    from .oauth import OAuthConnections

ContactLoader = TypeVar(
    "ContactLoader", bound=Callable[[], Contact | Awaitable[Contact | None] | None]
)
LanguageLoader = TypeVar("LanguageLoader", bound=Callable[[], object])
OwnerLoader = TypeVar("OwnerLoader", bound=Callable[[], object])
ConnectionLoader = TypeVar("ConnectionLoader", bound=Callable[[], object])


class AppInbox:
    """The App Inbox of eSputnik, Yespo or Reteno in a Flask app.

    :param app: the app; without it, call :meth:`init_app` later.
    :param csp_nonce: returns the nonce of the current page's
        Content-Security-Policy; by default the Jinja global ``csp_nonce``.
    :raises ConfigError: with every problem of the app's ``APP_INBOX_*`` settings.
    """

    def __init__(
        self, app: Flask | None = None, *, csp_nonce: Callable[[], str] | None = None
    ) -> None:
        self._loaders = Loaders(csp_nonce=csp_nonce)
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Read the app's settings, register the blueprint and the Jinja globals.

        :raises ConfigError: with every problem of the settings.
        :raises RuntimeError: if the app has an inbox already.
        """
        if EXTENSION in app.extensions:
            raise RuntimeError(
                "This app has an AppInbox already. Create one AppInbox() beside the "
                "factory and call init_app(app) once for each app."
            )
        settings = read_settings(app.config, app.root_path)
        if settings.enabled and app.url_map.host_matching:
            raise ConfigError(
                [
                    "Flask(host_matching=True) routes nothing to an extension that "
                    "does not know the hosts; leave it out, or set "
                    "APP_INBOX_ENABLED = False."
                ]
            )
        oauth = None
        if settings.enabled and settings.uses_oauth:
            oauth = _open_connections(app, settings, self._loaders)
        app.extensions[EXTENSION] = State(
            settings=settings,
            vendor=AppInboxClient(
                settings, credentials=oauth.credentials if oauth else None
            ),
            oauth=oauth,
            rate_limiter=RateLimiter(settings.rate_limit, settings.storage_url),
            script=read_page_script("app_inbox.js"),
            loaders=self._loaders,
        )
        if settings.enabled:
            app.register_blueprint(blueprint, url_prefix=settings.url_prefix)
        if oauth is not None:
            from .oauth_views import blueprint as oauth_blueprint

            app.register_blueprint(
                oauth_blueprint, url_prefix=f"{settings.url_prefix}/oauth"
            )
        app.jinja_env.globals.update(
            app_inbox=app_inbox, app_inbox_anchor=app_inbox_anchor
        )

    def contact_loader(self, loader: ContactLoader) -> ContactLoader:
        """Register what tells who is logged in: a Contact, or None for nobody.

        Without one, Flask-Login's current user is taken and his email sent.
        """
        self._loaders.contact = loader
        return loader

    def language_loader(self, loader: LanguageLoader) -> LanguageLoader:
        """Register what tells the page's language: "en", "uk", "pt-BR"."""
        self._loaders.language = loader
        return loader

    def owner_loader(self, loader: OwnerLoader) -> OwnerLoader:
        """Register what tells whether this request is the site's owner's.

        Only he sees the pages that connect the site to the vendor by OAuth; without
        a loader nobody does.
        """
        self._loaders.owner = loader
        return loader

    def connection_loader(self, loader: ConnectionLoader) -> ConnectionLoader:
        """Register what names this request's OAuth connection, such as a tenant.

        It returns a name, or None for the default one.
        """
        self._loaders.connection = loader
        return loader

    def issue_token(self, contact: Contact) -> str:
        """Mint a token for a contact at the vendor, in the current app.

        :returns: the token, "" for a contact that the vendor does not know.
        :raises VendorError: with the cause, if the vendor gives none.
        """
        return _enabled_state().vendor.issue_token(contact)

    def sync_contact(self, contact: Contact) -> None:
        """Create or update a contact at the vendor, in the current app.

        :raises VendorError: with the cause, if the vendor does not.
        """
        _enabled_state().vendor.sync_contact(contact)


def _enabled_state() -> State:
    state = current_state()
    if not state.settings.enabled:
        raise AppInboxError("APP_INBOX_ENABLED is False: no call to the vendor.")
    return state


def _open_connections(
    app: Flask, settings: Settings, loaders: Loaders
) -> OAuthConnections:
    # What this imports is an extra, and most sites have an API key.
    from .oauth import open_connections

    return open_connections(app, settings, loaders)

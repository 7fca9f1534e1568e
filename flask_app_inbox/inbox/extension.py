"""AppInbox: the extension that puts a vendor's bell into an app."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakSet

from flask import Flask

from ..client.api import VendorApi
from ..client.app_inbox import AppInboxClient
from ..client.contact import Contact
from ..client.credentials import ApiKey, Credentials
from ..client.transport import Transport
from ..oauth.settings import PREFIX
from ..per_process import PerProcess
from ..web.assets import read_script
from ..web.blueprint import claim_prefix
from ..web.meant_app import meant_app
from ..web.rate_limit import RateLimiter
from ..web.shared_store import SharedStore, open_store
from ..web.template_calls import add_template_calls
from .commands import add_commands
from .contacts import ContactCalls
from .embed import EMBED_SCRIPT
from .events import EventCalls
from .message_calls import MessageCalls
from .own_routes import add_own_routes
from .page import PAGE_SCRIPT, app_inbox, app_inbox_anchor
from .settings import Settings, read_settings
from .state import EXTENSION, Loaders, State, current_state, state_of
from .token import blueprint, issue_token, script_blueprint

if TYPE_CHECKING:
    from ..bell.wording import Texts
    from ..web.csp import Policy
    from .inboxes import Inboxes

ContactLoader = TypeVar(
    "ContactLoader", bound=Callable[[], Contact | Awaitable[Contact | None] | None]
)
LanguageLoader = TypeVar("LanguageLoader", bound=Callable[[], object])
OwnerLoader = TypeVar("OwnerLoader", bound=Callable[[], object])
ConnectionLoader = TypeVar("ConnectionLoader", bound=Callable[[], object])
TextsLoader = TypeVar("TextsLoader", bound="Callable[[str, Texts], object]")


blueprint.record(add_own_routes)


class AppInbox(ContactCalls, EventCalls, MessageCalls):
    """The App Inbox of eSputnik, Yespo or Reteno in a Flask app.

    :param app: the app; without it, call :meth:`init_app` later.
    :param csp_nonce: returns the nonce of the current page's
        Content-Security-Policy; by default the Jinja global ``csp_nonce``.
    :raises ConfigError: with everything wrong in the app's ``APP_INBOX_*`` settings.
    """

    def __init__(
        self, app: Flask | None = None, *, csp_nonce: Callable[[], str] | None = None
    ) -> None:
        self._loaders = Loaders(csp_nonce=csp_nonce)
        # To find the app that is meant when no app is current.
        self._apps: WeakSet[Flask] = WeakSet()
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Read the app's settings, register the blueprint and the Jinja globals.

        :raises ConfigError: with everything wrong in the settings.
        :raises RuntimeError: if the app has an inbox already.
        """
        if EXTENSION in app.extensions:
            raise RuntimeError(
                "This app has an AppInbox already. Create one AppInbox() beside the "
                "factory and call init_app(app) once for each app."
            )
        settings = read_settings(app.config, app.root_path)
        claim_prefix(app, settings.url_prefix, f"{PREFIX}URL_PREFIX")
        client = self._client(app, settings) if settings.enabled else None
        store = open_store(settings.storage_url, patience=settings.storage_timeout)
        app.extensions[EXTENSION] = State(
            settings=settings,
            client=client,
            later_inboxes=_later_inboxes(app, settings, client, store),
            store=store,
            rate_limiter=RateLimiter(
                settings.rate_limit if client else None,
                settings.storage_url,
                patience=settings.storage_timeout,
            ),
            script=read_script(*PAGE_SCRIPT),
            embed_script=read_script(*EMBED_SCRIPT),
            loaders=self._loaders,
        )
        self._apps.add(app)
        app.register_blueprint(
            blueprint if settings.enabled else script_blueprint,
            url_prefix=settings.url_prefix,
        )
        # Switched off, too: `check` tells why there is no bell.
        blueprint.cli.offer(
            app, "app-inbox", "App Inbox: the vendor's bell on this site.", add_commands
        )
        add_template_calls(app, app_inbox=app_inbox, app_inbox_anchor=app_inbox_anchor)

    def _client(self, app: Flask, settings: Settings) -> AppInboxClient:
        if not settings.uses_oauth:
            return make_client(settings)
        # These need extras, and most sites have an API key.
        from ..oauth.connections import open_connections
        from ..oauth.pages import blueprint as pages

        connections = open_connections(
            app,
            settings,
            api_url=settings.api_url,
            timeout=settings.timeout,
            max_concurrent=settings.max_concurrent,
            proxy=settings.proxy,
            owner_loader=lambda: self._loaders.owner,
            connection_loader=lambda: self._loaders.connection,
        )
        app.register_blueprint(pages, url_prefix=f"{settings.url_prefix}/oauth")
        return make_client(settings, credentials=connections.credentials)

    def contact_loader(self, loader: ContactLoader) -> ContactLoader:
        """Register the function that returns the current contact, None for nobody.

        By default the contact is Flask-Login's current user, by their email.
        """
        self._loaders.contact = loader
        return loader

    def language_loader(self, loader: LanguageLoader) -> LanguageLoader:
        """Register the function that returns the page's language: "en", "pt-BR"."""
        self._loaders.language = loader
        return loader

    def texts_loader(self, loader: TextsLoader) -> TextsLoader:
        """Register the function that returns what the site's own bell says.

        It gets a language that we have texts in, and those texts: a frozen dataclass
        whose fields :class:`~flask_app_inbox.bell.wording.Texts` explains. It returns
        them changed, as ``dataclasses.replace(texts, title="News")``. A text may be
        lazy.
        """
        self._loaders.texts = loader
        return loader

    def owner_loader(self, loader: OwnerLoader) -> OwnerLoader:
        """Register the function that says whether the site's owner is logged in.

        Only the owner sees the pages that connect the site to the vendor by OAuth.
        Without a loader nobody sees them.
        """
        self._loaders.owner = loader
        return loader

    def connection_loader(self, loader: ConnectionLoader) -> ConnectionLoader:
        """Register the function that names this request's OAuth connection.

        It returns a name, such as a tenant's, or None for the default connection.
        """
        self._loaders.connection = loader
        return loader

    def issue_token(self, contact: Contact, *, connection: str | None = None) -> str:
        """Issue a token to a contact, in the current app.

        :param connection: the OAuth connection to use; by default this request's.
        :returns: the token, "" for a contact that the vendor does not know.
        :raises VendorError: with the cause, if the vendor issues none.
        """
        return issue_token(current_state(), contact, connection=connection)

    def connection_status(
        self, *, connection: str | None = None
    ) -> dict[str, Any] | None:
        """Return how an OAuth connection is doing, without its secrets.

        It is an entry of what ``flask app-inbox oauth status --json`` prints, with
        times in ISO 8601, UTC. ``connection`` is its name; ``state`` is ``connected``,
        ``reconnect_needed`` or ``not_connected``. A connection that exists also has
        ``account``, ``script_id``, ``connected_at``, ``last_refresh``, ``expires_at``,
        ``refresh_expires_at`` and ``problem``. ``account`` may hold personal data.

        The vendor is not asked.

        :param connection: the connection's name; by default this request's.
        :returns: None for an app with an API key, and for one whose inbox is switched
            off.
        :raises LoaderError: if the ``connection_loader`` returns no usable name.
        :raises StorageError: if the connection cannot be read or decrypted.
        :raises RuntimeError: if the current app has no inbox.
        """
        current_state()
        from ..oauth.connections import current_connections

        connections = current_connections()
        return connections.status(connection) if connections else None

    def csp_sources(
        self, into: Policy | None = None, *, app: Flask | None = None
    ) -> dict[str, list[str]]:
        """Return what a Content-Security-Policy must allow for the bell.

        With the widget ``site`` that is this site itself, and pictures of messages by
        ``https:``. With the widget ``vendor`` it is the platform:

        The vendor documents the host in ``script-src``. Likely, but not documented, are
        ``connect-src`` with the platform's own domains and ``img-src`` with
        ``https:``. Nobody says whether the widget needs inline styles, so
        ``style-src`` is left out.

        :param into: the site's own policy, Talisman's dict or werkzeug's
            ``ContentSecurityPolicy``. It is not changed; the result is the whole
            policy.
        :param app: by default the current app, or the only app that this extension
            was initialised for.
        :returns: lists of sources by directive.
        :raises RuntimeError: before ``init_app``, and if it is not clear which app is
            meant.
        """
        from .csp import csp_sources

        app = app or meant_app(self._apps, "csp_sources()")
        return csp_sources(state_of(app).settings, into)


def _later_inboxes(
    app: Flask, settings: Settings, client: AppInboxClient | None, store: SharedStore
) -> PerProcess[Inboxes] | None:
    if client is None:
        return None
    transport = client.api.transport

    def make() -> Inboxes:
        from .inboxes import make_inboxes

        return make_inboxes(
            app,
            settings,
            transport,
            store,
            hears_news=settings.webhook_password is not None,
        )

    return PerProcess(make, remembers=False)


def make_client(
    settings: Settings,
    transport: Transport | None = None,
    credentials: Callable[[], Credentials] | None = None,
) -> AppInboxClient:
    """Return the client of an app.

    :param credentials: returns those of the current call; by default the API key.
    """
    api_key = ApiKey(settings.api_key or "")
    api = VendorApi(
        settings.api_url,
        transport
        or Transport(max_concurrent=settings.max_concurrent, proxy=settings.proxy),
        credentials or (lambda: api_key),
        timeout=settings.timeout,
    )
    return AppInboxClient(
        api,
        token_path=settings.token_path,
        create_contacts=settings.create_contacts,
    )

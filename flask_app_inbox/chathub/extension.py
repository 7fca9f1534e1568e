"""ChatHub: the extension that gives a site's staff the vendor's operator panel."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakSet

from flask import Flask

from ..client.chathub import ChatHubClient, Credentials
from ..client.chathub_answers import (
    Operator,
    OperatorToken,
    Organization,
    Validation,
)
from ..client.transport import Transport
from ..errors import AppInboxError
from ..web.assets import read_script
from ..web.blueprint import claim_prefix
from ..web.csp import origin_of
from ..web.meant_app import meant_app
from ..web.rate_limit import RateLimiter
from ..web.template_calls import add_template_calls
from .endpoints import blueprint, script_blueprint
from .page import chathub
from .settings import PREFIX, ChatHubSettings, read_settings
from .state import EXTENSION, Loaders, Scripts, State, current_state, state_of
from .tokens import OperatorTokens

if TYPE_CHECKING:
    from click import Group

OperatorLoader = TypeVar(
    "OperatorLoader",
    bound=Callable[[], Mapping[str, int] | Awaitable[Mapping[str, int] | None] | None],
)
LanguageLoader = TypeVar("LanguageLoader", bound=Callable[[], object])


class ChatHub:
    """The operator panel of SMSBAT's ChatHub in a Flask app.

    Nobody is an operator until an :meth:`operator_loader` says who is.

    :param app: the app; without it, call :meth:`init_app` later.
    :param csp_nonce: returns the nonce of the current page's
        Content-Security-Policy; by default the Jinja global ``csp_nonce``.
    :raises ConfigError: with everything wrong in the app's ``CHATHUB_*`` settings.
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
        """Read the app's settings, register the blueprint and the Jinja global.

        :raises ConfigError: with everything wrong in the settings, and if the extra is
            not installed.
        :raises RuntimeError: if the app has an operator panel already.
        """
        if EXTENSION in app.extensions:
            raise RuntimeError(
                "This app has a ChatHub already. Create one ChatHub() beside the "
                "factory and call init_app(app) once for each app."
            )
        settings = read_settings(app.config)
        claim_prefix(app, settings.url_prefix, f"{PREFIX}URL_PREFIX")
        client = _client(settings) if settings.enabled else None
        app.extensions[EXTENSION] = State(
            settings=settings,
            client=client,
            tokens=OperatorTokens(settings, client, app.secret_key) if client else None,
            rate_limiter=RateLimiter(
                settings.rate_limit,
                settings.storage_url if client else "memory://",
                patience=settings.storage_timeout,
            ),
            scripts=Scripts(
                page=read_script(
                    "web/static/site_endpoint.js",
                    "web/static/make_element.js",
                    "web/static/who_is_here.js",
                    "web/static/page_changes.js",
                    "chathub/static/panel_events.js",
                    "chathub/static/panel_style.js",
                    "chathub/static/panel_notice.js",
                    "chathub/static/operator_tokens.js",
                    "chathub/static/panel_frames.js",
                    "chathub/static/operator_panel.js",
                    "chathub/static/chathub.js",
                ),
                frame=read_script("chathub/static/chathub_frame.js"),
            ),
            loaders=self._loaders,
        )
        self._apps.add(app)
        app.register_blueprint(
            blueprint if settings.enabled else script_blueprint,
            url_prefix=settings.url_prefix,
        )
        if settings.enabled:
            blueprint.cli.offer(
                app,
                "chathub",
                "ChatHub: the vendor's operator panel for your staff.",
                _add_commands,
            )
        add_template_calls(app, chathub=chathub)

    def operator_loader(self, loader: OperatorLoader) -> OperatorLoader:
        """Register the function that returns which operators the current user is.

        It returns a dict that maps an organization's alias, which the site chooses, to
        the vendor's id of the operator: ``{"sales": 101}``. It returns ``{}`` for a
        user who is no operator and None if nobody is logged in. Without a loader
        nobody gets a token.
        """
        self._loaders.operators = loader
        return loader

    def language_loader(self, loader: LanguageLoader) -> LanguageLoader:
        """Register the function that returns the page's language: "en", "pt-BR"."""
        self._loaders.language = loader
        return loader

    def organizations(self) -> list[Organization]:
        """List the company's organizations at the vendor, in the current app.

        :raises VendorError: with the cause, if that fails.
        """
        return _enabled_client().organizations()

    def operators(self, organization: int) -> list[Operator]:
        """List the active operators of an organization, in the current app.

        :param organization: the vendor's id.
        :raises VendorError: with the cause, if that fails.
        """
        return _enabled_client().operators(organization)

    def validate(self, token: str) -> Validation:
        """Ask the vendor whether an operator token is good.

        :returns: an object that is truthy only if the token is good.
        :raises VendorError: with the cause, if the vendor does not say.
        """
        return _enabled_client().validate(token)

    def issue_token(self, operator: int) -> OperatorToken:
        """Return an operator's token, issued now or a little earlier.

        Whoever holds it can act as that operator, so give it to nobody else.

        :param operator: the vendor's id.
        :raises VendorError: with the cause, if the vendor issues none.
        """
        tokens = current_state().tokens
        if tokens is None:
            raise AppInboxError(_SWITCHED_OFF)
        return tokens.issue(operator)

    def csp_sources(self, *, app: Flask | None = None) -> Mapping[str, list[str]]:
        """Return what a Content-Security-Policy must allow for the panel.

        The vendor documents only the hosts of script and API. The sources of styles,
        pictures and sounds are what a chat usually needs; a real account has to
        confirm them. The panel is in a frame of this site, so only ``frame-src`` is
        needed in other pages than ``<prefix>/panel``.

        :param app: by default the current app, or the only app that this extension
            was initialised for.
        :returns: lists of sources by directive.
        :raises RuntimeError: before ``init_app``, and if it is not clear which app is
            meant.
        """
        settings = state_of(app or meant_app(self._apps, "csp_sources()")).settings
        script, api = origin_of(settings.script_url), origin_of(settings.api_url)
        return {
            "script-src": ["'self'", script],
            "connect-src": ["'self'", api, "ws" + api.removeprefix("http"), script],
            "style-src": ["'self'", "'unsafe-inline'", script],
            "img-src": ["'self'", "data:", "blob:", "https:"],
            "media-src": ["'self'", "data:", "blob:", "https:"],
            "font-src": ["'self'", "data:", script],
            "frame-src": ["'self'"],
        }


_SWITCHED_OFF = "CHATHUB_ENABLED is False: no call to the vendor."


def _add_commands(group: Group) -> None:
    from .commands import add_commands

    add_commands(group)


def _client(settings: ChatHubSettings) -> ChatHubClient:
    return ChatHubClient(
        settings.api_url,
        Credentials(settings.key, settings.login, settings.password),
        Transport(max_concurrent=settings.max_concurrent, proxy=settings.proxy),
        timeout=settings.timeout,
    )


def _enabled_client() -> ChatHubClient:
    client = current_state().client
    if client is None:
        raise AppInboxError(_SWITCHED_OFF)
    return client

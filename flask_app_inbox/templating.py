"""The two Jinja globals."""

from __future__ import annotations

import logging
import re
from typing import Any

from flask import current_app, has_request_context, request, url_for
from markupsafe import Markup

from .callbacks import call
from .errors import LoaderError
from .guards import user_tag
from .languages import two_letters
from .state import State, current_state

logger = logging.getLogger(__name__)

DEFAULT_LANGUAGE = "en"

_RENDERED = "flask_app_inbox.rendered"
_NONCE = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")


def app_inbox_anchor() -> Markup:
    """Render the element that the bell is inserted at, for whoever is here."""
    settings = current_state().settings
    if not settings.enabled:
        return Markup()
    return _render("app_inbox/anchor.html", anchor=settings.anchor_element)


def app_inbox(nonce: str | None = None) -> Markup:
    """Render the page script with its settings, and hints for the vendor's.

    :param nonce: of the page's Content-Security-Policy; by default that of the
        callable given to the extension, else of the global ``csp_nonce``.
    :returns: nothing outside a request, for a second call in one, and for a
        visitor who is not logged in, unless ``APP_INBOX_ANONYMOUS`` is
        ``tracking``.
    """
    state = current_state()
    settings = state.settings
    if not settings.enabled or not has_request_context():
        return Markup()
    try:
        contact = state.contact()
    except LoaderError as error:
        logger.error("App Inbox is left out of this page: %s", error)
        return Markup()
    if contact is None and settings.anonymous == "nothing":
        return Markup()
    if request.environ.get(_RENDERED):
        logger.warning(
            "app_inbox() was called twice in one page; the second call renders "
            "nothing, since the vendor wants one init per page."
        )
        return Markup()
    request.environ[_RENDERED] = True
    return _render(
        "app_inbox/script.html",
        settings=settings,
        features=dict(settings.features),
        nonce=_nonce(state, nonce),
        source=url_for("app_inbox.script", fingerprint=state.script.fingerprint),
        token_url=url_for("app_inbox.token") if contact else None,
        user=user_tag(current_app, settings, contact) if contact else None,
        language=_language(state) if contact else None,
    )


def _render(template: str, **values: object) -> Markup:
    html = current_app.jinja_env.get_template(template).render(values)
    return Markup(html)  # noqa: S704 - Jinja has escaped the values


def _language(state: State) -> str:
    """Return the page's language: loader, setting, Flask-Babel, English."""
    loader = state.loaders.language
    if loader is not None:
        given = call(loader)
        code = two_letters(given)
        if code is not None:
            return code
        if given is not None:
            logger.warning("The language_loader returned no language of ISO 639-1.")
    if state.settings.language is not None:
        return state.settings.language
    return _babel_language() or DEFAULT_LANGUAGE


def _babel_language() -> str | None:
    if "babel" not in current_app.extensions:
        return None
    from flask_babel import get_locale

    return two_letters(str(get_locale()))


def _nonce(state: State, nonce: str | None) -> str | None:
    if nonce is None:
        nonce = _nonce_of_page(state)
    if not nonce:
        return None
    if not isinstance(nonce, str) or not _NONCE.fullmatch(nonce):
        logger.warning("The nonce for app_inbox() is no base64 text; it is left out.")
        return None
    return nonce


def _nonce_of_page(state: State) -> Any:
    source: Any = state.loaders.csp_nonce
    if source is None:
        source = current_app.jinja_env.globals.get("csp_nonce")
    return call(source) if callable(source) else source

"""The two Jinja globals."""

from __future__ import annotations

import logging
from functools import cache, lru_cache
from urllib.parse import urljoin

from flask import has_request_context, request
from flask.globals import app_ctx
from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from .errors import LoaderError
from .guards import user_tag
from .languages import page_language
from .nonce import page_nonce
from .state import current_state

logger = logging.getLogger(__name__)

_RENDERED = "flask_app_inbox.rendered"

# Where the nonce and the user's tag go into a script tag that is kept.
_NONCE = "\0nonce\0"
_USER = "\0user\0"


def app_inbox_anchor() -> Markup:
    """Render the element that the bell is inserted at, for whoever is here."""
    settings = current_state().settings
    if not settings.enabled:
        return Markup()
    return render(
        "app_inbox/anchor.html",
        anchor=settings.anchor_element,
        place=settings.anchor_has_place,
    )


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
    app = app_ctx.app  # the proxy would be asked for each attribute
    environ = request.environ
    try:
        contact = state.contact()
    except LoaderError as error:
        logger.error(
            "App Inbox is left out of this page: %s", error, exc_info=error.__cause__
        )
        return Markup()
    if contact is None and settings.anonymous == "nothing":
        return Markup()
    if environ.get(_RENDERED):
        logger.warning(
            "app_inbox() was called twice in one page; the second call renders "
            "nothing, since the vendor wants one init per page."
        )
        return Markup()
    environ[_RENDERED] = True
    nonce = page_nonce(app, nonce, state.loaders.csp_nonce)
    tag = _script_tag(
        app.url_for("app_inbox.token"),
        state.script.fingerprint,
        settings.script_source,
        settings.init_form,
        settings.anchor,
        tuple(settings.features.items()),
        page_language(app, state.loaders.language, settings.language)
        if contact
        else None,
        nonce is not None,
    )
    if nonce:
        tag = tag.replace(_NONCE, nonce)
    return tag.replace(_USER, user_tag(app, settings, contact)) if contact else tag


@lru_cache(maxsize=256)
def _script_tag(
    token_url: str,
    fingerprint: str,
    script_source: str | None,
    form: str,
    anchor: str,
    features: tuple[tuple[str, bool], ...],
    language: str | None,
    with_nonce: bool,
) -> Markup:
    """Render what the pages of an app have in common.

    What differs in each page is left open; Markup escapes it when it goes in.

    :param language: None for a visitor who is not logged in.
    """
    return render(
        "app_inbox/script.html",
        # Both are routes of one blueprint, side by side.
        source=urljoin(token_url, f"app_inbox.{fingerprint}.js"),
        token_url=token_url if language else None,
        script_source=script_source,
        form=form,
        anchor=anchor,
        features=dict(features),
        language=language,
        nonce=_NONCE if with_nonce else None,
        user=_USER,
    )


def render(template: str, **values: object) -> Markup:
    """Render one of our templates."""
    html = _templates().get_template(template).render(values)
    return Markup(html)  # noqa: S704 - Jinja has escaped the values


@cache
def _templates() -> Environment:
    """Return an environment of our own: sites change delimiters and escaping."""
    return Environment(
        loader=PackageLoader("flask_app_inbox"), autoescape=True, auto_reload=False
    )

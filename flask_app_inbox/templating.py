"""The two Jinja globals."""

from __future__ import annotations

import logging

from flask import current_app, has_request_context, request, url_for
from markupsafe import Markup

from .errors import LoaderError
from .guards import user_tag
from .languages import page_language
from .nonce import page_nonce
from .state import current_state

logger = logging.getLogger(__name__)

_RENDERED = "flask_app_inbox.rendered"


def app_inbox_anchor() -> Markup:
    """Render the element that the bell is inserted at, for whoever is here."""
    settings = current_state().settings
    if not settings.enabled:
        return Markup()
    return render("app_inbox/anchor.html", anchor=settings.anchor_element)


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
    return render(
        "app_inbox/script.html",
        settings=settings,
        features=dict(settings.features),
        nonce=page_nonce(nonce, state.loaders.csp_nonce),
        source=url_for("app_inbox.script", fingerprint=state.script.fingerprint),
        token_url=url_for("app_inbox.token") if contact else None,
        user=user_tag(current_app, settings, contact) if contact else None,
        language=page_language(state.loaders.language, settings.language)
        if contact
        else None,
    )


def render(template: str, **values: object) -> Markup:
    """Render one of our templates, autoescaped."""
    html = current_app.jinja_env.get_template(template).render(values)
    return Markup(html)  # noqa: S704 - Jinja has escaped the values

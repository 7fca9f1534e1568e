"""A page is rendered: the two Jinja globals."""

from __future__ import annotations

import logging

from flask import has_request_context, request
from flask.globals import app_ctx
from markupsafe import Markup

from ..client.contact import Contact
from ..errors import LoaderError
from ..web.assets import render
from ..web.loaders import page_language, page_nonce
from .login import user_tag
from .script_source import script_source
from .state import State, current_state

logger = logging.getLogger(__name__)

#: The files that make our page script.
PAGE_SCRIPT = ("web/static/site_endpoint.js", "inbox/static/app_inbox.js")

_RENDERED = "flask_app_inbox.rendered"


def app_inbox_anchor() -> Markup:
    """Render the element where the bell is inserted, for every visitor.

    :returns: nothing if ``APP_INBOX_ANCHOR`` is not a simple selector; then the site
        writes the element itself.
    """
    settings = current_state().settings
    if not settings.enabled:
        return Markup()
    anchor = settings.anchor_element
    if anchor is None:
        logger.error(
            "app_inbox_anchor() renders nothing: no element can be made of "
            "APP_INBOX_ANCHOR, which is not a simple selector such as #app-inbox. "
            "Write an element that it matches into your layout, in place of the call."
        )
        return Markup()
    return render(
        __package__, "anchor.html", anchor=anchor, place=settings.anchor_has_place
    )


def app_inbox(nonce: str | None = None) -> Markup:
    """Render the page script with its settings, and hints for the vendor's.

    :param nonce: of the page's Content-Security-Policy; by default from the extension's
        ``csp_nonce``, else from the Jinja global of that name.
    :returns: nothing outside a request and for a second call in one; nothing for a
        visitor who is not logged in, unless ``APP_INBOX_ANONYMOUS`` is ``tracking``.
    """
    state = current_state()
    if not state.settings.enabled or not has_request_context():
        return Markup()
    try:
        contact = state.contact()
    except LoaderError as error:
        logger.error("This page has no App Inbox: %s", error, exc_info=error.__cause__)
        return Markup()
    if contact is None and state.settings.anonymous == "nothing":
        return Markup()
    environ = request.environ
    if environ.get(_RENDERED):
        logger.warning(
            "app_inbox() was called twice in one page. The second call renders "
            "nothing, because the vendor wants one init per page."
        )
        return Markup()
    environ[_RENDERED] = True
    return _render_script(state, contact, nonce)


def _render_script(state: State, contact: Contact | None, nonce: str | None) -> Markup:
    settings = state.settings
    app = app_ctx.app  # the proxy would be asked for each attribute
    token_url = app.url_for("app_inbox.token")
    # The site's url_defaults may add a query.
    folder = token_url.partition("?")[0].rpartition("/")[0]
    values: dict[str, object] = {
        # The script's route is beside the token's; a second url_for() costs more.
        "source": f"{folder}/app_inbox.{state.script.fingerprint}.js",
        "script_source": script_source(settings),
        "features": dict(settings.features),
        "nonce": page_nonce(app, nonce, state.loaders.csp_nonce),
    }
    if contact is not None:
        values |= {
            "token_url": token_url,
            "user": user_tag(app, settings, contact),
            "language": page_language(app, state.loaders.language, settings.language),
            "form": settings.init_form,
            "anchor": settings.anchor,
        }
    return render(__package__, "script.html", **values)

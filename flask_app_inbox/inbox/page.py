"""A page is rendered: the two Jinja globals."""

from __future__ import annotations

import logging

from flask import Flask, has_request_context, request
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from ..errors import LoaderError
from ..web.assets import render
from ..web.loaders import page_language, page_nonce
from ..web.this_app import this_app
from .bell import own_bell, own_script
from .script_source import script_source
from .state import State, current_state, state_of

logger = logging.getLogger(__name__)

#: The files that start the inbox in a page, whoever calls them.
INBOX_SCRIPT = (
    "web/static/site_endpoint.js",
    "web/static/who_is_here.js",
    "web/static/page_changes.js",
    "inbox/static/inbox_events.js",
    "inbox/static/one_init.js",
    "inbox/static/vendor_script.js",
    "inbox/static/vendor_bell.js",
    "inbox/static/token_source.js",
    "inbox/static/app_inbox.js",
)
#: The files that make our page script.
PAGE_SCRIPT = (*INBOX_SCRIPT, "inbox/static/page.js")

_RENDERED = "flask_app_inbox.rendered"


def app_inbox_anchor() -> Markup:
    """Render the element where the bell is inserted, for every visitor.

    :returns: nothing if ``APP_INBOX_ANCHOR`` is not a simple selector; then the site
        writes the element itself.
    """
    state = current_state()
    settings = state.settings
    if not settings.enabled:
        return Markup()
    if settings.draws_own_bell:
        return own_bell(this_app(), state)
    anchor = settings.anchor_element
    if anchor is None:
        logger.error(
            "app_inbox_anchor() renders nothing: no element can be made of "
            "APP_INBOX_ANCHOR, which is not a simple selector such as #app-inbox. "
            "Write an element that it matches into your layout, in place of the call."
        )
        return Markup()
    return render(__package__, "anchor.html", anchor=anchor)


def app_inbox(nonce: str | None = None) -> Markup:
    """Render the page script with its settings, and hints for the vendor's.

    Where the page carries the vendor's snippet, the script makes the one ``init`` of
    every page: with the inbox for a contact, without it for everybody else, and if a
    loader fails or the extension is switched off.

    :param nonce: of the page's Content-Security-Policy; by default from the extension's
        ``csp_nonce``, else from the Jinja global of that name.
    :returns: nothing outside a request and for a second call in one page; without an
        inbox, nothing unless ``APP_INBOX_ANONYMOUS`` is ``tracking``.
    """
    app = this_app()
    state = state_of(app)
    settings = state.settings
    if not settings.serves_script or not has_request_context():
        return Markup()
    # Our routes are there on every host, so a path is enough.
    folder = f"{request.script_root}{settings.url_prefix}"
    if settings.draws_own_bell:
        return own_script(app, state, page_nonce(app, nonce, state.loaders.csp_nonce))
    inbox = _inbox(app, state, folder) if settings.enabled else {}
    if not inbox and settings.anonymous == "nothing":
        return Markup()
    environ = request.environ
    if environ.get(_RENDERED):
        logger.warning(
            "app_inbox() was called twice in one page. The second call renders "
            "nothing, because the vendor wants one init per page."
        )
        return Markup()
    environ[_RENDERED] = True
    return render(
        __package__,
        "script.html",
        source=f"{folder}/app_inbox.{state.script.fingerprint}.js",
        script_source=script_source(settings),
        vendor=settings.scripts_url,
        consent=settings.consent,
        features=dict(settings.features),
        nonce=page_nonce(app, nonce, state.loaders.csp_nonce),
        **inbox,
    )


def begin_page(_app: Flask, **_data: object) -> None:
    """Begin another page of the same request, such as a mail or an error page.

    It receives Flask's signal that a template is about to be rendered.
    """
    if has_request_context():
        request.environ.pop(_RENDERED, None)


def _address(app: Flask, folder: str, route: str) -> str:
    """Return the address of a route of ours, as ``url_for()`` does.

    Asking it takes as long as a third of the tag, so it is asked only where the site
    has defaults for all of its addresses. They may add a query.

    :param folder: the path of our routes.
    """
    if None in app.url_default_functions:
        return app.url_for(f"app_inbox.{route}")
    return f"{folder}/{route}"


def _inbox(app: Flask, state: State, folder: str) -> dict[str, object]:
    """Return the script's settings for this request's contact.

    :param folder: the path of our routes.
    :returns: nothing if nobody is logged in, or if a loader of the site fails: that
        costs the inbox, not the page and not its ``init``.
    """
    settings = state.settings
    try:
        contact = state.contact()
        if contact is None:
            return {}
        language = page_language(app, state.loaders.language, settings.language)
    except LoaderError as error:
        logger.error("This page has no App Inbox: %s", error, exc_info=error.__cause__)
        return {}
    except HTTPException as error:
        # The page may be the error page of a loader that calls abort().
        logger.error("This page has no App Inbox: a loader aborts with %s.", error.code)
        return {}
    return {
        "token_url": _address(app, folder, "token"),
        "user_url": _address(app, folder, "user"),
        "user": state.user_tag(contact),
        "language": language,
        "form": settings.init_form,
        "anchor": settings.anchor,
        "position": settings.position,
    }

"""A page is rendered: the two Jinja globals."""

from __future__ import annotations

import logging

from flask import Flask, has_request_context, request
from markupsafe import Markup

from ..errors import LoaderError
from ..web.addresses import address_under, own_folder
from ..web.assets import render
from ..web.loaders import page_language, page_nonce
from ..web.losses import log_loss
from ..web.page_marks import marks_of_page
from ..web.this_app import this_app
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

_MARK = "app_inbox"


def app_inbox_anchor(size: int | None = None) -> Markup:
    """Render the element where the bell is inserted, for every visitor.

    :param size: width and height of the bell, in CSS pixels. So much is kept free in
        the element until the bell comes; None: nothing is.
    :returns: nothing if ``APP_INBOX_ANCHOR`` is not a simple selector; then the site
        writes the element itself.
    """
    state = current_state()
    settings = state.settings
    if not settings.enabled:
        return Markup()
    if settings.draws_own_bell:
        from .bell import own_bell  # most sites have the vendor's

        with _costing_the_inbox:
            return own_bell(this_app(), state)
        return Markup()
    anchor = settings.anchor_element
    if anchor is None:
        logger.error(
            "app_inbox_anchor() renders nothing: no element can be made of "
            "APP_INBOX_ANCHOR, which is not a simple selector such as #app-inbox. "
            "Write an element that it matches into your layout, in place of the call."
        )
        return Markup()
    if size and not anchor.can_hold:
        logger.error(
            "app_inbox_anchor(size=…) keeps no place free: the element of "
            "APP_INBOX_ANCHOR can hold nothing."
        )
        size = None
    return render(__package__, "anchor.html", anchor=anchor, size=size)


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
    try:
        # Our routes are there on every host, so a path is enough.
        folder = own_folder(app, "app_inbox", settings.url_prefix)
    except LoaderError as error:
        log_loss(logger, "App Inbox", error)
        return Markup()
    if settings.draws_own_bell:
        return _own_script(app, state, folder, nonce)
    inbox = _inbox(app, state, folder) if settings.enabled else {}
    if not inbox and settings.anonymous == "nothing":
        return Markup()
    found: dict[str, object] = {}
    with _costing_the_inbox:
        found["nonce"] = page_nonce(app, nonce, state.loaders.csp_nonce)
    with _costing_the_inbox:
        found["script_source"] = script_source(settings)
    if len(found) < 2:
        inbox = {}
        if settings.anonymous == "nothing":
            return Markup()
    if _is_second_call():
        return Markup()
    return render(
        __package__,
        "script.html",
        source=f"{folder}/app_inbox.{state.script.fingerprint}.js",
        vendor=settings.scripts_url,
        consent=settings.consent,
        features=dict(settings.features),
        **{"nonce": None, "script_source": settings.script_source, **found},
        **inbox,
    )


def _is_second_call() -> bool:
    """Return whether the page has our script already; say so in the log."""
    marks = marks_of_page(request.environ)
    if _MARK not in marks:
        marks[_MARK] = True
        return False
    logger.warning(
        "app_inbox() was called twice in one page. The second call renders nothing, "
        "because a page needs one script of ours."
    )
    return True


def _own_script(app: Flask, state: State, folder: str, nonce: str | None) -> Markup:
    """Render the script of the site's own bell for this request's contact."""
    from .bell import own_script

    script = Markup()
    with _costing_the_inbox:
        nonce = page_nonce(app, nonce, state.loaders.csp_nonce)
        script = own_script(app, state, folder, nonce)
    return Markup() if script and _is_second_call() else script


def _inbox(app: Flask, state: State, folder: str) -> dict[str, object]:
    """Return the script's settings for this request's contact.

    :param folder: the path of our routes.
    :returns: nothing if nobody is logged in, or if a loader of the site fails.
    """
    settings = state.settings
    with _costing_the_inbox:
        contact = state.contact()
        if contact is None:
            return {}
        return {
            "token_url": address_under(app, folder, "app_inbox.token", "token"),
            "user_url": address_under(app, folder, "app_inbox.user", "user"),
            "user": state.user_tag(contact),
            "language": page_language(app, state.loaders.language, settings.language),
            "form": settings.init_form,
            "anchor": settings.anchor,
            "position": settings.position,
        }
    return {}


class _CostingTheInbox:
    """Let a function of the site that fails cost the inbox, not the page."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _at: object) -> bool:
        if not isinstance(error, LoaderError):
            return False
        log_loss(logger, "App Inbox", error)
        return True


_costing_the_inbox = _CostingTheInbox()

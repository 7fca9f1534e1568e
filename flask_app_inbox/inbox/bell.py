"""The site's own bell in a page, and the files that draw it."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, Response, abort, has_request_context, request
from flask.blueprints import BlueprintSetupState
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from ..bell.element import Addresses, bell_files, render_bell, render_script
from ..bell.wording import Texts
from ..client.contact import Contact
from ..errors import LoaderError
from ..web.assets import respond_with_script
from ..web.loaders import page_language
from .bell_texts import bell_texts
from .reading import known_count, reader_of
from .state import State, state_of
from .token import blueprint

logger = logging.getLogger(__name__)

#: Our routes, by the name of their view.
_ROUTES = {
    "message_page": "",
    "messages": "messages",
    "unread": "unread",
    "read": "messages/read",
}


def add_bell_routes(setup: BlueprintSetupState) -> None:
    """Add the address of the bell's files in apps that draw their own bell."""
    app: Any = setup.app
    if state_of(app).settings.draws_own_bell:
        rule = "/bell/<name>.<fingerprint>.<kind>"
        setup.add_url_rule(rule, "bell_file", bell_file)


blueprint.record(add_bell_routes)


def bell_file(name: str, fingerprint: str, kind: str) -> Response:
    """Serve a script or a style sheet of the bell."""
    file = bell_files().get(f"{name}.{kind}")
    if file is None:
        abort(404)
    return respond_with_script(file, fingerprint)


def own_bell(app: Flask, state: State) -> Markup:
    """Render a bell; nothing for a visitor who is not logged in."""
    found = _who(app, state)
    if found is None:
        return Markup()
    contact, language, texts = found
    user = state.user_tag(contact)
    try:
        count = known_count(reader_of(state, contact, user=user))
    except LoaderError as error:
        logger.error("A bell has no count: %s", error, exc_info=error.__cause__)
        count = None
    return render_bell(
        _folder(state),
        page_url=_address(app, state, "message_page"),
        user=user,
        unread=count.unread if count else None,
        language=language,
        texts=texts,
        icon=state.settings.icon,
    )


def own_script(app: Flask, state: State, nonce: str | None) -> Markup:
    """Render the script of the page's bells; nothing if nobody is logged in."""
    found = _who(app, state)
    if found is None:
        return Markup()
    contact, language, texts = found
    return render_script(
        _folder(state),
        Addresses(
            messages_url=_address(app, state, "messages"),
            unread_url=_address(app, state, "unread"),
            read_url=_address(app, state, "read"),
        ),
        user=state.user_tag(contact),
        language=language,
        texts=texts,
        nonce=nonce,
    )


def _who(app: Flask, state: State) -> tuple[Contact, str, Texts] | None:
    """Return this request's contact, language and texts.

    :returns: None if nobody is logged in, or if a loader of the site fails: that costs
        the bell, not the page.
    """
    if not has_request_context():
        return None
    try:
        contact = state.contact()
        if contact is None:
            return None
        language = page_language(app, state.loaders.language, state.settings.language)
        texts = bell_texts(state, language)
    except LoaderError as error:
        logger.error("This page has no bell: %s", error, exc_info=error.__cause__)
        return None
    except HTTPException as error:
        # The page may be the error page of a loader that calls abort().
        logger.error("This page has no bell: a loader aborts with %s.", error.code)
        return None
    return contact, language, texts


def _folder(state: State) -> str:
    # Our routes are there on every host, so a path is enough.
    return f"{request.script_root}{state.settings.url_prefix}"


def _address(app: Flask, state: State, view: str) -> str:
    """Return an address of ours; a site's own defaults may add a query to it."""
    if None in app.url_default_functions:
        return app.url_for(f"app_inbox.{view}")
    return f"{_folder(state)}/{_ROUTES[view]}"

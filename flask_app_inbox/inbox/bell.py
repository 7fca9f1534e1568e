"""The site's own bell in a page, and the files that draw it."""

from __future__ import annotations

from flask import Flask, Response, abort, has_request_context
from flask.blueprints import BlueprintSetupState
from markupsafe import Markup

from ..bell.element import Addresses, bell_files, render_bell, render_script
from ..bell.wording import Texts
from ..client.contact import Contact
from ..web.addresses import address_under, own_folder
from ..web.assets import respond_with_script
from ..web.loaders import page_language
from .bell_texts import bell_texts
from .counting import known_count
from .state import State

#: Our routes, by the name of their view.
_ROUTES = {
    "message_page": "",
    "messages": "messages",
    "unread": "unread",
    "read": "messages/read",
}


def add_bell_routes(setup: BlueprintSetupState) -> None:
    """Add the address of the bell's files to an app that draws its own bell."""
    bell_files()  # shortening them delays no page
    rule = "/bell/<name>.<fingerprint>.<kind>"
    setup.add_url_rule(rule, "bell_file", bell_file)


def bell_file(name: str, fingerprint: str, kind: str) -> Response:
    """Serve a script or a style sheet of the bell."""
    file = bell_files().get(f"{name}.{kind}")
    if file is None:
        abort(404)
    return respond_with_script(file, fingerprint)


def own_bell(app: Flask, state: State) -> Markup:
    """Render a bell; nothing for a visitor who is not logged in.

    :raises LoaderError: if a function of the site fails.
    """
    found = _who(app, state)
    if found is None:
        return Markup()
    contact, language, texts = found
    folder = own_folder(app, "app_inbox", state.settings.url_prefix)
    user = state.user_tag(contact)
    count = known_count(state, contact)
    return render_bell(
        folder,
        page_url=_address(app, folder, "message_page"),
        user=user,
        unread=count.unread if count else None,
        is_old=count is not None and count.is_late,
        language=language,
        texts=texts,
        icon=state.settings.icon,
    )


def own_script(app: Flask, state: State, folder: str, nonce: str | None) -> Markup:
    """Render the script of the page's bells; nothing if nobody is logged in.

    :param folder: the path of our routes.
    :raises LoaderError: if a function of the site fails.
    """
    found = _who(app, state)
    if found is None:
        return Markup()
    contact, language, texts = found
    return render_script(
        folder,
        Addresses(
            messages_url=_address(app, folder, "messages"),
            unread_url=_address(app, folder, "unread"),
            read_url=_address(app, folder, "read"),
        ),
        user=state.user_tag(contact),
        language=language,
        texts=texts,
        nonce=nonce,
    )


def _who(app: Flask, state: State) -> tuple[Contact, str, Texts] | None:
    """Return this request's contact, language and texts; None for a visitor."""
    contact = state.contact() if has_request_context() else None
    if contact is None:
        return None
    language = page_language(app, state.loaders.language, state.settings.language)
    return contact, language, bell_texts(state, language)


def _address(app: Flask, folder: str, view: str) -> str:
    return address_under(app, folder, f"app_inbox.{view}", _ROUTES[view])

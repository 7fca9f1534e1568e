"""The site's own bell in a page, and the files that draw it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, Response, abort, has_request_context, request
from flask.blueprints import BlueprintSetupState
from markupsafe import Markup

from ..bell.element import Addresses, bell_files, render_bell, render_script
from ..bell.wording import Texts
from ..client.contact import Contact
from ..web.addresses import address_under, own_folder
from ..web.assets import respond_with_script
from ..web.loaders import page_language
from ..web.page_marks import marks_of_page
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


#: The mark with whose page it is.
_WHO = "app_inbox who"


@dataclass(frozen=True)
class _Who:
    """Whose page this is, and in which words it speaks.

    :param user: the tag of the contact.
    :param script_is_first: whether the script stands before the bells.
    """

    contact: Contact
    user: str
    language: str
    texts: Texts
    script_is_first: bool


def add_bell_routes(setup: BlueprintSetupState) -> None:
    """Add the address of the bell's files to an app that draws its own bell."""
    bell_files()  # reading them delays no page
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
    found = _who(app, state, is_script=False)
    if found is None:
        return Markup()
    folder = own_folder(app, "app_inbox", state.settings.url_prefix)
    count = known_count(state, found.contact)
    return render_bell(
        folder,
        page_url=_address(app, folder, "message_page"),
        user=found.user,
        unread=count.unread if count else None,
        is_old=count is not None and count.is_late,
        language=found.language,
        texts=found.texts,
        icon=state.settings.icon,
        # Each bell brings its own unless the script did: libraries cut bells out.
        has_style=found.script_is_first,
    )


def own_script(app: Flask, state: State, folder: str, nonce: str | None) -> Markup:
    """Render the script of the page's bells; nothing if nobody is logged in.

    :param folder: the path of our routes.
    :raises LoaderError: if a function of the site fails.
    """
    found = _who(app, state, is_script=True)
    if found is None:
        return Markup()
    messages_url = _address(app, folder, "messages")
    messages_url += "&" if "?" in messages_url else "?"
    return render_script(
        folder,
        Addresses(
            messages_url=messages_url + "page=",
            unread_url=_address(app, folder, "unread"),
            read_url=_address(app, folder, "read"),
        ),
        page_url=_address(app, folder, "message_page"),
        user=found.user,
        language=found.language,
        texts=found.texts,
        icon=state.settings.icon,
        nonce=nonce,
        has_style=not found.script_is_first,
    )


def _who(app: Flask, state: State, *, is_script: bool) -> _Who | None:
    """Return whose page this is; None for a visitor.

    It is found out once for a page, which has a bell or some and a script. What fails
    is told once, too: the page's later calls get None.

    :raises LoaderError: if a function of the site fails.
    """
    if not has_request_context():
        return None
    marks = marks_of_page(request.environ)
    if _WHO not in marks:
        marks[_WHO] = None
        marks[_WHO] = _find_who(app, state, is_script)
    who: _Who | None = marks[_WHO]
    return who


def _find_who(app: Flask, state: State, is_script: bool) -> _Who | None:
    contact = state.contact()
    if contact is None:
        return None
    language = page_language(app, state.loaders.language, state.settings.language)
    texts = bell_texts(state, language)
    return _Who(contact, state.user_tag(contact), language, texts, is_script)


def _address(app: Flask, folder: str, view: str) -> str:
    return address_under(app, folder, f"app_inbox.{view}", _ROUTES[view])

"""Where the bell goes: the anchor's selector and the position beside or inside it.

Shop and vendor must name the same place. The drawer shows it and lets people try
another one.

The extension reads its settings once, in ``init_app``, and offers nothing to change
them later. So the shop does what an owner does: it changes the setting and starts
again. :class:`Moves` builds a second app of the same instance folder, with the same
database and secret key, and hands all further requests to it. Whoever is logged in
stays logged in.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bs4 import BeautifulSoup
from flask import Flask, current_app, render_template, render_template_string
from soupsieve import SelectorSyntaxError

from .backstage import current_backstage

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: What ``insertAdjacentHTML`` knows.
POSITIONS = ("beforebegin", "afterbegin", "beforeend", "afterend")

_EXTENSION = "shop_anchor"


class NoAnchor(Exception):
    """No page has an element for a selector, and the extension can make none of it."""


@dataclass(frozen=True)
class Place:
    """A CSS selector and a position of ``insertAdjacentHTML``."""

    selector: str
    position: str


#: Places that the drawer offers; the keys are part of text keys.
PLACES = {
    "tools": Place("#app-inbox", "beforeend"),
    "name": Place(".logo", "afterend"),
    "end": Place(".tools", "beforeend"),
    "footer": Place(".footer-name", "afterend"),
}


class Moves:
    """Passes requests to the newest of the shop's apps.

    :param build: returns a new app with settings that override the first one's.
    """

    def __init__(self, build: Callable[[Mapping[str, Any]], Flask]) -> None:
        self._build = build
        self._newest: WSGIApplication | None = None
        #: Where the bell is now; None: where the first app's settings put it.
        self.place: Place | None = None
        self._moving = threading.Lock()

    def before(self, first: WSGIApplication) -> WSGIApplication:
        """Return a WSGI app that is the first app until there is a newer one."""

        def serve(
            environ: WSGIEnvironment, start_response: StartResponse
        ) -> Iterable[bytes]:
            return (self._newest or first)(environ, start_response)

        return serve

    def move(self, place: Place) -> None:
        """Move the bell, for the shop and for the sandbox, or leave both as they are.

        :raises ConfigError: if the extension refuses the place.
        :raises NoAnchor: if there would be no such element.
        :raises SandboxError: if the sandbox refuses the place or does not answer.
        """
        with self._moving:
            app = self._build(
                {
                    "APP_INBOX_ANCHOR": place.selector,
                    "APP_INBOX_POSITION": place.position,
                }
            )
            if not app.extensions[_EXTENSION].exists:
                raise NoAnchor(place.selector)
            with app.app_context():
                tell_sandbox(place)
            self._newest, self.place = app.wsgi_app, place


@dataclass(frozen=True)
class _Anchor:
    moves: Moves
    place: Place
    exists: bool


def init_app(app: Flask, moves: Moves) -> None:
    """Find out whether the layout has the anchor, or the extension is to make it.

    Call it last: the layout uses all of the shop.
    """
    place = Place(app.config["APP_INBOX_ANCHOR"], app.config["APP_INBOX_POSITION"])
    app.jinja_env.globals.update(
        anchor=place, positions=POSITIONS, bell_places=PLACES, makes_anchor=False
    )
    with app.test_request_context("/"):
        has_own = _matches(render_template("base.html"), place.selector)
        exists = has_own or bool(render_template_string("{{ app_inbox_anchor() }}"))
    app.jinja_env.globals["makes_anchor"] = not has_own
    app.extensions[_EXTENSION] = _Anchor(moves, place, exists)


def move(place: Place) -> None:
    """Move the bell; see :meth:`Moves.move`."""
    current_app.extensions[_EXTENSION].moves.move(place)


def tell_sandbox(place: Place | None = None) -> None:
    """Tell the sandbox where the bell goes; a real vendor's support were told by mail.

    :param place: by default where it is now.
    :raises SandboxError: if it refuses the place or does not answer.
    """
    backstage = current_backstage()
    if backstage is not None:
        anchor: _Anchor = current_app.extensions[_EXTENSION]
        place = place or anchor.moves.place or anchor.place
        backstage.place_bell(place.selector, place.position)


def _matches(html: str, selector: str) -> bool:
    try:
        return BeautifulSoup(html, "html.parser").select_one(selector) is not None
    except SelectorSyntaxError:
        # Browsers know selectors that this library does not.
        return False

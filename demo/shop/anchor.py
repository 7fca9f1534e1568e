"""Where the bell goes: the anchor's selector and the position beside or inside it.

Shop and vendor must name the same place. The drawer shows it and lets people try
another one.
"""

from __future__ import annotations

from dataclasses import dataclass

from bs4 import BeautifulSoup
from flask import Flask, render_template, render_template_string
from soupsieve import SelectorSyntaxError

from .backstage import current_backstage
from .restarts import current_restarts

#: What ``insertAdjacentHTML`` knows.
POSITIONS = ("beforebegin", "afterbegin", "beforeend", "afterend")

#: Whether the app has an element for its selector.
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


def init_app(app: Flask) -> None:
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
    app.extensions[_EXTENSION] = exists


def move(place: Place) -> None:
    """Move the vendor's bell, for the shop and for the sandbox, or leave all as it is.

    From then on the vendor's script draws the bell: the shop's own needs no anchor.

    :raises ConfigError: if the extension refuses the place.
    :raises NoAnchor: if there would be no such element.
    :raises SandboxError: if the sandbox refuses the place or does not answer.
    """

    def check(app: Flask) -> None:
        if not app.extensions[_EXTENSION]:
            raise NoAnchor(place.selector)
        with app.app_context():
            _tell(place)

    changes = {
        "APP_INBOX_ANCHOR": place.selector,
        "APP_INBOX_POSITION": place.position,
        "APP_INBOX_WIDGET": "vendor",
    }
    current_restarts().restart(changes, check)


def tell_sandbox() -> None:
    """Tell the sandbox where the bell is; a real vendor's support were told by mail.

    :raises SandboxError: if it refuses the place or does not answer.
    """
    setting = current_restarts().setting
    _tell(Place(setting("APP_INBOX_ANCHOR"), setting("APP_INBOX_POSITION")))


def _tell(place: Place) -> None:
    backstage = current_backstage()
    if backstage is not None:
        backstage.place_bell(place.selector, place.position)


def _matches(html: str, selector: str) -> bool:
    try:
        return BeautifulSoup(html, "html.parser").select_one(selector) is not None
    except SelectorSyntaxError:
        # Browsers know selectors that this library does not.
        return False

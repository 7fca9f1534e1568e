"""Who draws the bell: the vendor's script, or the site itself."""

from __future__ import annotations

from flask import Flask, current_app

from .restarts import current_restarts

_SETTING = "APP_INBOX_WIDGET"
#: Its values; they are part of text keys.
WIDGETS = ("site", "vendor")

#: What the vendor's bell cannot do without.
_SCRIPT_ID = "APP_INBOX_SCRIPT_ID"


class NoScript(Exception):
    """The account's script id is not known, so the vendor's bell cannot be shown."""


def init_app(app: Flask) -> None:
    """Tell templates who draws the bell, and whether the vendor can."""
    app.jinja_env.globals.update(
        widget=app.config[_SETTING],
        widgets=WIDGETS,
        has_vendors_script=_has_script(app),
    )


def draw_by(widget: str) -> None:
    """Let another one draw the bell.

    :raises NoScript: if the vendor's script cannot.
    """
    if widget == "vendor" and not _has_script(current_app):
        raise NoScript
    current_restarts().restart({_SETTING: widget})


def drawn_by() -> str:
    """Return who draws the bell."""
    return str(current_app.config[_SETTING])


def drew_at(moment: float) -> str:
    """Return who drew the bell at a time, by the wall clock."""
    return str(current_restarts().setting(_SETTING, moment))


def _has_script(app: Flask) -> bool:
    return bool(app.config.get(_SCRIPT_ID))

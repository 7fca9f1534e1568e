"""Who draws the bell: the vendor's script, or the site itself."""

from __future__ import annotations

from flask import Flask

from .restarts import current_restarts

_SETTING = "APP_INBOX_WIDGET"
#: Its values; they are part of text keys.
WIDGETS = ("vendor", "site")


def init_app(app: Flask) -> None:
    """Tell templates who draws the bell."""
    app.jinja_env.globals.update(widget=app.config[_SETTING], widgets=WIDGETS)


def draw_by(widget: str) -> None:
    """Let another one draw the bell.

    :raises ConfigError: if the extension refuses it.
    """
    current_restarts().restart({_SETTING: widget})


def drew_at(moment: float) -> str:
    """Return who drew the bell at a time, by the wall clock."""
    return str(current_restarts().setting(_SETTING, moment))

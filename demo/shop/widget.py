"""Who draws the bell: the vendor's script, or the site itself."""

from __future__ import annotations

from flask import Flask

from .restarts import current_restarts

#: The values of ``APP_INBOX_WIDGET``; they are part of text keys.
WIDGETS = ("vendor", "site")


def init_app(app: Flask) -> None:
    """Tell templates who draws the bell."""
    app.jinja_env.globals.update(widget=app.config["APP_INBOX_WIDGET"], widgets=WIDGETS)


def draw_by(widget: str) -> None:
    """Let another one draw the bell.

    :raises ConfigError: if the extension refuses it.
    """
    current_restarts().restart({"APP_INBOX_WIDGET": widget})

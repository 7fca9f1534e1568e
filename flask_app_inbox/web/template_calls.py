"""The calls that templates of the site have from us."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask


def add_template_calls(app: Flask, **calls: Callable[..., Any]) -> None:
    """Make functions known to every template of an app, imported macros included.

    They are globals of the app's Jinja environment. Macros that a template imports see
    nothing of a context processor. Asking for the environment, as
    ``add_template_global()`` does, too, would make it now, and whatever the site puts
    into ``jinja_options`` later would be lost. So we add to what Flask makes it of,
    ``jinja_environment``; if it is there already, to the environment itself.
    """
    if "jinja_env" in vars(app):
        app.jinja_env.globals.update(calls)
    else:
        app.jinja_environment = _with_globals(app.jinja_environment, calls)


def _with_globals(kind: Any, calls: dict[str, Callable[..., Any]]) -> Any:
    """Return a kind of environment, or what makes one, that has these globals."""
    if not isinstance(kind, type):

        @wraps(kind)
        def make(*args: Any, **options: Any) -> Any:
            environment = kind(*args, **options)
            environment.globals.update(calls)
            return environment

        return make

    class Environment(kind):  # type: ignore[misc] # any kind
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self.globals.update(calls)

    return Environment

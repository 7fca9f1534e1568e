"""Flask-Login's current user, in apps that use it.

Flask-Login is imported where an app has a ``login_manager``, and nowhere else.
"""

from __future__ import annotations

from typing import Any

from flask import Flask

from ..errors import LoaderError
from .loaders import calling


def uses_flask_login(app: Flask) -> bool:
    """Return whether the app has a ``LoginManager``."""
    return getattr(app, "login_manager", None) is not None


def flask_login_user() -> Any:
    """Return Flask-Login's current user, None if nobody is logged in.

    :raises LoaderError: if the ``user_loader`` or the user raises, or Flask-Login is
        not installed.
    """
    try:
        from flask_login import current_user
    except ImportError as error:
        raise LoaderError(
            "The app has a login_manager, but Flask-Login cannot be imported. Install "
            "it: pip install Flask-Login"
        ) from error
    with calling("current user of Flask-Login"):
        user = current_user._get_current_object()  # the proxy itself is slow
        return user if user and user.is_authenticated else None

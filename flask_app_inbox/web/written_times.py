"""Times in pages that have no script to write them in the reader's own zone."""

from __future__ import annotations

import logging
from datetime import datetime

from flask import Flask

from ..errors import LoaderError
from .loaders import calling, uses_flask_babel

logger = logging.getLogger(__name__)


def written_time(app: Flask, at: datetime, language: str) -> str:
    """Return a time with its zone, as people write it where the site knows that.

    Flask-Babel knows the zone of whoever is logged in. Elsewhere it is UTC.

    :param language: of the page, two letters.
    """
    if uses_flask_babel(app):
        try:
            with calling("timezone_selector of Flask-Babel"):
                return _in_zone_of_user(at, language)
        except LoaderError as error:
            # It is no reason to withhold the page.
            logger.error("%s", error, exc_info=error.__cause__)
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _in_zone_of_user(at: datetime, language: str) -> str:
    from babel.dates import format_date, format_time, get_timezone_gmt
    from flask_babel import get_timezone

    there = at.astimezone(get_timezone())
    date = format_date(there, "long", locale=language)
    time = format_time(there, "short", tzinfo=there.tzinfo, locale=language)
    # Most zones have no short name that readers of another country know.
    zone = get_timezone_gmt(there, "long", locale=language)
    return f"{date}, {time} {zone}"

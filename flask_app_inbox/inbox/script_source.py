"""Which of the vendor's scripts a page loads: one setting, or one for each tenant."""

from __future__ import annotations

import logging

from ..errors import LoaderError
from .settings import Settings

logger = logging.getLogger(__name__)


def script_source(settings: Settings) -> str | None:
    """Return the vendor's script for the current page.

    A connection that has a script id of its own goes before the setting.

    :returns: None if the page carries the script already.
    """
    return _source_of_connection(settings) or settings.script_source


def _source_of_connection(settings: Settings) -> str | None:
    if not settings.uses_oauth:
        return None
    # Most sites have an API key.
    from ..oauth.connections import current_connections

    connections = current_connections()
    if connections is None:
        return None
    try:
        script_id = connections.script_id()
    except LoaderError as error:
        logger.error(
            "This page loads the script of APP_INBOX_SCRIPT_ID: %s",
            error,
            exc_info=error.__cause__,
        )
        return None
    return settings.script_source_of(script_id) if script_id else None

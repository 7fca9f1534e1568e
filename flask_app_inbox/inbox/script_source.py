"""Which of the vendor's scripts a page loads: one setting, or one for each tenant."""

from __future__ import annotations

import logging
from dataclasses import replace

from werkzeug.exceptions import HTTPException

from ..errors import LoaderError
from .settings import Settings

logger = logging.getLogger(__name__)

_FALLS_BACK = "This page loads the script of APP_INBOX_SCRIPT_ID: %s"


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
        logger.error(_FALLS_BACK, error, exc_info=error.__cause__)
        return None
    except HTTPException as error:
        # The page may be the error page of a loader that calls abort().
        logger.error(_FALLS_BACK, f"the connection_loader aborts with {error.code}.")
        return None
    return with_script_id(settings, script_id).script_source if script_id else None


def with_script_id(settings: Settings, script_id: str | None) -> Settings:
    """Return the settings as they are for a connection.

    :param script_id: its own; None: it has none, and uses that of the setting.
    """
    return replace(settings, script_id=script_id) if script_id else settings

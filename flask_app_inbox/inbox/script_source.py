"""Which of the vendor's scripts a page loads: one setting, or one for each tenant."""

from __future__ import annotations

from dataclasses import replace

from .settings import Settings


def script_source(settings: Settings) -> str | None:
    """Return the vendor's script for the current page.

    A connection that has a script id of its own goes before the setting.

    :returns: None if the page carries the script already.
    :raises LoaderError: if the site cannot say which connection this is.
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
    script_id = connections.script_id()
    return with_script_id(settings, script_id).script_source if script_id else None


def with_script_id(settings: Settings, script_id: str | None) -> Settings:
    """Return the settings as they are for a connection.

    :param script_id: its own; None: it has none, and uses that of the setting.
    """
    return replace(settings, script_id=script_id) if script_id else settings

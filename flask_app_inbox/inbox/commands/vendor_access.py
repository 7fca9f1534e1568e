"""The vendor's client for commands that call it."""

from __future__ import annotations

import click

from ...client.app_inbox import AppInboxClient
from ..state import current_state


def vendor_client() -> AppInboxClient:
    """Return the client of the current app.

    :raises click.ClickException: if the extension is switched off.
    """
    state = current_state()
    if not state.settings.enabled:
        raise click.ClickException(
            "The extension is switched off: set APP_INBOX_ENABLED to True."
        )
    return state.client

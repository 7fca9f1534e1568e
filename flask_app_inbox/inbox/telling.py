"""The client of a call that tells the vendor something."""

from __future__ import annotations

import logging

from ..client.app_inbox import AppInboxClient
from .state import current_state

logger = logging.getLogger(__name__)


def client_to_tell(caller: str, connection: str | None) -> AppInboxClient | None:
    """Return the client of a connection; None if the extension is switched off.

    Then the caller does nothing, and the log says so at debug level.

    :param caller: the name of the call, for the log.
    """
    state = current_state()
    if state.settings.enabled:
        return state.client_for(connection)
    logger.debug("%s did nothing: APP_INBOX_ENABLED is False.", caller)
    return None

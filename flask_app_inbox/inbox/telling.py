"""Calls that tell the vendor something, and do nothing while it is switched off."""

from __future__ import annotations

import logging

from ..client.app_inbox import AppInboxClient
from .state import current_state

logger = logging.getLogger(__name__)


def is_switched_off(caller: str) -> bool:
    """Return whether a call does nothing; then the log says so at debug level.

    :param caller: the name of the call, for the log.
    """
    if current_state().settings.enabled:
        return False
    logger.debug("%s did nothing: APP_INBOX_ENABLED is False.", caller)
    return True


def client_to_tell(caller: str, connection: str | None) -> AppInboxClient | None:
    """Return the client of a connection; None if the extension is switched off.

    :param caller: see :func:`is_switched_off`.
    """
    if is_switched_off(caller):
        return None
    return current_state().client_for(connection)

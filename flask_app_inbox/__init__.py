"""App Inbox notifications and the ChatHub operator panel for Flask sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .oldest_flask import check_flask

# Before anything else looks for what an older Flask lacks.
check_flask()

# ruff: noqa: E402
from .client.contact import Contact
from .errors import (
    AppInboxError,
    ConfigError,
    LoaderError,
    ReconnectNeeded,
    StorageError,
    VendorError,
    VendorInvalid,
    VendorRateLimited,
    VendorRejected,
    VendorTimeout,
    VendorUnavailable,
)
from .inbox.extension import AppInbox

if TYPE_CHECKING:
    from .chathub import ChatHub
    from .client.contacts import RefusedContact, SyncResult
    from .client.import_status import ImportStatus
    from .client.message import Message, MessagePage
    from .client.smartsend import SendResult

__all__ = [
    "AppInbox",
    "AppInboxError",
    "ChatHub",
    "ConfigError",
    "Contact",
    "ImportStatus",
    "LoaderError",
    "Message",
    "MessagePage",
    "ReconnectNeeded",
    "RefusedContact",
    "SendResult",
    "StorageError",
    "SyncResult",
    "VendorError",
    "VendorInvalid",
    "VendorRateLimited",
    "VendorRejected",
    "VendorTimeout",
    "VendorUnavailable",
]

#: Where the names are that a site with the bell alone does not pay for.
_LATER = {
    "ChatHub": "chathub",
    "ImportStatus": "client.import_status",
    "Message": "client.message",
    "MessagePage": "client.message",
    "RefusedContact": "client.contacts",
    "SendResult": "client.smartsend",
    "SyncResult": "client.contacts",
}


def __getattr__(name: str) -> object:
    if name in _LATER:
        from importlib import import_module

        return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

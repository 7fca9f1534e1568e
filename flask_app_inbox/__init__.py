"""App Inbox notifications and the ChatHub operator panel for Flask sites."""

from __future__ import annotations

from .contact import Contact
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
from .extension import AppInbox

__all__ = [
    "AppInbox",
    "AppInboxError",
    "ConfigError",
    "Contact",
    "LoaderError",
    "ReconnectNeeded",
    "StorageError",
    "VendorError",
    "VendorInvalid",
    "VendorRateLimited",
    "VendorRejected",
    "VendorTimeout",
    "VendorUnavailable",
]

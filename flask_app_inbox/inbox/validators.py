"""Checks of single settings that only the inbox has; see ``config/validators``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ..client.contact import FIELDS, IDENTIFIERS
from ..client.platforms import PLATFORMS, Platform
from ..config import validators
from .anchor import parse_anchor


def platform(value: Any) -> Platform:
    """Check the name of a platform."""
    return PLATFORMS[validators.one_of(*PLATFORMS)(value)]


def features(value: Any) -> Mapping[str, bool]:
    """Check the flags of the vendor's first init object."""
    if not isinstance(value, Mapping) or not all(
        isinstance(key, str)
        and re.fullmatch(r"[A-Z][A-Z0-9_]{0,63}", key)
        and isinstance(on, bool)
        for key, on in value.items()
    ):
        raise ValueError('a dict of flags like {"TRACKING": False, "RECOMS": True}')
    if "APP_INBOX" in value:
        raise ValueError("without APP_INBOX: the extension sets that flag itself")
    return MappingProxyType(dict(value))


def selector(value: Any) -> str:
    """Check the anchor's selector."""
    if not isinstance(value, str) or not value.strip() or len(value) > 500:
        raise ValueError("a CSS selector like #app-inbox")
    try:
        parse_anchor(value)
    except ValueError as error:
        raise ValueError(f"a CSS selector like #app-inbox: {error}") from error
    return value.strip()


def contact_fields(value: Any) -> Mapping[str, str]:
    """Check the map from a contact's fields to the user's attributes."""
    if (
        not isinstance(value, Mapping)
        or not set(value) <= set(FIELDS)
        or not set(value) & set(IDENTIFIERS)
        or not all(
            isinstance(name, str) and name.isidentifier() for name in value.values()
        )
    ):
        raise ValueError(
            "a dict from fields of a contact to attributes of the user, like "
            '{"external_customer_id": "crm_id", "email": "email"}; fields are '
            + ", ".join(FIELDS)
            + f", and one of the first {len(IDENTIFIERS)} must be there"
        )
    return MappingProxyType(dict(value))


def webhook_user(value: Any) -> str:
    """Check a user name of Basic authentication, where a colon ends it."""
    name = validators.text(value)
    if ":" in name or not name.isprintable() or not name.isascii():
        raise ValueError("a name of printable ASCII characters without a colon")
    return name

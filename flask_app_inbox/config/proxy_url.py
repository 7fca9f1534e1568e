"""The setting that names a proxy between the site and the vendor."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from .validators import is_address, is_host_name, is_loopback, plain

_FORM = r"""
    https?://
    (?:(?P<user>[^:@/?\#\[\]\s]*)(?::(?P<password>[^:@/?\#\[\]\s]*))?@)?
    (?:\[(?P<address>[0-9A-Fa-f]*:[0-9A-Fa-f:.]*)\]|(?P<host>[A-Za-z0-9_.-]+))
    (?::(?P<port>[0-9]{1,5}))?
    /?
    """
_NEEDED = (
    "the proxy's URL, http://host:port or https://host:port, with user:password@ "
    "before the host if need be (signs like @ as %40)"
)


#: What the setting means.
PROXY_HELP = (
    "The proxy that all calls to the vendor take: `http://user:password@host:3128`, or "
    "`https://…`. `HTTPS_PROXY` and the like are not read."
)


def proxy_url(value: Any) -> str:
    """Check the address of a proxy."""
    if not isinstance(value, str) or not value.isascii() or not value.isprintable():
        raise ValueError(_NEEDED)
    match = re.fullmatch(_FORM, value, re.VERBOSE)
    if not match:
        raise ValueError(_NEEDED)
    address, host, port = match.group("address", "host", "port")
    if not (is_address(address) if address else is_address(host) or is_host_name(host)):
        raise ValueError(_NEEDED)
    if port is not None and not 0 < int(port) < 2**16:
        raise ValueError(_NEEDED)
    if match["user"] is not None and not _are_credentials(
        match["user"], match["password"] or ""
    ):
        raise ValueError(_NEEDED)
    return plain(value)


def _are_credentials(user: str, password: str) -> bool:
    """Return whether Basic authentication can carry them (RFC 7617, section 2)."""
    escapes = re.sub("%[0-9A-Fa-f]{2}", "", user + password)
    try:
        name, word = (unquote(part, errors="strict") for part in (user, password))
    except ValueError:
        return False
    return (
        bool(name)
        and "%" not in escapes
        and ":" not in name
        and (name + word).isprintable()
    )


def proxy_problems(
    prefix: str, values: Mapping[str, Any], addresses: Iterable[str]
) -> list[str]:
    """Return a sentence if a proxy would carry credentials through a network in clear.

    Plain http is for a vendor on this machine, which a proxy elsewhere cannot reach.

    :param values: the checked values by field name.
    :param addresses: the names of fields with addresses of the vendor.
    """
    proxy = values["proxy"]
    if proxy is None or is_loopback(urlsplit(proxy).hostname or ""):
        return []
    plain_ones = [
        prefix + name.upper()
        for name in addresses
        if str(values[name]).startswith("http:")
    ]
    if not plain_ones:
        return []
    return [
        f"{prefix}PROXY must be unset while {' and '.join(plain_ones)} "
        f"{'is' if len(plain_ones) == 1 else 'are'} on this machine: "
        "a proxy elsewhere cannot reach that, and would get what is sent in clear."
    ]

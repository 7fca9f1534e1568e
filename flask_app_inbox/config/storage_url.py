"""The setting that says where processes share data: in memory, or in Redis."""

from __future__ import annotations

import re
from importlib.util import find_spec
from typing import Any
from urllib.parse import parse_qsl

from .validators import is_address, is_host_name, plain

#: Compiled where a site has one, as it takes milliseconds.
_REDIS = r"""
    (?P<scheme>rediss?)://
    ([^/?\#\[\]]*@)?
    (\[(?P<address>[0-9A-Fa-f]*:[0-9A-Fa-f:.]*)\]|(?P<host>[A-Za-z0-9_.-]+))
    (:(?P<port>[0-9]{1,5}))?
    (/[0-9]{0,5})?
    (\?(?P<options>[^\#]+))?
    """
#: The TLS options that redis-py takes from a URL, and their values.
_TLS = {
    "ssl_cert_reqs": "none|optional|required",
    "ssl_check_hostname": "true|false",
    "ssl_ca_certs": ".+",
    "ssl_certfile": ".+",
    "ssl_keyfile": ".+",
}


def storage_url(value: Any) -> str:
    """Check where processes share data."""
    if value == "memory://":
        return "memory://"
    if not isinstance(value, str) or not _is_redis(value):
        raise ValueError(
            "memory:// or redis://host:port/0, with user:password@ before the host "
            "if need be (signs like / as %2F); after rediss:// options of TLS may "
            f"follow: {', '.join(_TLS)}"
        )
    return plain(value)


def lacks_client(url: str) -> bool:
    """Return whether a package that a checked address needs is not installed."""
    return url != "memory://" and any(
        find_spec(name) is None for name in ("redis", "limits")
    )


def _is_redis(value: str) -> bool:
    """Return whether redis-py can connect with a URL.

    redis-py itself accepts unknown options and then fails with each connection.
    """
    match = re.fullmatch(_REDIS, value, re.VERBOSE)
    if not match or not value.isascii() or not value.isprintable() or " " in value:
        return False
    address, host, port, options = match.group("address", "host", "port", "options")
    if not (is_address(address) if address else is_address(host) or is_host_name(host)):
        return False
    if port is not None and not 0 < int(port) < 2**16:
        return False
    if options is None:
        return True
    try:
        pairs = parse_qsl(options, keep_blank_values=True, strict_parsing=True)
    except ValueError:
        return False
    return (
        match["scheme"] == "rediss"
        and len(dict(pairs)) == len(pairs)
        and all(
            name in _TLS and said.isprintable() and re.fullmatch(_TLS[name], said)
            for name, said in pairs
        )
    )

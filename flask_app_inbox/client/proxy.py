"""A proxy between the site and a vendor: https through a tunnel, http by whole address.

The tunnel is opened by ``CONNECT``. Only the proxy gets the proxy's credentials, and
they stand in no address, because libraries put addresses into errors and logs.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import unquote, urlsplit


class Proxy:
    """A proxy.

    :param url: its address, without credentials.
    :param headers: what the proxy alone gets with each request.
    """

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        self.url = url
        self.headers = headers

    def __repr__(self) -> str:
        return f"Proxy(url={self.url!r})"


def parse_proxy(url: str) -> Proxy:
    """Return the proxy at a URL, which may hold an escaped user and password."""
    parts = urlsplit(url)
    headers = {}
    if parts.username is not None:
        credentials = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        packed = b64encode(credentials.encode()).decode()
        headers["Proxy-Authorization"] = f"Basic {packed}"
    place = parts.netloc.rpartition("@")[2]
    return Proxy(f"{parts.scheme}://{place}", MappingProxyType(headers))

"""Who may control the sandbox: programs and its console, but no other web page."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Request

_HOST = re.compile(r"([^:\[\]]+|\[[0-9a-f:.]+\])(?::[0-9]+)?")


def objection(request: Request, bound_host: str) -> str | None:
    """Return why a request may not control the sandbox; None when it may.

    A browser says where a request comes from. A foreign name in ``Host`` means that a
    page pointed its own name at this machine (DNS rebinding).
    """
    if not _is_own_host(request.host, bound_host):
        return f"The Host header must be a loopback address or {bound_host}."
    origin = request.headers.get("Origin")
    if origin is not None and origin != request.host_url.rstrip("/"):
        return "Pages of other sites may not control the sandbox (Origin)."
    if request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
        return "Pages of other sites may not control the sandbox (Sec-Fetch-Site)."
    return None


def _is_own_host(host: str, bound_host: str) -> bool:
    match = _HOST.fullmatch(host.lower())
    name = match[1].strip("[]") if match else ""
    if name in ("localhost", bound_host.lower()) or name.endswith(".localhost"):
        return True
    address = _address(name)
    if address is None:
        return False
    bound = _address(bound_host)
    # Bound to all addresses of the machine, any of them is its own.
    return address.is_loopback or (bound is not None and bound.is_unspecified)


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None

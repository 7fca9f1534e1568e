"""Who may drive the sandbox: programs and its own console, never a foreign page."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Request

_HOST = re.compile(r"([^:\[\]]+|\[[0-9a-f:.]+\])(?::[0-9]+)?")


def objection(request: Request, bound_host: str) -> str | None:
    """Say why a request may not drive the sandbox; None when it may.

    A browser tells where a request comes from. A name in `Host` that is not this
    machine's shows a page whose own name was pointed here (DNS rebinding).
    """
    if not _is_own_host(request.host, bound_host):
        return f"The Host header must be a loopback address or {bound_host}."
    origin = request.headers.get("Origin")
    if origin is not None and origin != request.host_url.rstrip("/"):
        return "Another site's page may not drive the sandbox (Origin)."
    if request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
        return "Another site's page may not drive the sandbox (Sec-Fetch-Site)."
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

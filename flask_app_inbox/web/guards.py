"""Only this site's own pages may call our endpoints."""

from __future__ import annotations

from flask import Request

from .problems import CrossOrigin


def check_same_origin(request: Request) -> None:
    """Refuse requests of another site's page.

    Browsers that send no ``Sec-Fetch-Site`` send ``Origin`` with every POST. A client
    that sends neither is not a browser, so it cannot abuse a user's cookies.

    :raises CrossOrigin: if the request comes from another origin.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site != "same-origin":
            raise CrossOrigin
        return
    origin = request.headers.get("Origin")
    if origin is not None and _host_of(origin) != _without_port_of_scheme(request.host):
        raise CrossOrigin


def _host_of(origin: str) -> str | None:
    scheme, separator, host = origin.partition("://")
    if scheme not in ("http", "https") or not separator:
        return None
    return _without_port_of_scheme(host) or None


def _without_port_of_scheme(host: str) -> str:
    # A proxy in front may speak https while we speak http, so both count.
    return host.lower().removesuffix(":443").removesuffix(":80")

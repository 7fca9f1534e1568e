"""Who may control the sandbox: programs and its console, but no other web page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Request


def objection(request: Request) -> str | None:
    """Return why a request may not control the sandbox; None when it may.

    A browser says where a request comes from.
    """
    origin = request.headers.get("Origin")
    if origin is not None and origin != request.host_url.rstrip("/"):
        return "Pages of other sites may not control the sandbox (Origin)."
    if request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
        return "Pages of other sites may not control the sandbox (Sec-Fetch-Site)."
    return None

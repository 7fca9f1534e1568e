"""A request's path, as the layers below Flask need it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


def path_of(environ: WSGIEnvironment) -> str:
    """Return a request's path as text (WSGI passes it as Latin-1)."""
    path: str = environ.get("PATH_INFO", "")
    return path.encode("latin-1").decode("utf-8", "replace")

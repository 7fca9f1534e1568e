"""The scripts that pages load from us: their bytes, fingerprints and answers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

from flask import Response

#: Seconds that a browser keeps the script under its fingerprint: a year.
MAX_AGE = 365 * 24 * 60 * 60


@dataclass(frozen=True)
class PageScript:
    """A script and the fingerprint that its address carries."""

    content: bytes
    fingerprint: str


@cache
def read_page_script(*names: str) -> PageScript:
    """Read a script of the package.

    :param names: of files in ``static``; several become one script, in a scope of
        their own.
    """
    folder = files(__package__).joinpath("static")
    parts = [folder.joinpath(name).read_bytes() for name in names]
    content = parts[0]
    if len(parts) > 1:
        content = b'(() => {\n"use strict";\n%b})();\n' % b"\n".join(parts)
    return PageScript(content, sha256(content).hexdigest()[:16])


def respond_with_script(script: PageScript, fingerprint: str) -> Response:
    """Answer with a script, kept for a year under its own fingerprint.

    A page of an older or newer release of the site gets this one, but does not
    keep it.

    :param fingerprint: the one in the address that was asked for.
    """
    response = Response(script.content, mimetype="text/javascript")
    response.headers["X-Content-Type-Options"] = "nosniff"
    if fingerprint == script.fingerprint:
        response.cache_control.public = True
        response.cache_control.max_age = MAX_AGE
        response.cache_control.immutable = True
    else:
        response.cache_control.no_cache = True
    return response

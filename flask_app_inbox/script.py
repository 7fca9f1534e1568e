"""The one script that pages load from us: its bytes, its fingerprint."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

#: Seconds that a browser keeps the script under its fingerprint: a year.
MAX_AGE = 365 * 24 * 60 * 60


@dataclass(frozen=True)
class PageScript:
    """A script and the fingerprint that its address carries."""

    content: bytes
    fingerprint: str


@cache
def read_page_script(name: str) -> PageScript:
    """Read a script of the package.

    :param name: the file's name in ``static``.
    """
    content = files(__package__).joinpath("static").joinpath(name).read_bytes()
    return PageScript(content, sha256(content).hexdigest()[:16])

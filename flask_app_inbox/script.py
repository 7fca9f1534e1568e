"""The one script that pages load from us: its bytes, its fingerprint.

Its comments are for whoever reads the file; they are not sent to browsers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

#: Seconds that a browser keeps the script under its fingerprint: a year.
MAX_AGE = 365 * 24 * 60 * 60

# Whole lines only: what follows code on a line may be part of a string.
_LINES_OF_COMMENT = re.compile(r"^ *(?://.*|/\*\*(?:.|\n)*?\*/)\n", re.MULTILINE)


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
    source = files(__package__).joinpath("static").joinpath(name).read_text("utf-8")
    content = _LINES_OF_COMMENT.sub("", source).encode()
    return PageScript(content, sha256(content).hexdigest()[:16])

"""The key and the cookies that everything else rests on."""

from __future__ import annotations

import math
import re
from collections import Counter

from flask import Flask

from .finding import Area

#: Bits; 16 random bytes have about 62 by this measure, `secrets.token_hex()` 250.
ENOUGH = 56
_WORDS = re.compile(
    r"secret|change|passw|default|example|random|flask|secure|\b(?:dev|test|key)\b",
    re.IGNORECASE,
)
_NEW_KEY = (
    "SECRET_KEY = \"…\"  # python -c 'import secrets; print(secrets.token_hex())'"
)


def check_secret_key(app: Flask, area: Area) -> None:
    """Find a SECRET_KEY that somebody could guess."""
    key = app.secret_key
    if not key:
        area.error(
            "secret_key_missing",
            "The app has no SECRET_KEY.",
            why="Without it there are no sessions, and so nobody is logged in.",
            mend=_NEW_KEY,
        )
    elif is_weak(key):
        area.error(
            "secret_key_weak",
            "SECRET_KEY is short or simple enough to be guessed.",
            why="Whoever knows it writes himself a session of any customer and reads "
            "that customer's messages.",
            mend=_NEW_KEY,
        )
    else:
        area.ok("SECRET_KEY is long enough.")


def is_weak(key: str | bytes) -> bool:
    """Tell whether a key looks like one that somebody made up."""
    text = key if isinstance(key, str) else key.decode("latin-1")
    return strength(key) < ENOUGH or bool(_WORDS.search(text))


def strength(key: str | bytes) -> float:
    """Estimate the bits of a key by how much its characters differ."""
    counts = Counter(key)
    size = len(key)
    return sum(-count * math.log2(count / size) for count in counts.values())


def check_cookies(app: Flask, area: Area) -> None:
    """Find cookies that others than this site's own pages could use."""
    kinds = [("SESSION_COOKIE", "the session's cookie")]
    if getattr(app, "login_manager", None) is not None:
        kinds.append(("REMEMBER_COOKIE", "Flask-Login's remember cookie"))
    before = len(area.findings)
    for prefix, name in kinds:
        # Flask-Login's own defaults: HttpOnly and nothing else.
        secure = app.config.get(f"{prefix}_SECURE", False)
        same_site = app.config.get(f"{prefix}_SAMESITE")
        if not app.config.get(f"{prefix}_HTTPONLY", True):
            area.error(
                "cookie_not_httponly",
                f"Scripts can read {name}: HttpOnly is off.",
                why="One injected script is enough to take over a customer.",
                mend=f"{prefix}_HTTPONLY = True",
            )
        if not secure:
            area.warn(
                "cookie_not_secure",
                f"{name[0].upper()}{name[1:]} is sent over plain http, too.",
                why="Whoever listens on the way can use it. (In development over "
                "http this is as it must be.)",
                mend=f"{prefix}_SECURE = True",
            )
        if same_site not in ("Lax", "Strict"):
            area.warn(
                "cookie_not_samesite",
                f"Browsers decide by themselves when other sites' pages send {name}.",
                why="Lax keeps it out of their POST requests in every browser.",
                mend=f'{prefix}_SAMESITE = "Lax"',
            )
    if len(area.findings) == before:
        area.ok("Cookies are Secure, HttpOnly and SameSite.")

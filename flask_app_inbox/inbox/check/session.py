"""The secrets of the site, and the cookies that every login depends on."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from urllib.parse import urlsplit

from flask import Flask

from ...config.validators import is_loopback
from ...web.flask_login_user import uses_flask_login
from .finding import FindingKind, Section

#: Bits; 16 random bytes have about 62 by this measure, `secrets.token_hex()` 250.
ENOUGH = 56
#: Characters of a webhook's password. Nobody types it, so it costs nothing.
LONG_PASSWORD = 16
_WORDS = re.compile(
    r"secret|change|passw|default|example|random|flask|secure|\b(?:dev|test|key)\b",
    re.IGNORECASE,
)
_NEW_KEY = (
    "SECRET_KEY = \"…\"  # python -c 'import secrets; print(secrets.token_hex())'"
)

#: The keys that documents show, by the beginnings of their SHA-256: whoever copied one
#: shares it with many. Four of Flask's own, Flask-Security's, and a tutorial's.
_PUBLISHED = frozenset(
    """
    2598f7d6adc142d8 9cb335cb7b5fb805 9d0f4f5072c13dbd
    eefbd4136387e762 4f2c8f384099179e 67dde0412edb40ae
    """.split()
)

SECRET_KEY_MISSING = FindingKind(
    "secret_key_missing",
    "error",
    what="The app has no SECRET_KEY.",
    why="Without it there are no sessions, so nobody can be logged in.",
    fix=_NEW_KEY,
)
SECRET_KEY_NO_TEXT = FindingKind(
    "secret_key_no_text",
    "error",
    what="SECRET_KEY is a number or something else that is no text.",
    why="No session can be signed with it, so nobody can be logged in. "
    "from_prefixed_env() reads a variable of digits as a number.",
    fix="FLASK_SECRET_KEY='\"…\"'  # with quotes of its own",
)
SECRET_KEY_WEAK = FindingKind(
    "secret_key_weak",
    "error",
    what="SECRET_KEY is short or simple enough to guess.",
    why="Anyone who knows it can forge a session of any customer and read that "
    "customer's messages.",
    fix=_NEW_KEY,
)
SECRET_KEY_PUBLISHED = FindingKind(
    "secret_key_published",
    "error",
    what="SECRET_KEY is the sample of a public document.",
    why="Anyone who tries the known samples can forge a session of any customer and "
    "read that customer's messages.",
    fix=_NEW_KEY,
)
WEBHOOK_PASSWORD_SHORT = FindingKind(
    "webhook_password_short",
    "warning",
    what="APP_INBOX_WEBHOOK_PASSWORD has only {length} characters.",
    why="Anyone may try passwords at the webhook. Whoever finds it can hand your "
    "receivers of message_received messages that the vendor never sent.",
    fix='APP_INBOX_WEBHOOK_PASSWORD = "…"  # python -c \'import secrets; '
    "print(secrets.token_hex())'; tell support the new one",
)
COOKIE_NOT_HTTPONLY = FindingKind(
    "cookie_not_httponly",
    "error",
    what="Scripts can read {cookie}: HttpOnly is off.",
    why="One injected script is enough to take over a customer's login.",
    fix="{prefix}_HTTPONLY = True",
)
COOKIE_NOT_SECURE = FindingKind(
    "cookie_not_secure",
    "note",
    what="Browsers send {cookie} over plain http too.",
    why="Anyone who listens on the way can use it.",
    fix={
        "https": "{prefix}_SECURE = True",
        "unknown": "{prefix}_SECURE = True  # where you have https: over plain http "
        "browsers send such a cookie to localhost alone",
    },
)
COOKIE_NEVER_SENT = FindingKind(
    "cookie_never_sent",
    "error",
    what="Browsers do not send {cookie} to {origin}: it is Secure.",
    why="Nobody stays logged in there. Browsers send Secure cookies over https, and "
    "over plain http to localhost alone.",
    fix="{prefix}_SECURE = False  # while you develop without https; or open the site "
    "as http://localhost{port}",
)
COOKIE_NOT_SAMESITE = FindingKind(
    "cookie_not_samesite",
    "note",
    what="Each browser decides for itself when other sites' requests carry {cookie}.",
    why="Lax keeps it out of their POST requests in every browser.",
    fix='{prefix}_SAMESITE = "Lax"',
)


COOKIE_OTHER_PATH = FindingKind(
    "cookie_other_path",
    "error",
    what="Browsers do not send {cookie} to {address}: its path is {path}.",
    why="There the site does not know who is logged in, so nobody gets a token.",
    fix='{prefix}_PATH = "/"  # or APPLICATION_ROOT = "{path}", if the site is there',
)


def check_secret_key(app: Flask, section: Section) -> None:
    """Find a SECRET_KEY that somebody could guess."""
    key: object = app.secret_key
    if not key:
        section.report(SECRET_KEY_MISSING)
    elif not isinstance(key, str | bytes):
        section.report(SECRET_KEY_NO_TEXT)
    elif is_published(key):
        section.report(SECRET_KEY_PUBLISHED)
    elif is_weak(key):
        section.report(SECRET_KEY_WEAK)
    else:
        section.ok("SECRET_KEY is long enough.")


def check_webhook_password(password: str | None, section: Section) -> None:
    """Find a password of the webhook that somebody could find by trying."""
    if password is None:
        return
    if len(password) < LONG_PASSWORD:
        section.report(WEBHOOK_PASSWORD_SHORT, length=len(password))
    else:
        section.ok("The webhook's password is long enough.")


def is_published(key: str | bytes) -> bool:
    """Tell whether a key is one that a document shows."""
    key = key.encode("utf-8", "surrogatepass") if isinstance(key, str) else key
    return sha256(key).hexdigest()[:16] in _PUBLISHED


def is_weak(key: str | bytes) -> bool:
    """Tell whether a key looks like one that somebody made up."""
    text = key if isinstance(key, str) else key.decode("latin-1")
    return strength(key) < ENOUGH or bool(_WORDS.search(text))


def strength(key: str | bytes) -> float:
    """Estimate the bits of a key by how much its characters differ."""
    counts = Counter(key)
    size = len(key)
    return sum(-count * math.log2(count / size) for count in counts.values())


def check_cookies(app: Flask, origin: str | None, section: Section) -> None:
    """Find cookies that others than this site's own pages could use, or not even they.

    :param origin: of the site as browsers see it; None: unknown.
    """
    address = urlsplit(origin or "")
    case = "https" if address.scheme == "https" else "unknown"
    before = len(section.findings)
    for prefix, name in _cookies(app):
        # Flask-Login's own defaults: HttpOnly and nothing else.
        if not app.config.get(f"{prefix}_HTTPONLY", True):
            section.report(COOKIE_NOT_HTTPONLY, cookie=name, prefix=prefix)
        if not app.config.get(f"{prefix}_SECURE", False):
            section.report(COOKIE_NOT_SECURE, case, cookie=name, prefix=prefix)
        elif address.scheme == "http" and not _is_local(address.hostname or ""):
            port = f":{address.port}" if address.port else ""
            section.report(
                COOKIE_NEVER_SENT, cookie=name, prefix=prefix, origin=origin, port=port
            )
        if app.config.get(f"{prefix}_SAMESITE") not in ("Lax", "Strict"):
            section.report(COOKIE_NOT_SAMESITE, cookie=name, prefix=prefix)
    if len(section.findings) == before:
        section.ok("Cookies are Secure, HttpOnly and SameSite.")


def check_cookie_paths(app: Flask, url_prefix: str, section: Section) -> None:
    """Find cookies that do not reach our endpoint.

    :param url_prefix: of the endpoint.
    """
    root = (app.config["APPLICATION_ROOT"] or "/").rstrip("/")
    address = f"{root}{url_prefix}/token"
    for prefix, name in _cookies(app):
        of_session = prefix == "SESSION_COOKIE"
        path = app.config.get(f"{prefix}_PATH") or (of_session and root) or "/"
        # What stands for a variable of the prefix may be what the path names.
        begun = address.partition("<")[0]
        reaches = address == path or address.startswith(f"{path.rstrip('/')}/")
        if not reaches and not ("<" in address and path.startswith(begun)):
            section.report(
                COOKIE_OTHER_PATH,
                cookie=name,
                prefix=prefix,
                address=address,
                path=path,
            )


def _cookies(app: Flask) -> Iterator[tuple[str, str]]:
    """Yield the cookies of a login: the prefix of their settings, and a name."""
    yield "SESSION_COOKIE", "the session cookie"
    if uses_flask_login(app):
        yield "REMEMBER_COOKIE", "Flask-Login's remember cookie"


def _is_local(host: str) -> bool:
    """Tell whether browsers send Secure cookies to a host over plain http."""
    return is_loopback(host) or host.endswith(".localhost")

"""Checks of single settings.

Each takes the value in the configuration and returns the value in use, or raises
ValueError with the words that follow "KEY must be". A message never repeats the value,
which could be a secret in the wrong place.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from .languages import two_letters


def flag(value: Any) -> bool:
    """Check a bool."""
    if not isinstance(value, bool):
        raise ValueError("True or False (true or false in the environment)")
    return value


def text(value: Any) -> str:
    """Check a string that is not blank."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a string that is not empty")
    return value.strip()


def secret(value: Any) -> str:
    """Check a credential."""
    key = value.strip() if isinstance(value, str) else ""
    if not key or not key.isprintable() or not key.isascii():
        raise ValueError("a key of printable ASCII characters, copied whole")
    return key


def quoted(key: str, check: Callable[[Any], str]) -> Callable[[Any], str]:
    """Make a check that explains how to set a string of digits in the environment.

    Flask parses the environment as JSON, so digits become a number.

    :param key: the whole key in the configuration.
    :param check: checks the string.
    """

    def checked(value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError(
                "a string; one that reads as a number needs quotes in the "
                f"environment: FLASK_{key}='\"…\"'"
            )
        return check(value)

    return checked


def matching(pattern: str, what: str) -> Callable[[Any], str]:
    """Make a check for strings of one form."""

    def check(value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise ValueError(f"{what}: a string of the form {pattern}")
        return plain(value)

    return check


def plain(value: str) -> str:
    """Return a plain str: members of a str enum print as something else."""
    return str.__str__(value)


def identifier(value: Any) -> str:
    """Check the name of a Python attribute."""
    if not isinstance(value, str) or not value.isidentifier():
        raise ValueError("the name of an attribute of your user")
    return plain(value)


def one_of(*choices: str) -> Callable[[Any], str]:
    """Make a check for one word out of a few."""

    def check(value: Any) -> str:
        if not isinstance(value, str) or value not in choices:
            raise ValueError("one of " + ", ".join(map(repr, choices)))
        return plain(value)

    return check


def number(least: float, most: float) -> Callable[[Any], float]:
    """Make a check for a number of seconds."""

    def check(value: Any) -> float:
        if (
            isinstance(value, bool)
            or not isinstance(value, (int, float))
            or not least <= value <= most
        ):
            raise ValueError(f"a number of seconds from {least} to {most}")
        return float(value)

    return check


def integer(least: int, most: int) -> Callable[[Any], int]:
    """Make a check for a whole number."""

    def check(value: Any) -> int:
        if type(value) is not int or not least <= value <= most:
            raise ValueError(f"a whole number from {least} to {most}")
        return value

    return check


def url(value: Any) -> str:
    """Check the base of a vendor's address; return it without a trailing slash."""
    needed = (
        "a URL like https://host/path, without user, query or fragment; "
        "plain http only for a loopback host such as http://127.0.0.1:5001"
    )
    if not isinstance(value, str) or re.search(r"[\s\\\x00-\x1f\x7f]", value):
        raise ValueError(needed)
    try:
        parts = urlsplit(value)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError(needed) from None
    if (
        parts.netloc.endswith(":")
        or port == 0
        or any(mark in value for mark in "@?#")
        or not (is_address(host) or is_host_name(host))
        or ("[" in value) != (":" in host)
        or not (parts.path.strip("/") == "" or _is_plain_path(parts.path.rstrip("/")))
    ):
        raise ValueError(needed)
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host)):
        return value.rstrip("/")
    raise ValueError(needed)


def is_host_name(host: str) -> bool:
    """Return whether a host is a name that can be looked up."""
    label = "[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?"
    # A name that ends in a number would be taken for an address.
    name = rf"(?:{label}\.)*(?!(?:[0-9]+|0[xX][0-9A-Fa-f]*)\.?$){label}\.?"
    return len(host) <= 253 and bool(re.fullmatch(name, host))


def is_address(host: str) -> bool:
    """Return whether a host is an IP address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return "%" not in host


def _is_plain_path(value: str) -> bool:
    # Some servers on the way unescape dots and slashes.
    escape = "%(?!2[EeFf]|5[Cc])[0-9A-Fa-f]{2}"
    return bool(re.fullmatch(rf"(/([A-Za-z0-9_.~-]|{escape})+)+", value)) and not any(
        part in (".", "..") for part in value.split("/")
    )


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine, by the addresses that browsers trust."""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    # Only newer Pythons call ::ffff:127.0.0.1 loopback.
    return address.is_loopback and getattr(address, "ipv4_mapped", None) is None


def path(value: Any) -> str:
    """Check a path that is joined to a vendor's address."""
    if not isinstance(value, str) or not _is_plain_path(value):
        raise ValueError("a path like /v1/auth/contact/token")
    return plain(value)


def url_prefix(value: Any) -> str:
    """Check the prefix of the blueprint, which may have variables of werkzeug's."""
    path = re.sub(_RULE_VARIABLE, "x", value) if isinstance(value, str) else ""
    if not _is_plain_path(path) or "%" in path:
        raise ValueError(
            "a path like /app-inbox or /<tenant>/app-inbox, without a trailing slash"
        )
    return plain(value)


#: A variable: its converter, what that is given, and its name.
_RULE_VARIABLE = r"<(?:[A-Za-z_]\w*(?:\([^()<>/\x00-\x1f]*\))?:)?[A-Za-z_]\w*>"


def language(value: Any) -> str:
    """Check a language; cut regional tags to two letters."""
    code = two_letters(value)
    if code is None:
        hint = " (Ukrainian is uk)" if value in ("ua", "UA") else ""
        raise ValueError(f"a language of ISO 639-1 such as en, uk or pt-BR{hint}")
    return code

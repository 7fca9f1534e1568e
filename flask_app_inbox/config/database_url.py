"""The setting that says which database keeps OAuth connections.

We read it ourselves. A driver takes half of a password with an unescaped ``@`` for a
host, and prints hosts; and where a path ends, SQLAlchemy's versions disagree.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote

#: Both are compiled where a site has one, as that takes milliseconds.
_POSTGRESQL = r"""
    postgres(ql)?(\+psycopg)?://
    ((?P<user>[^:@/?\#\[\]]*)(:(?P<password>[^@/?\#\[\]]*))?@)?
    (\[(?P<address>[0-9A-Fa-f:.]+)\]|(?P<host>[^:@/?\#\[\],]*))
    (:(?P<port>[0-9]{1,5}))?
    (/(?P<name>[^@/?\#]*))?
    (\?(?P<options>[^@?\#]+))?
    """
_SQLITE = r"sqlite:///(?P<path>[^?\#]+)"


class DatabaseAddress(NamedTuple):
    """A database URL, taken apart and unescaped; repr hides it.

    :param path: of SQLite's file; None: it is PostgreSQL.
    :param options: of PostgreSQL's client library.
    """

    path: str | None = None
    user: str | None = None
    password: str | None = None
    host: str | None = None
    port: int | None = None
    name: str | None = None
    options: Mapping[str, str] = MappingProxyType({})

    def __repr__(self) -> str:
        return f"<DatabaseAddress of {self.path or self.name}>"


def database_url(value: Any) -> str:
    """Check where connections are stored."""
    if isinstance(value, str) and read_database_url(value) is not None:
        return value
    raise ValueError(
        "sqlite:////absolute/path or postgresql://user:password@host/name. In user, "
        "password and path write signs as in any URL: @ as %40, / as %2F (not in a "
        "path), # as %23, ? as %3F, % as %25"
    )


def read_database_url(url: str) -> DatabaseAddress | None:
    """Return the parts of a URL; None if it is none that can work."""
    if not url.isprintable() or " " in url:
        return None
    if match := re.fullmatch(_SQLITE, url):
        path = unquote(match["path"])
        return None if path == ":memory:" or "\0" in path else DatabaseAddress(path)
    match = re.fullmatch(_POSTGRESQL, url, re.VERBOSE)
    if not match or not (match["host"] or match["address"] or match["name"]):
        return None
    port = int(match["port"]) if match["port"] else None
    if port is not None and not 0 < port < 2**16:
        return None
    given = match["options"]
    try:
        options = dict(parse_qsl(given, strict_parsing=True)) if given else {}
    except ValueError:
        return None
    user, password, host, name = (
        unquote(part) if part else None
        for part in match.group("user", "password", "host", "name")
    )
    return DatabaseAddress(
        None, user, password, match["address"] or host, port, name, options
    )

"""``CHATHUB_*``: every key is a field of :class:`ChatHubSettings`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from ..config import validators
from ..config.proxy_url import PROXY_HELP, proxy_problems, proxy_url
from ..config.rate import rate_limit
from ..config.reader import read, setting
from ..config.storage_url import storage_url
from ..errors import ConfigError
from .fallback import Fallback, read_fallback
from .texts import TEXTS

PREFIX = "CHATHUB_"

#: The longest life of an operator token, in seconds. The vendor refuses more than
#: 24 hours ahead by its own clock (authentication guide); a clock may be wrong.
LONGEST_LIFE = 24 * 60 * 60 - 10 * 60
#: The shortest life that a page can still renew in time.
SHORTEST_LIFE = 5

#: The path of the panel's module if ``CHATHUB_SCRIPT_URL`` names a host alone.
_SCRIPT_PATH = "/operator-chat-panel/widget-script.js"


def password(value: Any) -> str:
    """Check a credential that is sent in a body."""
    if not isinstance(value, str):
        raise ValueError(
            "a string; one of digits alone needs quotes in the environment: '\"123\"'"
        )
    if not value or not value.isprintable():
        raise ValueError("the text that you log in to the vendor with, copied whole")
    return value


def key(value: Any) -> str:
    """Check a credential that is sent in a header."""
    if not password(value).strip().isascii():
        raise ValueError("a key of ASCII characters, copied whole")
    return str(value).strip()


def lifetime(value: Any) -> float:
    """Check how long an operator token lives; return seconds."""
    seconds = value.total_seconds() if isinstance(value, timedelta) else value
    try:
        return validators.number(SHORTEST_LIFE, LONGEST_LIFE)(seconds)
    except ValueError:
        raise ValueError(
            f"seconds (or a timedelta) from {SHORTEST_LIFE} to {LONGEST_LIFE}: the "
            "vendor refuses more than 24 hours, and clocks differ by minutes"
        ) from None


def vendor_url(value: Any) -> str:
    """Check an address that is also used in a Content-Security-Policy."""
    url = validators.url(value)
    if not re.fullmatch(r"https?://[A-Za-z0-9.:\[\]-]+[A-Za-z0-9._~%/-]*", url):
        raise ValueError("a URL of ASCII letters, digits and the signs . _ ~ % / -")
    return url


def script_url(value: Any) -> str:
    """Check the address of the panel's module; a host alone is enough."""
    url = vendor_url(value)
    return url if urlsplit(url).path else url + _SCRIPT_PATH


@dataclass(frozen=True)
class ChatHubSettings:
    """The checked values of ``CHATHUB_*``."""

    key: str | None = setting(
        None,
        key,
        "The key of your profile at the vendor; sent as `X-Authorization-Key`. This, "
        "or the next two.",
        secret=True,
    )
    login: str | None = setting(
        None,
        password,
        "What you log in to the vendor with. Login and password get a company token, "
        "which is kept in the process and renewed on 401.",
        secret=True,
    )
    password: str | None = setting(None, password, "Its password.", secret=True)
    api_url: str = setting("https://chatapi.smsbat.com", vendor_url, "Base of the API.")
    script_url: str = setting(
        "https://widget.smsbat.com" + _SCRIPT_PATH,
        script_url,
        "The panel's module; a host alone is enough.",
    )
    token_lifetime: float = setting(
        8 * 60 * 60.0,
        lifetime,
        "Seconds or a `timedelta`, 5 s to 23 h 50 min: the vendor refuses more than "
        "24 h by its own clock.",
        shown="`28800` (8 h)",
    )
    require_login: bool = setting(
        True,
        validators.flag,
        "Where the app uses Flask-Login, refuse whoever is anonymous there before the "
        "loader is asked; `False`: staff log in by other means.",
    )
    fallback: Fallback | None = setting(
        None,
        read_fallback,
        '`{"text": …, "link": …}`: a text, a lazy text, or a text by language; a link '
        "with https:, mailto:, tel: or a path.",
    )
    language: str | None = setting(
        None,
        validators.language,
        f"Of our own texts ({', '.join(TEXTS)}); `@chathub.language_loader` goes "
        "first.",
        shown="Flask-Babel's locale, else `en`",
    )
    timeout: float = setting(
        5.0,
        validators.number(0.1, 60),
        "Seconds for one request, everything included; two vendor calls may be needed.",
    )
    max_concurrent: int = setting(
        8, validators.integer(1, 1000), "Vendor calls at once in a process."
    )
    proxy: str | None = setting(None, proxy_url, PROXY_HELP, secret=True)
    rate_limit: str | None = setting(
        "30/minute",
        rate_limit,
        "Token requests for each operator; `False`: no limit.",
    )
    storage_url: str = setting(
        None,
        storage_url,
        "Where tokens and rate limits are kept; `redis://…` for several processes "
        "(extra `redis`).",
        shown="`APP_INBOX_STORAGE_URL`, else `memory://`",
        secret=True,
    )
    storage_timeout: float = setting(
        0.5,
        validators.number(0.01, 10),
        "Seconds of `TIMEOUT` that Redis may take for each question. If it takes "
        "longer, each process keeps its own tokens until it answers again.",
    )
    url_prefix: str = setting(
        "/chathub",
        validators.url_prefix,
        "Where the endpoints and scripts live. It may have variables: "
        "`/<tenant>/chathub`.",
    )
    enabled: bool = setting(
        True, validators.flag, "`False`: no panel, no endpoint, no vendor."
    )

    @property
    def is_shared(self) -> bool:
        """Whether tokens leave this process."""
        return self.storage_url != "memory://"


def read_settings(config: Mapping[str, Any]) -> ChatHubSettings:
    """Read and check every ``CHATHUB_*`` key.

    :param config: the app's configuration; ``APP_INBOX_STORAGE_URL`` is the default of
        ``CHATHUB_STORAGE_URL``.
    :raises ConfigError: with everything that is wrong.
    """
    values, problems = read(config, PREFIX, ChatHubSettings)
    if values["storage_url"] is None:
        inherited = config.get("APP_INBOX_STORAGE_URL") or "memory://"
        try:
            values["storage_url"] = storage_url(inherited)
        except ValueError as error:
            problems.append(f"APP_INBOX_STORAGE_URL must be {error}.")
    if values["enabled"]:
        problems += proxy_problems(PREFIX, values, ("api_url", "script_url"))
        problems += _missing_credentials(config)
        problems += _missing_packages(str(values["storage_url"]))
        if str(values["storage_url"]) != "memory://" and not config.get("SECRET_KEY"):
            problems.append(
                "SECRET_KEY is missing: operator tokens leave this process for "
                f"{PREFIX}STORAGE_URL only encrypted under a key made of it."
            )
    if problems:
        raise ConfigError(problems)
    return ChatHubSettings(**values)


def _missing_credentials(config: Mapping[str, Any]) -> list[str]:
    login, password, key = (
        config.get(PREFIX + name) is not None for name in ("LOGIN", "PASSWORD", "KEY")
    )
    if key and (login or password):
        return [
            f"{PREFIX}KEY and {PREFIX}LOGIN with {PREFIX}PASSWORD do the same "
            "thing. Keep one of them."
        ]
    if key or (login and password):
        return []
    return [
        f"{PREFIX}KEY is missing, or {PREFIX}LOGIN and {PREFIX}PASSWORD in its place. "
        "The key stands in your profile in the vendor's dashboard. Without a vendor: "
        "`flask app-inbox sandbox` accepts the key sandbox-key. "
        f"{PREFIX}ENABLED = False switches the panel off."
    ]


def _missing_packages(storage_url: str) -> list[str]:
    needed = {"dogpile.cache": "chathub", "cryptography": "chathub"}
    if re.match("rediss?:", storage_url):
        needed |= dict.fromkeys(("redis", "limits"), "redis")
    extras = dict.fromkeys(
        extra for module, extra in needed.items() if not _is_there(module)
    )
    return [
        f'ChatHub needs packages that are not installed: pip install "'
        f'flask-app-inbox[{",".join(extras)}]"'
        for _ in list(extras)[:1]
    ]


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False

"""The settings that OAuth needs, and how they must agree."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..client.platforms import PLATFORMS
from ..config import validators
from ..config.reader import setting

#: The prefix of every App Inbox setting.
PREFIX = "APP_INBOX_"

_WITH_SERVER = [platform for platform in PLATFORMS.values() if platform.oauth_url]

#: The word in ``ENCRYPTION_KEYS`` for the keys that are made of Flask's.
FLASKS_KEY = "SECRET_KEY"

#: The vendor registers an app with these: set all three or none.
_CLIENT = ("OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET", "OAUTH_REDIRECT_URI")


def client_credential(value: Any) -> str:
    """Check an id or a secret that the vendor gave to the app."""
    if (
        not isinstance(value, str)
        or not value.strip()
        or not value.isascii()
        or not value.isprintable()
    ):
        raise ValueError(
            "a string of printable ASCII characters, as the vendor shows it; one of "
            "digits alone needs quotes of its own in the environment"
        )
    return value.strip()


def redirect_uri(value: Any) -> str:
    """Check the address that owners come back to; keep it as it is written."""
    try:
        validators.url(value)
    except ValueError:
        raise ValueError(
            "the callback URL as it is registered with the vendor, like "
            "https://shop.example/app-inbox/oauth/callback, without user, query or "
            "fragment; plain http only for a loopback host"
        ) from None
    return str(value)


def encryption_keys(value: Any) -> tuple[str, ...]:
    """Check keys of Fernet, the newest first, and the word for those of Flask."""
    keys = value.split(",") if isinstance(value, str) else value
    if not isinstance(keys, (list, tuple)) or not keys:
        raise ValueError(_KEYS_NEEDED)
    checked = tuple(_encryption_key(key) for key in keys)
    if checked[0] == FLASKS_KEY:
        raise ValueError(_KEYS_NEEDED)
    return checked


_KEYS_NEEDED = (
    "a list of keys, the newest first, each made by `python -c 'from "
    "cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'`; after "
    "them the word SECRET_KEY may stand for what was in use without this setting"
)


def _encryption_key(key: Any) -> str:
    if isinstance(key, bytes):
        key = key.decode("ascii", "replace")
    if not isinstance(key, str):
        raise ValueError(_KEYS_NEEDED)
    if key.strip() == FLASKS_KEY:
        return FLASKS_KEY
    try:
        size = len(urlsafe_b64decode(key.strip().encode()))
    except (ValueError, binascii.Error):
        size = 0
    if size != 32:
        raise ValueError(_KEYS_NEEDED)
    return key.strip()


def _database_url(value: Any) -> str:
    """Check where connections are stored."""
    from ..config.database_url import database_url  # most sites keep none

    return database_url(value)


# Only the subclass has values; methods made here would be made again there.
@dataclass(frozen=True, init=False, repr=False, eq=False)
class OAuthSettings:
    """The settings of ``APP_INBOX_*`` that are about OAuth."""

    oauth_client_id: str | None = setting(
        None,
        client_credential,
        "Id of the app that you registered with the vendor. Set it with the next two "
        "in place of `API_KEY`.",
    )
    oauth_client_secret: str | None = setting(
        None, client_credential, "Its secret.", secret=True
    )
    oauth_redirect_uri: str | None = setting(
        None,
        redirect_uri,
        "Its callback URL, letter by letter as it is registered: "
        "`https://shop.example/app-inbox/oauth/callback`.",
    )
    oauth_url: str | None = setting(
        None,
        validators.url,
        "The vendor's authorization server: "
        + ", ".join(f"`{one.oauth_url}`" for one in _WITH_SERVER)
        + ". For Reteno no document names one: set it.",
        shown="the platform's",
    )
    oauth_token_url: str | None = setting(
        None,
        validators.url,
        "The whole address of token requests, where it is on another host than the "
        "consent page: the guide's text prints `https://esputnik.com/uaa/oauth/token`.",
        shown="`<OAUTH_URL>/oauth/token`",
    )
    oauth_form: str = setting(
        "body",
        validators.one_of("body", "query"),
        "Token requests as in the guide's sample (form body, Basic credentials), or "
        "`query`: everything in the query string, as the guide's text has it. Proxies "
        "and servers log query strings.",
    )
    database_url: str | None = setting(
        None,
        _database_url,
        "Where OAuth connections are kept: `sqlite:////path/file` or "
        "`postgresql://user:password@host/name` (extra `postgres`) for several "
        "machines. A relative SQLite path starts at the instance folder. Signs are "
        "escaped as in any URL: `@` is `%40`.",
        shown="SQLite in the instance folder",
        secret=True,
    )
    encryption_keys: tuple[str, ...] = setting(
        (),
        encryption_keys,
        "Keys that encrypt the tokens, the newest first, as a list or separated by "
        "commas. The first one encrypts, every one decrypts. The word `SECRET_KEY` "
        "after them stands for the keys that are made of Flask's.",
        shown="from `SECRET_KEY`",
        secret=True,
    )

    @property
    def oauth_token_address(self) -> str:
        """Where access tokens are asked for."""
        return self.oauth_token_url or f"{self.oauth_url or ''}/oauth/token"

    @property
    def uses_oauth(self) -> bool:
        """Whether access tokens prove who calls, in place of an API key."""
        return self.oauth_client_id is not None


def is_begun(config: Mapping[str, Any]) -> bool:
    """Return whether anything of an app's registration is set."""
    return any(config.get(PREFIX + name) is not None for name in _CLIENT)


def oauth_problems(values: Mapping[str, Any], config: Mapping[str, Any]) -> list[str]:
    """Return a sentence about each thing that does not go together.

    :param values: what was read so far, including defaults.
    :param config: the app's configuration.
    """
    if not values["enabled"] or not is_begun(config):
        return []
    found = []
    if config.get(f"{PREFIX}API_KEY") is not None:
        found.append(
            f"{PREFIX}API_KEY and {PREFIX}OAUTH_CLIENT_ID are both set. Remove one of "
            "them: calls use the key or OAuth, never both."
        )
    missing = [PREFIX + name for name in _CLIENT if config.get(PREFIX + name) is None]
    if missing:
        found.append(
            f"{' and '.join(missing)} must be set, too: OAuth needs the id, the secret "
            "and the callback URL of the app that you registered with the vendor."
        )
    if values["oauth_url"] is None and values["platform"].oauth_url is None:
        found.append(
            f"{PREFIX}OAUTH_URL must be set: no document names the authorization "
            f"server of {values['platform'].name}. Ask the vendor."
        )
    keys = values["encryption_keys"] or [FLASKS_KEY]
    if not config.get("SECRET_KEY") and FLASKS_KEY in keys:
        found.append(
            "SECRET_KEY must be set: it guards the connection's tokens. Or set "
            f"{PREFIX}ENCRYPTION_KEYS to keys of their own."
        )
    return found

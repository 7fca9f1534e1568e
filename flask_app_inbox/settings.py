"""Settings of one app, read once and checked whole.

Every key, its default and its check stand in ``_KEYS`` and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from . import checks, oauth_settings
from .anchors import Anchor, parse_anchor
from .errors import ConfigError
from .keys import Check, read_keys
from .platforms import PLATFORMS, Platform

PREFIX = "APP_INBOX_"

_KEYS: dict[str, tuple[Any, Check]] = {
    "ENABLED": (True, checks.flag),
    "PLATFORM": ("esputnik", checks.one_of(*PLATFORMS)),
    "API_KEY": (None, checks.quoted(f"{PREFIX}API_KEY", checks.secret)),
    "SCRIPT_ID": (
        None,
        checks.quoted(
            f"{PREFIX}SCRIPT_ID",
            checks.matching(r"[A-Za-z0-9_-]{1,64}", "a script id"),
        ),
    ),
    "API_URL": (None, checks.url),
    "SCRIPT_URL": (None, checks.url),
    "TOKEN_PATH": ("/v1/auth/contact/token", checks.path),
    "INIT_FORM": ("features", checks.one_of("features", "options")),
    "FEATURES": (MappingProxyType({}), checks.features),
    "LANGUAGE": (None, checks.language),
    "ANCHOR": ("#app-inbox", checks.selector),
    "POSITION": ("beforeend", checks.position),
    "ICON": (None, checks.text),
    "ANONYMOUS": ("nothing", checks.one_of("nothing", "tracking")),
    "CONTACT_FIELDS": (MappingProxyType({"email": "email"}), checks.contact_fields),
    "VERIFIED_ATTRIBUTE": (None, checks.identifier),
    "CREATE_CONTACTS": (False, checks.flag),
    "TIMEOUT": (3.0, checks.number(0.1, 60)),
    "MAX_CONCURRENT": (8, checks.integer(1, 1000)),
    "RATE_LIMIT": ("30/minute", checks.rate_limit),
    "STORAGE_URL": ("memory://", checks.storage_url),
    "URL_PREFIX": ("/app-inbox", checks.url_prefix),
    **oauth_settings.KEYS,
}


@dataclass(frozen=True)
class Settings:
    """What ``APP_INBOX_*`` says, checked; the README tells each key's meaning."""

    enabled: bool
    platform: Platform
    api_key: str | None = field(repr=False)
    script_id: str | None
    api_url: str
    script_url: str
    token_path: str
    init_form: str
    features: Mapping[str, bool]
    language: str | None
    anchor: str
    position: str
    icon: str | None
    anonymous: str
    contact_fields: Mapping[str, str]
    verified_attribute: str | None
    create_contacts: bool
    timeout: float
    max_concurrent: int
    rate_limit: str | None
    storage_url: str = field(repr=False)
    url_prefix: str
    oauth_url: str | None
    oauth_client_id: str | None
    oauth_client_secret: str | None = field(repr=False)
    oauth_redirect_uri: str | None
    oauth_form: str
    database_url: str | None = field(repr=False)
    encryption_keys: tuple[str, ...] = field(repr=False)

    @property
    def uses_oauth(self) -> bool:
        """Whether access tokens prove who calls, in place of an API key."""
        return self.oauth_client_id is not None

    @property
    def token_url(self) -> str:
        """Where a contact's token is minted."""
        return self.api_url + self.token_path

    @property
    def script_source(self) -> str | None:
        """The vendor's page script; None where the page carries it already."""
        if self.script_id is None:
            return None
        return f"{self.script_url}/scripts/{self.script_id}.js"

    @property
    def anchor_has_place(self) -> bool:
        """Whether ``app_inbox_anchor()`` renders a box around anchor and bell.

        A bell beside the anchor needs one to be moved with it. A selector that
        looks at parents or siblings would not match inside a box.
        """
        beside = self.position in ("beforebegin", "afterend")
        return beside and not any(sign in self.anchor for sign in ">+~")

    @property
    def anchor_element(self) -> Anchor:
        """The element that ``app_inbox_anchor()`` renders."""
        return parse_anchor(self.anchor)


def read_settings(config: Mapping[str, Any], root_path: str) -> Settings:
    """Read and check every ``APP_INBOX_*`` key.

    :param config: the app's configuration.
    :param root_path: the folder that a relative ``APP_INBOX_ICON`` starts from.
    :raises ConfigError: naming every problem at once.
    """
    values, problems = read_keys(config, PREFIX, _KEYS)
    if values["icon"] is not None:
        problems += _load_icon(values, root_path)
    if values["features"] and values["init_form"] == "options":
        problems.append(
            f"{PREFIX}FEATURES has no place in the init form 'options'; take it out, "
            f"or set {PREFIX}INIT_FORM to 'features'."
        )
    inside = values["position"] in ("afterbegin", "beforeend")
    if inside and not parse_anchor(values["anchor"]).can_hold:
        problems.append(
            f"{PREFIX}POSITION must be beforebegin or afterend: no bell can stand "
            f"inside the element of {PREFIX}ANCHOR."
        )
    problems += oauth_settings.problems(values, config)
    if (
        values["enabled"]
        and config.get(f"{PREFIX}API_KEY") is None
        and not oauth_settings.is_begun(config)
    ):
        problems.append(
            f"{PREFIX}API_KEY is missing. Create a key with full access to the API "
            "in the vendor's settings and set it (FLASK_APP_INBOX_API_KEY in the "
            "environment, with app.config.from_prefixed_env()). Without a vendor: "
            "`python -m flask_app_inbox.sandbox` is a stand-in that accepts the key "
            "sandbox-key. An app that is "
            f"registered with the vendor sets {PREFIX}OAUTH_CLIENT_ID instead. "
            f"{PREFIX}ENABLED = False switches the whole extension off."
        )
    if problems:
        raise ConfigError(problems)
    platform = PLATFORMS[values["platform"]]
    values["platform"] = platform
    values["api_url"] = values["api_url"] or platform.api_url
    values["script_url"] = values["script_url"] or platform.script_url
    values["oauth_url"] = values["oauth_url"] or platform.oauth_url
    return Settings(**values)


def _load_icon(values: dict[str, Any], root_path: str) -> list[str]:
    from .icon import read_icon

    try:
        values["icon"] = read_icon(Path(root_path, values["icon"]))
    except ValueError as error:
        return [f"{PREFIX}ICON must be an SVG file with a plain picture: {error}."]
    return []

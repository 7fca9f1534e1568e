"""The settings of one app, read once and checked together.

Every key is a field of :class:`Settings` or, for OAuth, of
:class:`~flask_app_inbox.oauth.settings.OAuthSettings`, with its default, its check and
its help.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..client.platforms import EVENT_PATH, PLATFORMS, Platform
from ..config import validators
from ..config.proxy_url import PROXY_HELP, proxy_url
from ..config.rate import rate_limit
from ..config.reader import either, read, setting
from ..config.storage_url import storage_url
from ..errors import ConfigError
from ..oauth.settings import PREFIX, OAuthSettings
from .anchor import POSITIONS, Anchor, parse_anchor
from .settings_problems import settings_problems
from .validators import (
    contact_fields,
    features,
    platform,
    selector,
    webhook_user,
)

_API_URLS = ", ".join(f"`{one.api_url}`" for one in PLATFORMS.values())
_MESSAGES_URLS = ", ".join(
    f"`{url}`" for url in dict.fromkeys(one.messages_url for one in PLATFORMS.values())
)


@dataclass(frozen=True, eq=False)
class Settings(OAuthSettings):
    """The checked values of ``APP_INBOX_*``."""

    api_key: str | None = setting(
        None,
        validators.quoted(f"{PREFIX}API_KEY", validators.secret),
        "The vendor's API key. Required, unless you connect by OAuth.",
        secret=True,
    )
    widget: str = setting(
        "vendor",
        validators.one_of("vendor", "site"),
        "Who draws bell and panel. `vendor`: the platform's script. `site`: the site "
        "itself, from the messages that its server reads; needs the extra `bell`. The "
        "settings of the vendor's script are not used then.",
    )
    script_id: str | None = setting(
        None,
        validators.quoted(
            f"{PREFIX}SCRIPT_ID",
            validators.matching(r"[A-Za-z0-9_-]{1,64}", "a script id"),
        ),
        "The id in the vendor's loader, `/scripts/<id>.js`. Unset: your pages carry "
        "the vendor's snippet already. Not used with the widget `site`.",
    )
    platform: Platform = setting(
        PLATFORMS["esputnik"],
        platform,
        f"Whose hosts are used: {either(PLATFORMS)}.",
        shown="`esputnik`",
    )
    api_url: str = setting(
        None,
        validators.url,
        f"Base of the vendor's API: {_API_URLS}.",
        shown="the platform's",
    )
    script_url: str = setting(
        None,
        validators.url,
        "Base of the vendor's script: `https://statics.esputnik.com` for all three. "
        "One document has `https://cdn.esputnik.com`.",
        shown="the platform's",
    )
    messages_url: str = setting(
        None,
        validators.url,
        "Base of the vendor's messages API, without the `/v1/messages`: "
        f"{_MESSAGES_URLS}.",
        shown="the platform's",
    )
    token_path: str = setting(
        "/v1/auth/contact/token",
        validators.path,
        "Joined to `API_URL`. The documents disagree about `/api`: "
        "`https://esputnik.com` as `API_URL` gives the form without it.",
    )
    event_path: str = setting(
        EVENT_PATH,
        validators.path,
        "Where events are sent, joined to `API_URL`. The older call is `/v1/event`.",
    )
    init_form: str = setting(
        "features",
        validators.one_of("features", "options"),
        "The call that starts the vendor's script. `features`: `eS('init', {APP_INBOX: "
        "true}, {…})`. `options`: `eS('init', {…})`. Both are documented.",
    )
    features: Mapping[str, bool] = setting(
        MappingProxyType({}),
        features,
        'Further flags of the first object, like `{"TRACKING": False, "RECOMS": '
        "True}`.",
        shown="`{}`",
    )
    language: str | None = setting(
        None,
        validators.language,
        "Language of the widget. Regional tags are cut: `pt-BR` is `pt`.",
        shown="Flask-Babel's, else `en`",
    )
    anchor: str = setting(
        "#app-inbox", selector, "CSS selector of the anchor, as you told the vendor."
    )
    position: str = setting(
        "beforeend",
        validators.one_of(*POSITIONS),
        f"{either(POSITIONS)}, as you told the vendor.",
    )
    icon: str | None = setting(
        None,
        validators.text,
        "SVG file with the bell's picture for the vendor, relative to the app's "
        "folder. It is checked: no script, no outside reference.",
    )
    anonymous: str = setting(
        None,
        validators.one_of("nothing", "tracking"),
        "Visitors who are not logged in: `nothing`, or `tracking` for the vendor's "
        "script and its `init` without the inbox.",
        shown="`nothing`; `tracking` where `SCRIPT_ID` is unset",
    )
    consent: bool = setting(
        False,
        validators.flag,
        "`True`: no script of the vendor, no token and no `init` before the page "
        "dispatches `app-inbox:consent` on `document`.",
    )
    contact_fields: Mapping[str, str] = setting(
        MappingProxyType({"email": "email"}),
        contact_fields,
        "Field of the contact → attribute of Flask-Login's user.",
        shown='`{"email": "email"}`',
    )
    verified_attribute: str | None = setting(
        None,
        validators.identifier,
        "Attribute of the user that must be true before their email is sent.",
    )
    create_contacts: bool = setting(
        False,
        validators.flag,
        "Create a contact that the vendor does not know, then issue their token.",
    )
    timeout: float = setting(
        3.0,
        validators.number(0.1, 60),
        "Seconds for one token request, everything included.",
    )
    max_concurrent: int = setting(
        8,
        validators.integer(1, 1000),
        "Calls to the vendor at once in a process. Keep it at or below half of the "
        "process's threads.",
    )
    proxy: str | None = setting(None, proxy_url, PROXY_HELP, secret=True)
    rate_limit: str | None = setting(
        "30/minute",
        rate_limit,
        "Token requests for each contact; `False`: no limit.",
    )
    storage_url: str = setting(
        "memory://",
        storage_url,
        "Where processes share what they count: `memory://` or `redis://…`.",
        secret=True,
    )
    storage_timeout: float = setting(
        0.5,
        validators.number(0.01, 10),
        "Seconds of `TIMEOUT` that Redis may take for one request, connecting "
        "included. If it takes longer, the limit is off until it answers again.",
    )
    webhook_user: str = setting(
        "app-inbox",
        webhook_user,
        "The user name with which the vendor calls your webhook.",
    )
    webhook_password: str | None = setting(
        None,
        validators.quoted(f"{PREFIX}WEBHOOK_PASSWORD", validators.secret),
        "The password. Where it is set, `POST /app-inbox/webhook` takes new messages "
        "from the vendor; needs the extra `bell`.",
        secret=True,
    )
    url_prefix: str = setting(
        "/app-inbox",
        validators.url_prefix,
        "Where the endpoints and the script live. It may have variables: "
        "`/<tenant>/app-inbox`.",
    )
    enabled: bool = setting(
        True,
        validators.flag,
        "`False`: no bell, no token endpoint, no call to the vendor; nothing is opened "
        "and no extra is needed. Where `SCRIPT_ID` "
        "is unset, pages keep the plain `init` of the vendor's snippet.",
    )

    @property
    def token_url(self) -> str:
        """Where a contact's token is issued."""
        return self.api_url + self.token_path

    @property
    def script_source(self) -> str | None:
        """The vendor's page script; None where the page carries it already."""
        if self.script_id is None:
            return None
        return f"{self.scripts_url}{self.script_id}.js"

    @property
    def scripts_url(self) -> str:
        """Where the page scripts of all the vendor's customers are."""
        return f"{self.script_url}/scripts/"

    @property
    def serves_script(self) -> bool:
        """Whether pages may carry our script.

        A page that carries the vendor's snippet needs its `init` whatever happens,
        unless the site draws its own bell and leaves the snippet to itself.
        """
        return self.enabled or (self.script_id is None and self.widget == "vendor")

    @property
    def draws_own_bell(self) -> bool:
        """Whether the site draws bell and panel, and answers what they ask."""
        return self.enabled and self.widget == "site"

    @property
    def anchor_element(self) -> Anchor | None:
        """The element that ``app_inbox_anchor()`` renders, if it can make one."""
        return parse_anchor(self.anchor)


def read_settings(config: Mapping[str, Any], root_path: str) -> Settings:
    """Read and check every ``APP_INBOX_*`` key.

    :param config: the app's configuration.
    :param root_path: the folder for a relative ``APP_INBOX_ICON``.
    :raises ConfigError: with everything that is wrong.
    """
    values, problems = read(config, PREFIX, Settings)
    if values["icon"] is not None:
        problems += _load_icon(values, root_path)
    problems += settings_problems(values, config)
    if problems:
        raise ConfigError(problems)
    for name in ("api_url", "script_url", "messages_url", "oauth_url"):
        values[name] = values[name] or getattr(values["platform"], name)
    if values["anonymous"] is None:
        has_snippet = values["script_id"] is None and values["widget"] == "vendor"
        values["anonymous"] = "tracking" if has_snippet else "nothing"
    return Settings(**values)


def _load_icon(values: dict[str, Any], root_path: str) -> list[str]:
    from .icon import read_icon

    try:
        values["icon"] = read_icon(Path(root_path, values["icon"]))
    except ValueError as error:
        return [f"{PREFIX}ICON must be an SVG file with a plain picture: {error}."]
    return []

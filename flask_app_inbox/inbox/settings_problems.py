"""What is wrong with settings that are right by themselves, but not together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..config.proxy_url import proxy_problems
from ..config.storage_url import lacks_client
from ..oauth.settings import PREFIX, is_begun, oauth_problems
from .anchor import parse_anchor

#: Where calls with something secret go, in clear if the URL says so.
_SECRET_PLACES = ("api_url", "script_url", "messages_url", "oauth_url")

_NO_KEY = (
    f"{PREFIX}API_KEY is missing. Create a key with full access to the API in the "
    "vendor's settings and set it (FLASK_APP_INBOX_API_KEY in the environment, with "
    "app.config.from_prefixed_env()). Without a vendor: `python -m "
    "flask_app_inbox.sandbox` is a stand-in that accepts the key sandbox-key. An app "
    f"that is registered with the vendor sets {PREFIX}OAUTH_CLIENT_ID instead. "
    f"{PREFIX}ENABLED = False (FLASK_{PREFIX}ENABLED=false) switches the whole "
    "extension off, as in tests of other things."
)


def settings_problems(
    values: Mapping[str, Any], config: Mapping[str, Any]
) -> Iterator[str]:
    """Say what is wrong, a sentence each.

    :param values: the checked values by field.
    :param config: the app's configuration.
    """
    if values["features"] and values["init_form"] == "options":
        yield (
            f"{PREFIX}FEATURES has no place in the init form 'options'; take it out, "
            f"or set {PREFIX}INIT_FORM to 'features'."
        )
    inside = values["position"] in ("afterbegin", "beforeend")
    anchor = parse_anchor(values["anchor"])
    if inside and anchor and not anchor.can_hold:
        yield (
            f"{PREFIX}POSITION must be beforebegin or afterend: no bell can stand "
            f"inside the element of {PREFIX}ANCHOR."
        )
    yield from oauth_problems(values, config)
    if values["enabled"]:
        yield from _missing(values, config)
        yield from proxy_problems(PREFIX, values, (*_SECRET_PLACES, "oauth_token_url"))


def _missing(values: Mapping[str, Any], config: Mapping[str, Any]) -> Iterator[str]:
    """Say what an app needs that is not switched off."""
    yield from _missing_extra(values)
    if lacks_client(values["storage_url"]):
        yield (
            f"{PREFIX}STORAGE_URL must be memory:// until you install the extra for "
            'Redis: pip install "flask-app-inbox[redis]"'
        )
    if config.get(f"{PREFIX}API_KEY") is None and not is_begun(config):
        yield _NO_KEY


def _missing_extra(values: Mapping[str, Any]) -> Iterator[str]:
    """Say what cannot be without the extra for the site's own bell."""
    draws, hears = values["widget"] == "site", bool(values["webhook_password"])
    if not draws and not hears:
        return
    from ..bell.extra import INSTALL_BELL, lacks_extra

    if draws and lacks_extra():
        yield f"{PREFIX}WIDGET must be vendor until {INSTALL_BELL}"
    if hears and lacks_extra():
        yield f"{PREFIX}WEBHOOK_PASSWORD must wait until {INSTALL_BELL}"

"""The brands' addresses, as their documents print them."""

from __future__ import annotations

from typing import Any

import pytest

from flask_app_inbox.client.platforms import PLATFORMS
from flask_app_inbox.inbox.settings import read_settings


@pytest.mark.parametrize(
    ("settings", "token_url"),
    [
        ({}, "https://esputnik.com/api/v1/auth/contact/token"),
        ({"PLATFORM": "yespo"}, "https://yespo.io/api/v1/auth/contact/token"),
        ({"PLATFORM": "reteno"}, "https://reteno.com/v1/auth/contact/token"),
        (
            {"API_URL": "https://esputnik.com"},
            "https://esputnik.com/v1/auth/contact/token",
        ),
        (
            {"PLATFORM": "reteno", "API_URL": "https://api.reteno.com/api/"},
            "https://api.reteno.com/api/v1/auth/contact/token",
        ),
        (
            {"TOKEN_PATH": "/v2/token", "PLATFORM": "yespo"},
            "https://yespo.io/api/v2/token",
        ),
    ],
)
def test_every_documented_token_url_can_be_reached(
    settings: dict[str, Any], token_url: str
) -> None:
    config = {f"APP_INBOX_{key}": value for key, value in settings.items()}
    assert (
        read_settings(config | {"APP_INBOX_API_KEY": "k"}, "/").token_url == token_url
    )


@pytest.mark.parametrize(
    ("settings", "source"),
    [
        ({}, "https://statics.esputnik.com/scripts/AB12.js"),
        (
            {"SCRIPT_URL": "https://cdn.esputnik.com"},
            "https://cdn.esputnik.com/scripts/AB12.js",
        ),
        ({"PLATFORM": "reteno"}, "https://statics.esputnik.com/scripts/AB12.js"),
        ({"SCRIPT_ID": None}, None),
    ],
)
def test_every_documented_script_host_can_be_reached(
    settings: dict[str, Any], source: str | None
) -> None:
    settings = {"SCRIPT_ID": "AB12", "API_KEY": "k"} | settings
    config = {f"APP_INBOX_{key}": value for key, value in settings.items()}
    assert read_settings(config, "/").script_source == source


def test_there_are_three_brands_that_all_speak_https() -> None:
    assert set(PLATFORMS) == {"esputnik", "yespo", "reteno"}
    for platform in PLATFORMS.values():
        urls = (platform.api_url, platform.script_url, platform.messages_url)
        for url in (*urls, platform.oauth_url):
            assert url is None or url.startswith("https://")


@pytest.mark.parametrize(
    ("platform", "url"),
    [
        ("esputnik", "https://esputnik.com/appinbox"),
        ("yespo", "https://esputnik.com/appinbox"),
        ("reteno", "https://api.reteno.com/appinbox"),
    ],
)
def test_messages_are_where_the_guide_for_mobile_apps_says(
    platform: str, url: str
) -> None:
    config = {"APP_INBOX_API_KEY": "k", "APP_INBOX_PLATFORM": platform}
    assert read_settings(config, "/").messages_url == url
    config["APP_INBOX_MESSAGES_URL"] = "https://reteno.com/appinbox/"
    assert read_settings(config, "/").messages_url == "https://reteno.com/appinbox"

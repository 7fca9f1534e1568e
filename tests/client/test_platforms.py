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
        for url in (platform.api_url, platform.script_url, platform.oauth_url):
            assert url is None or url.startswith("https://")

"""Settings: read once, checked whole, every problem told at once."""

from __future__ import annotations

import logging
import math
import re
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from flask import Flask

from flask_app_inbox import ConfigError
from flask_app_inbox.config.reader import settings_of as definitions_of
from flask_app_inbox.inbox.settings import Settings, read_settings
from flask_app_inbox.inbox.validators import contact_fields, features, selector
from flask_app_inbox.oauth.settings import OAuthSettings
from tests.conftest import API_KEY, MakeApp

KEYS = [each.key for each in definitions_of(Settings)]
OAUTH_KEYS = [each.key for each in definitions_of(OAuthSettings)]
ICON = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M1 1h7"></path></svg>'


def settings_of(*, root_path: str = "/nowhere", **settings: Any) -> Settings:
    config = {f"APP_INBOX_{key}": value for key, value in settings.items()}
    return read_settings({"APP_INBOX_API_KEY": API_KEY} | config, root_path)


def problems_of(**settings: Any) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        settings_of(**settings)
    return caught.value.problems


def test_an_api_key_is_all_that_must_be_set() -> None:
    settings = settings_of()
    assert settings.enabled
    assert settings.platform.name == "esputnik"
    assert (settings.script_id, settings.script_source) == (None, None)
    assert (settings.init_form, dict(settings.features)) == ("features", {})
    assert (settings.anchor, settings.position) == ("#app-inbox", "beforeend")
    assert (settings.anonymous, settings.language) == ("tracking", None)
    assert settings_of(SCRIPT_ID="x").anonymous == "nothing"
    assert settings_of(ANONYMOUS="nothing").anonymous == "nothing"
    assert settings.contact_fields == {"email": "email"}
    assert (settings.verified_attribute, settings.create_contacts) == (None, False)
    assert (settings.timeout, settings.max_concurrent) == (3.0, 8)
    assert (settings.rate_limit, settings.storage_url) == ("30/minute", "memory://")
    assert settings.url_prefix == "/app-inbox"


def test_a_key_that_is_none_is_as_good_as_not_there() -> None:
    config = {f"APP_INBOX_{key}": None for key in KEYS} | {"APP_INBOX_API_KEY": API_KEY}
    assert vars(read_settings(config, "/nowhere")) == vars(settings_of())


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("ENABLED", "yes"),
        ("PLATFORM", "mailchimp"),
        ("API_KEY", 123),
        ("WIDGET", "ours"),
        ("SCRIPT_ID", "../evil"),
        ("API_URL", "http://esputnik.com/api"),
        ("SCRIPT_URL", "cdn.esputnik.com"),
        ("MESSAGES_URL", "esputnik.com/appinbox"),
        ("TOKEN_PATH", "token"),
        ("EVENT_PATH", "event"),
        ("INIT_FORM", "object"),
        ("FEATURES", ["TRACKING"]),
        ("LANGUAGE", "ua"),
        ("ANCHOR", "#"),
        ("POSITION", "inside"),
        ("ICON", 5),
        ("ANONYMOUS", "everything"),
        ("CONSENT", "no"),
        ("CONTACT_FIELDS", {"mail": "email"}),
        ("VERIFIED_ATTRIBUTE", "is verified"),
        ("CREATE_CONTACTS", 1),
        ("TIMEOUT", 0),
        ("MAX_CONCURRENT", 0),
        ("PROXY", "socks5://proxy.example"),
        ("RATE_LIMIT", "often"),
        ("STORAGE_URL", "memcached://x"),
        ("STORAGE_TIMEOUT", 0),
        ("WEBHOOK_USER", "app:inbox"),
        ("WEBHOOK_PASSWORD", 1234),
        ("URL_PREFIX", "inbox"),
    ],
)
def test_a_wrong_value_is_told_with_its_key_and_what_it_must_be(
    key: str, value: object
) -> None:
    (problem,) = problems_of(**{key: value})
    assert re.match(rf"APP_INBOX_{key} must be [a-zT].+\.$", problem, re.DOTALL)


def test_every_key_has_a_wrong_value_in_the_test_above() -> None:
    (mark,) = test_a_wrong_value_is_told_with_its_key_and_what_it_must_be.pytestmark  # type: ignore[attr-defined] # pytest puts it there
    # Those of OAuth have tests of their own.
    assert {key for key, _ in mark.args[1]} == set(KEYS) - set(OAUTH_KEYS)


def test_all_problems_are_told_at_once() -> None:
    problems = problems_of(PLATFORM="x", TIMEOUT="fast", ANCHOR="", APIKEY="slip")
    assert len(problems) == 4
    for key in ("PLATFORM", "TIMEOUT", "ANCHOR", "APIKEY"):
        assert any(problem.startswith(f"APP_INBOX_{key} ") for problem in problems)


def test_a_missing_key_is_told_with_every_way_to_mend_it() -> None:
    (problem,) = problems_of(API_KEY=None)
    assert problem.startswith("APP_INBOX_API_KEY is missing.")
    for way in ("from_prefixed_env", "-m flask_app_inbox.sandbox", "APP_INBOX_ENABLED"):
        assert way in problem


def test_the_sites_own_bell_needs_no_script_of_the_vendor() -> None:
    settings = settings_of(WIDGET="site")
    assert (settings.widget, settings.script_id) == ("site", None)
    assert (settings.anonymous, settings.draws_own_bell) == ("nothing", True)
    assert not settings_of().draws_own_bell
    off = settings_of(WIDGET="site", ENABLED=False)
    assert (off.draws_own_bell, off.serves_script) == (False, False)


@pytest.mark.parametrize("missing", ["nh3", "cryptography"])
def test_the_sites_own_bell_needs_its_extra_unless_all_is_switched_off(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.setattr(
        "flask_app_inbox.bell.extra.find_spec", lambda name: name != missing or None
    )
    (problem,) = problems_of(WIDGET="site")
    assert problem.startswith("APP_INBOX_WIDGET must be vendor until you install")
    assert problem.endswith('pip install "flask-app-inbox[bell]"')
    assert settings_of(WIDGET="vendor").enabled
    assert not settings_of(WIDGET="site", ENABLED=False).enabled


def test_what_is_switched_off_needs_no_key() -> None:
    assert not settings_of(ENABLED=False, API_KEY=None).enabled


def test_redis_needs_its_extra_unless_all_is_switched_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("flask_app_inbox.config.storage_url.find_spec", lambda _: None)
    (problem,) = problems_of(STORAGE_URL="redis://127.0.0.1")
    assert problem.startswith("APP_INBOX_STORAGE_URL must be memory:// until")
    assert 'pip install "flask-app-inbox[redis]"' in problem
    assert not settings_of(STORAGE_URL="redis://127.0.0.1", ENABLED=False).enabled


def test_what_is_switched_off_is_checked_all_the_same() -> None:
    assert len(problems_of(ENABLED=False, TIMEOUT=-1)) == 1


def test_features_have_no_place_in_an_init_with_one_object() -> None:
    (problem,) = problems_of(FEATURES={"TRACKING": False}, INIT_FORM="options")
    assert "APP_INBOX_FEATURES has no place in the init form 'options'" in problem


@pytest.mark.parametrize("position", ["afterbegin", "beforeend"])
@pytest.mark.parametrize("anchor", ["img#logo", "button#menu", "iframe.chat", "a#x"])
def test_nothing_is_put_inside_an_image_and_its_like(
    anchor: str, position: str
) -> None:
    (problem,) = problems_of(ANCHOR=anchor, POSITION=position)
    assert problem.startswith("APP_INBOX_POSITION must be beforebegin or afterend")


#: What could stand in a configuration by a slip, or comes of JSON.
NONSENSE: tuple[Any, ...] = (
    *(10**400, -(10**400), 0, 1e308, math.nan, math.inf, True, False),
    *(b"x", b"\xff", [], ["a"], {}, {"a": 1}, {1: 2}, (), object(), [[]], {"": None}),
    *("", " ", "\0", "a\0", "\ud800", "#\ud800", "\udcff", "\n", "%", "\\", "[" * 400),
    *("https://\ud800", "https://x/\0", "/\ud800", "redis://\ud800", "9" * 5000),
    *(":is(" * 100, "a " * 249, ".a" * 249, "[a]" * 160, "#a:not(" * 70, "\\d800 "),
)


@pytest.mark.parametrize("key", KEYS)
def test_no_nonsense_raises_anything_but_a_config_error(
    key: str, tmp_path: Path
) -> None:
    for value in NONSENSE:
        try:
            settings_of(root_path=str(tmp_path), **{key: value})
        except ConfigError as error:
            str(error).encode()


def test_beside_an_image_a_bell_has_its_place() -> None:
    settings = settings_of(ANCHOR="img#logo", POSITION="afterend")
    assert settings.anchor_element
    assert settings.anchor_element.tag == "img"


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("APIKEY", "API_KEY"),
        ("APIKEYS", "API_KEY"),
        ("LANGUAGES", "LANGUAGE"),
        ("SCRIPTID", "SCRIPT_ID"),
        ("MAX_CONCURENT", "MAX_CONCURRENT"),
        ("VERIFIED_ATTRIBUT", "VERIFIED_ATTRIBUTE"),
    ],
)
def test_a_slip_of_a_keys_name_is_told_with_the_name_that_was_meant(
    slip: str, meant: str
) -> None:
    (problem,) = problems_of(**{slip: "x"})
    assert (
        problem == f"APP_INBOX_{slip} is not a setting. Did you mean APP_INBOX_{meant}?"
    )


def test_a_foreign_key_with_our_prefix_is_logged_and_ignored(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert vars(settings_of(WALLPAPER_COLOUR="blue")) == vars(settings_of())
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert record.getMessage().startswith("APP_INBOX_WALLPAPER_COLOUR is not a setting")


@pytest.mark.parametrize("absolute", [True, False])
def test_an_icon_is_read_from_the_apps_folder(tmp_path: Path, absolute: bool) -> None:
    file = tmp_path / "bell.svg"
    file.write_text(ICON)
    given = str(file) if absolute else "bell.svg"
    assert settings_of(root_path=str(tmp_path), ICON=given).icon == ICON


def test_a_bad_icon_is_told_beside_the_other_problems() -> None:
    icon, timeout = sorted(problems_of(ICON="missing.svg", TIMEOUT=0))
    assert icon.startswith("APP_INBOX_ICON must be an SVG file")
    assert "APP_INBOX_TIMEOUT" in timeout


def test_no_secret_stands_in_the_repr_of_settings() -> None:
    shown = repr(settings_of(STORAGE_URL=f"redis://:{API_KEY}@127.0.0.1"))
    assert API_KEY not in shown
    assert "esputnik" in shown


def test_no_secret_stands_in_an_error_about_a_key_at_the_wrong_place() -> None:
    problems = problems_of(
        SCRIPT_ID=f"{API_KEY} ", API_URL=f"https://x:{API_KEY}@y", LANGUAGE=API_KEY
    )
    assert len(problems) == 3
    assert API_KEY not in str(problems)


def test_settings_come_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, make_app: MakeApp
) -> None:
    monkeypatch.setenv("FLASK_APP_INBOX_API_KEY", API_KEY)
    monkeypatch.setenv("FLASK_APP_INBOX_ENABLED", "false")
    monkeypatch.setenv("FLASK_APP_INBOX_TIMEOUT", "2.5")
    monkeypatch.setenv("FLASK_APP_INBOX_MAX_CONCURRENT", "4")
    monkeypatch.setenv("FLASK_APP_INBOX_LANGUAGE", "pt-BR")
    monkeypatch.setenv("FLASK_APP_INBOX_FEATURES", '{"RECOMS": true}')
    monkeypatch.setenv("FLASK_APP_INBOX_FEATURES__TRACKING", "false")
    monkeypatch.setenv("FLASK_APP_INBOX_CONTACT_FIELDS", '{"email": "mail"}')
    app = Flask("shop")
    app.config.from_prefixed_env()
    settings = read_settings(app.config, app.root_path)
    assert (settings.api_key, settings.enabled) == (API_KEY, False)
    assert (settings.timeout, settings.max_concurrent) == (2.5, 4)
    assert settings.language == "pt"
    assert settings.features == {"RECOMS": True, "TRACKING": False}
    assert settings.contact_fields == {"email": "mail"}


def test_a_key_of_digits_in_the_environment_is_told_about_its_quotes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = Flask("shop")
    monkeypatch.setenv("FLASK_APP_INBOX_API_KEY", "123456789")
    app.config.from_prefixed_env()
    with pytest.raises(ConfigError, match="needs quotes in the environment"):
        read_settings(app.config, app.root_path)
    monkeypatch.setenv("FLASK_APP_INBOX_API_KEY", '"123456789"')
    app.config.from_prefixed_env()
    assert read_settings(app.config, app.root_path).api_key == "123456789"


@pytest.mark.parametrize("key", ["API_KEY", "SCRIPT_ID"])
def test_the_hint_about_quotes_names_its_own_key(key: str) -> None:
    (problem,) = problems_of(**{key: 123456789})
    assert problem.startswith(f"APP_INBOX_{key} must be a string")
    assert f"FLASK_APP_INBOX_{key}='\"…\"'" in problem


def test_another_secret_of_digits_is_told_nothing_of_the_api_key() -> None:
    problems = problems_of(
        API_KEY=None,
        OAUTH_CLIENT_ID="id",
        OAUTH_CLIENT_SECRET=123,
        OAUTH_REDIRECT_URI="https://shop.example/back",
    )
    (problem,) = [one for one in problems if one.startswith("APP_INBOX_OAUTH_CLIENT")]
    assert "quotes" in problem
    assert "API_KEY" not in problem


def test_features_are_kept_and_do_not_change_with_the_dict_they_came_from() -> None:
    given = {"TRACKING": False, "RECOMS": True}
    kept = features(given)
    given.clear()
    assert kept == {"TRACKING": False, "RECOMS": True}
    assert isinstance(kept, MappingProxyType)


@pytest.mark.parametrize(
    "value",
    [
        {"tracking": True},
        {"TRACKING": 1},
        {"TRACKING": "false"},
        {5: True},
        {"A B": True},
        {"A\n": True},
        {"</script>": True},
        ["TRACKING"],
        "TRACKING",
    ],
)
def test_other_features_are_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="a dict of flags like"):
        features(value)


def test_the_inbox_itself_is_no_further_feature() -> None:
    with pytest.raises(ValueError, match="without APP_INBOX"):
        features({"APP_INBOX": False})


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (5, "a CSS selector like"),
        (" ", "a CSS selector like"),
        ("#" + "a" * 500, "a CSS selector like"),
        ("a >", "a CSS selector like #app-inbox: it is not a valid CSS selector"),
    ],
)
def test_an_anchor_is_a_selector(value: object, reason: str) -> None:
    assert selector(" #bell ") == "#bell"
    with pytest.raises(ValueError, match=reason):
        selector(value)


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"first_name": "first"},
        {"mail": "email"},
        {"email": "get email"},
        {"email": "profile.email"},
        {"email": 5},
        {"email": None},
        ["email"],
        "email",
    ],
)
def test_a_map_of_fields_that_finds_nobody_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="one of the first 3 must be there"):
        contact_fields(value)


def test_a_map_of_fields_does_not_change_with_the_dict_it_came_from() -> None:
    given = {"external_customer_id": "crm_id"}
    fields = contact_fields(given)
    given.clear()
    assert fields == {"external_customer_id": "crm_id"}


def test_nothing_goes_in_clear_to_a_proxy_on_another_machine() -> None:
    (problem,) = problems_of(
        API_URL="http://127.0.0.1:5001/api", PROXY="http://ann:pass@proxy.example:3128"
    )
    assert problem.startswith("APP_INBOX_PROXY must be unset while APP_INBOX_API_URL")
    assert "pass" not in problem
    assert settings_of(
        API_URL="http://127.0.0.1:5001/api", PROXY="http://localhost:3128"
    ).proxy
    assert settings_of(PROXY="http://proxy.example:3128").proxy
    assert settings_of(
        API_URL="http://127.0.0.1:5001/api",
        PROXY="http://proxy.example:3128",
        ENABLED=False,
    ).proxy


def test_the_proxys_password_is_not_shown() -> None:
    assert "hunter2" not in repr(settings_of(PROXY="http://ann:hunter2@proxy.example"))

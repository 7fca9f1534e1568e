"""What CHATHUB_* may say."""

from __future__ import annotations

import builtins
import importlib.util
from datetime import timedelta
from importlib.machinery import ModuleSpec
from typing import Any

import pytest
from flask import Flask, render_template_string
from flask_babel import lazy_gettext

import flask_app_inbox
from flask_app_inbox import AppInboxError, ChatHub, ConfigError
from flask_app_inbox.chathub.settings import (
    LONGEST_LIFE,
    ChatHubSettings,
    read_settings,
)


def read(**settings: Any) -> ChatHubSettings:
    return read_settings({"CHATHUB_KEY": "a-key", "SECRET_KEY": "secret", **settings})


def test_a_key_is_all_that_is_needed() -> None:
    settings = read()
    assert settings.api_url == "https://chatapi.smsbat.com"
    assert settings.script_url == (
        "https://widget.smsbat.com/operator-chat-panel/widget-script.js"
    )
    assert settings.token_lifetime == 8 * 60 * 60
    assert settings.url_prefix == "/chathub"
    assert not settings.is_shared


def test_login_and_password_take_the_place_of_the_key() -> None:
    settings = read_settings({"CHATHUB_LOGIN": "me", "CHATHUB_PASSWORD": "päss wörd"})
    assert (settings.login, settings.password) == ("me", "päss wörd")
    assert settings.key is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CHATHUB_KEY", 12345),
        ("CHATHUB_KEY", "ключ"),
        ("CHATHUB_KEY", "two\nlines"),
        ("CHATHUB_API_URL", "http://chatapi.smsbat.com"),
        ("CHATHUB_API_URL", "javascript:alert(1)"),
        ("CHATHUB_SCRIPT_URL", 'https://x"onload=alert(1)//'),
        ("CHATHUB_SCRIPT_URL", "http://widget.smsbat.com/x.js"),
        ("CHATHUB_SCRIPT_URL", "https://widget.smsbat.com/x.js;sandbox"),
        ("CHATHUB_TOKEN_LIFETIME", 24 * 60 * 60),
        ("CHATHUB_TOKEN_LIFETIME", timedelta(days=30)),
        ("CHATHUB_TOKEN_LIFETIME", 1),
        ("CHATHUB_TOKEN_LIFETIME", True),
        ("CHATHUB_TOKEN_LIFETIME", "8h"),
        ("CHATHUB_TIMEOUT", 0),
        ("CHATHUB_MAX_CONCURRENT", 0),
        ("CHATHUB_RATE_LIMIT", "often"),
        ("CHATHUB_PROXY", "proxy.example:3128"),
        ("CHATHUB_STORAGE_URL", "file:///tmp/tokens"),
        ("CHATHUB_STORAGE_TIMEOUT", 0),
        ("CHATHUB_URL_PREFIX", "chathub/"),
        ("CHATHUB_LANGUAGE", "klingon"),
        ("CHATHUB_ENABLED", "yes"),
        ("CHATHUB_REQUIRE_LOGIN", 1),
        ("CHATHUB_FALLBACK", "call us"),
        ("CHATHUB_FALLBACK", {}),
        ("CHATHUB_FALLBACK", {"text": "Call", "phone": "1"}),
        ("CHATHUB_FALLBACK", {"text": "  "}),
        ("CHATHUB_FALLBACK", {"text": {}}),
        ("CHATHUB_FALLBACK", {"text": {"klingon": "Qapla'"}}),
        ("CHATHUB_FALLBACK", {"text": {"en": 5}}),
        ("CHATHUB_FALLBACK", {"text": "x", "link": "javascript:alert(1)"}),
        ("CHATHUB_FALLBACK", {"text": "x", "link": "java\nscript:alert(1)"}),
        ("CHATHUB_FALLBACK", {"text": "x", "link": "data:text/html,x"}),
        ("CHATHUB_FALLBACK", {"text": "x", "link": "//evil.example"}),
        ("CHATHUB_FALLBACK", {"text": "x", "link": "https://[1"}),
        ("CHATHUB_FALLBACK", {"text": "x", "link": 5}),
        ("CHATHUB_TOKEN_LIVETIME", 60),
    ],
)
def test_a_bad_value_is_refused_by_the_name_of_its_key(name: str, value: Any) -> None:
    with pytest.raises(ConfigError, match=name) as caught:
        read(**{name: value})
    if isinstance(value, str) and len(value) > 5:
        assert value not in str(caught.value)


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        read_settings({"CHATHUB_TIMEOUT": -1, "CHATHUB_LANGUAGE": "??"})
    assert len(caught.value.problems) == 3
    assert "CHATHUB_KEY is missing" in str(caught.value)


def test_two_ways_to_prove_one_thing_are_refused() -> None:
    with pytest.raises(ConfigError, match="Keep one of them"):
        read(CHATHUB_LOGIN="me", CHATHUB_PASSWORD="secret")


def test_a_login_without_its_password_is_not_enough() -> None:
    with pytest.raises(ConfigError, match="CHATHUB_PASSWORD"):
        read_settings({"CHATHUB_LOGIN": "me"})


@pytest.mark.parametrize("lifetime", [LONGEST_LIFE, timedelta(hours=8), 5.5])
def test_lifetimes_up_to_a_day_less_a_margin_are_taken(lifetime: Any) -> None:
    assert read(CHATHUB_TOKEN_LIFETIME=lifetime).token_lifetime <= 24 * 60 * 60 - 600


def test_a_host_alone_is_enough_for_the_script() -> None:
    settings = read(CHATHUB_SCRIPT_URL="http://127.0.0.1:5001")
    assert settings.script_url == (
        "http://127.0.0.1:5001/operator-chat-panel/widget-script.js"
    )


def test_the_storage_of_the_inbox_serves_here_too() -> None:
    settings = read(APP_INBOX_STORAGE_URL="redis://127.0.0.1:1/0")
    assert settings.storage_url == "redis://127.0.0.1:1/0"
    with pytest.raises(ConfigError, match="APP_INBOX_STORAGE_URL"):
        read(APP_INBOX_STORAGE_URL="nonsense")


def test_shared_tokens_need_a_secret_key() -> None:
    with pytest.raises(ConfigError, match="SECRET_KEY is missing"):
        read(SECRET_KEY=None, CHATHUB_STORAGE_URL="redis://127.0.0.1:1/0")


@pytest.mark.parametrize(
    ("missing", "storage_url", "line"),
    [
        ("dogpile", "memory://", "flask-app-inbox[chathub]"),
        ("cryptography", "memory://", "flask-app-inbox[chathub]"),
        ("redis", "redis://127.0.0.1:1/0", "flask-app-inbox[redis]"),
    ],
)
def test_a_missing_package_is_named_by_its_pip_line(
    monkeypatch: pytest.MonkeyPatch, missing: str, storage_url: str, line: str
) -> None:
    real = importlib.util.find_spec

    def find_spec(name: str, package: str | None = None) -> ModuleSpec | None:
        if name == missing:
            return None
        if name.startswith(missing + "."):
            raise ModuleNotFoundError(name)
        return real(name, package)

    for module in (
        "flask_app_inbox.chathub.settings",
        "flask_app_inbox.config.validators",
    ):
        monkeypatch.setattr(f"{module}.find_spec", find_spec, raising=False)
    with pytest.raises(ConfigError) as caught:
        read(CHATHUB_STORAGE_URL=storage_url)
    assert f'pip install "{line}"' in str(caught.value)


def test_importing_the_package_needs_no_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def guarded(name: str, *args: Any, **kwargs: Any) -> Any:
        assert name.partition(".")[0] not in ("dogpile", "cryptography", "redis")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", guarded)
    assert flask_app_inbox.ChatHub is ChatHub
    with pytest.raises(AttributeError, match="nothing_else"):
        _ = flask_app_inbox.nothing_else


def test_no_repr_shows_a_secret() -> None:
    shown = repr(read(CHATHUB_STORAGE_URL="redis://:hidden-word@127.0.0.1:1/0"))
    shown += repr(
        read_settings(
            {"CHATHUB_LOGIN": "hidden-word", "CHATHUB_PASSWORD": "hidden-word"}
        )
    )
    assert "hidden-word" not in shown
    assert "a-key" not in shown


def test_a_second_panel_in_one_app_is_refused() -> None:
    app = Flask("site")
    app.config.update(CHATHUB_KEY="a-key")
    chathub = ChatHub(app)
    with pytest.raises(RuntimeError, match="already"):
        chathub.init_app(app)


def test_switched_off_it_renders_nothing_and_has_no_endpoint() -> None:
    app = Flask("site")
    app.config.update(CHATHUB_ENABLED=False)
    chathub = ChatHub()
    chathub.init_app(app)
    chathub.operator_loader(lambda: {"sales": 101})
    with app.test_request_context("/"):
        assert render_template_string("{{ chathub() }}") == ""
        with pytest.raises(AppInboxError, match="CHATHUB_ENABLED"):
            chathub.issue_token(101)
        with pytest.raises(AppInboxError, match="CHATHUB_ENABLED"):
            chathub.organizations()
    assert app.test_client().post("/chathub/token").status_code == 404
    assert "chathub" not in app.cli.commands


def test_a_lazy_text_is_taken_as_a_fallback() -> None:
    fallback = read(CHATHUB_FALLBACK={"text": lazy_gettext("Call us")}).fallback
    assert fallback is not None


def test_a_key_of_nobodys_is_told_and_ignored(caplog: pytest.LogCaptureFixture) -> None:
    read(CHATHUB_SOMETHING_ELSE=5)
    assert "CHATHUB_SOMETHING_ELSE" in caplog.text


def test_an_app_without_a_panel_says_so() -> None:
    with Flask("site").app_context(), pytest.raises(RuntimeError, match="init_app"):
        ChatHub().organizations()

"""What must be set for OAuth, and what is told when it does not fit."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from flask_app_inbox import AppInbox, ConfigError
from flask_app_inbox.inbox.state import EXTENSION
from flask_app_inbox.oauth.connections import EXTENSION as OAUTH

CLIENT = {
    "OAUTH_CLIENT_ID": "id",
    "OAUTH_CLIENT_SECRET": "client-secret",
    "OAUTH_REDIRECT_URI": "https://shop.example/app-inbox/oauth/callback",
}
KEY = "A" * 43 + "="


def make(tmp_path: Path, *, secret_key: str | None = "shop", **settings: Any) -> Flask:
    app = Flask("shop", instance_path=str(tmp_path))
    app.config["SECRET_KEY"] = secret_key
    app.config.update({f"APP_INBOX_{name}": v for name, v in settings.items()})
    AppInbox(app)
    return app


def problems(tmp_path: Path, **settings: Any) -> str:
    with pytest.raises(ConfigError) as caught:
        make(tmp_path, **settings)
    return "\n".join(caught.value.problems)


def test_an_app_with_a_client_needs_no_key(tmp_path: Path) -> None:
    app = make(tmp_path, **CLIENT)
    assert OAUTH in app.extensions
    assert list(tmp_path.iterdir()) == [], "nothing is made before it is needed"
    assert "client-secret" not in repr(app.extensions[EXTENSION].settings)


@pytest.mark.parametrize(
    ("platform", "server"),
    [
        ("esputnik", "https://uaa.esputnik.com/uaa"),
        ("yespo", "https://uaa.yespo.io/uaa"),
    ],
)
def test_each_brand_has_its_own_server(
    tmp_path: Path, platform: str, server: str
) -> None:
    client = make(tmp_path, PLATFORM=platform, **CLIENT).extensions[OAUTH].client
    address = client.authorize_url("state", "v" * 43)
    assert address.startswith(f"{server}/oauth/authorize?")


def test_a_key_and_a_client_do_not_go_together(tmp_path: Path) -> None:
    assert "both set" in problems(tmp_path, API_KEY="key", **CLIENT)


def test_neither_of_them_is_a_problem_of_its_own(tmp_path: Path) -> None:
    told = problems(tmp_path)
    assert "APP_INBOX_API_KEY is missing" in told
    assert "APP_INBOX_OAUTH_CLIENT_ID" in told


@pytest.mark.parametrize("name", CLIENT)
def test_half_a_client_is_told_with_what_is_missing(tmp_path: Path, name: str) -> None:
    told = problems(tmp_path, **{n: v for n, v in CLIENT.items() if n != name})
    assert f"APP_INBOX_{name} must be set, too" in told
    assert "API_KEY" not in told


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OAUTH_CLIENT_ID", ""),
        ("OAUTH_CLIENT_ID", 42),
        ("OAUTH_CLIENT_SECRET", "ключ"),
        ("OAUTH_CLIENT_SECRET", "a\nb"),
        ("OAUTH_REDIRECT_URI", "/callback"),
        ("OAUTH_REDIRECT_URI", "http://shop.example/callback"),
        ("OAUTH_REDIRECT_URI", "https://shop.example/callback#x"),
        ("OAUTH_URL", "http://uaa.example"),
        ("OAUTH_TOKEN_URL", "http://uaa.example/uaa/oauth/token"),
        ("OAUTH_TOKEN_URL", "/uaa/oauth/token"),
        ("OAUTH_TOKEN_URL", "https://shop:key@uaa.example/uaa/oauth/token"),
        ("OAUTH_FORM", "xml"),
        ("DATABASE_URL", "mysql://localhost/x"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", 1),
        ("DATABASE_URL", "postgresql://shop:ключ@db.example:port/shop"),
        ("DATABASE_URL", "postgresql://shop@db.example:0/shop"),
        ("DATABASE_URL", "postgresql://shop@db.example:65536/shop"),
        ("DATABASE_URL", "postgresql://shop@[::1/shop"),
        ("ENCRYPTION_KEYS", []),
        ("ENCRYPTION_KEYS", "short"),
        ("ENCRYPTION_KEYS", "SECRET_KEY"),
        ("ENCRYPTION_KEYS", [KEY, 1]),
        ("ENCRYPTION_KEYS", [KEY, "ü"]),
        ("ENCRYPTION_KEYS", 1),
    ],
)
def test_a_value_that_cannot_work_is_told_without_being_shown(
    tmp_path: Path, name: str, value: object
) -> None:
    told = problems(tmp_path, **(CLIENT | {name: value}))
    assert f"APP_INBOX_{name} must be" in told
    assert "ключ" not in told
    assert "shop.example/callback" not in told


@pytest.mark.parametrize(
    "value", [KEY, f"{KEY},{KEY}", [KEY], (KEY, KEY.encode()), [f" {KEY} "]]
)
def test_keys_come_as_a_list_or_as_text(tmp_path: Path, value: object) -> None:
    app = make(tmp_path, secret_key=None, ENCRYPTION_KEYS=value, **CLIENT)
    assert set(app.extensions[EXTENSION].settings.encryption_keys) == {KEY}


@pytest.mark.parametrize("keys", [{}, {"ENCRYPTION_KEYS": f"{KEY},SECRET_KEY"}])
def test_without_any_key_nothing_can_be_kept(
    tmp_path: Path, keys: dict[str, str]
) -> None:
    told = problems(tmp_path, secret_key=None, **CLIENT, **keys)
    assert "SECRET_KEY must be set" in told


def test_reteno_needs_the_address_of_its_server(tmp_path: Path) -> None:
    told = problems(tmp_path, PLATFORM="reteno", **CLIENT)
    assert "APP_INBOX_OAUTH_URL must be set" in told
    make(tmp_path, PLATFORM="reteno", OAUTH_URL="https://uaa.example", **CLIENT)


@pytest.mark.parametrize(
    ("module", "settings", "line"),
    [
        ("authlib", {}, "pip install 'flask-app-inbox[oauth]'"),
        ("sqlalchemy", {}, "pip install 'flask-app-inbox[oauth]'"),
        ("cryptography", {}, "pip install 'flask-app-inbox[oauth]'"),
        (
            "psycopg",
            {"DATABASE_URL": "postgresql://shop@db.example/shop"},
            "pip install 'flask-app-inbox[oauth,postgres]'",
        ),
    ],
)
def test_a_missing_extra_is_told_with_the_line_that_installs_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    module: str,
    settings: dict[str, str],
    line: str,
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    told = problems(tmp_path, **(CLIENT | settings))
    assert module in told
    assert line in told


def test_an_app_that_is_switched_off_checks_and_opens_nothing(tmp_path: Path) -> None:
    app = make(tmp_path, ENABLED=False, OAUTH_CLIENT_ID="id")
    assert OAUTH not in app.extensions


def test_an_app_with_a_key_imports_nothing_of_the_extras() -> None:
    code = (
        "import sys; from flask import Flask; from flask_app_inbox import AppInbox; "
        "app = Flask('shop'); app.config['APP_INBOX_API_KEY'] = 'key'; AppInbox(app); "
        "app.test_cli_runner().invoke(args=['app-inbox', 'oauth', 'status']); "
        "print([m for m in ('authlib', 'sqlalchemy', 'cryptography', 'psycopg') "
        "if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_without_oauth_the_commands_name_the_settings(tmp_path: Path) -> None:
    runner = make(tmp_path, API_KEY="key").test_cli_runner()
    result = runner.invoke(args=["app-inbox", "oauth", "status"])
    assert result.exit_code == 1
    assert "Set APP_INBOX_OAUTH_CLIENT_ID" in result.output


def test_without_oauth_there_are_no_pages(tmp_path: Path) -> None:
    app = make(tmp_path, API_KEY="key")
    assert app.test_client().get("/app-inbox/oauth/").status_code == 404

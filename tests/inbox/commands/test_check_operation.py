"""``check``: secrets, cookies and what processes share."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.pool import NullPool

from flask_app_inbox.inbox.check.finding import Section
from flask_app_inbox.inbox.check.session import check_cookie_paths, check_cookies
from tests.inbox.commands.conftest import Findings, MakeSite, Run
from tests.inbox.commands.site import with_flask_login


@pytest.mark.parametrize(
    "key", ["dev", "change-me-in-production", b"short", "aaaaaaaaaaaaaaaaaaaaaaaaaaaa"]
)
def test_a_weak_secret_key(
    make_site: MakeSite, findings: Findings, key: str | bytes
) -> None:
    told = findings(make_site(config={"SECRET_KEY": key}))
    assert "secrets.token_hex()" in told["secret_key_weak"]["fix"]


@pytest.mark.parametrize(
    "key",
    [
        "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",
        b'_5#y2L"F4Q8z\n\xec]/',
    ],
)
def test_a_secret_key_that_flasks_own_manual_shows(
    make_site: MakeSite, findings: Findings, key: str | bytes
) -> None:
    told = findings(make_site(config={"SECRET_KEY": key}))
    assert set(told) == {"secret_key_published"}


def test_a_secret_key_that_is_no_text(make_site: MakeSite, findings: Findings) -> None:
    site = make_site(config={"SECRET_KEY": 123456789})
    told = findings(site, "--session", "email=ann@example.com")
    assert told["secret_key_no_text"]["fix"].startswith("FLASK_SECRET_KEY='\"")


def test_no_secret_key(make_site: MakeSite, findings: Findings) -> None:
    told = findings(make_site(config={"SECRET_KEY": None}), "--as", "ann@example.com")
    assert "secrets.token_hex()" in told["secret_key_missing"]["fix"]


@pytest.mark.parametrize(
    ("password", "codes"),
    [
        (None, set()),
        ("hunter2hunter22", {"webhook_password_short"}),
        ("4d1b4e9f1c2a4b65", set()),
    ],
)
def test_a_webhook_password_is_long(
    make_site: MakeSite, findings: Findings, password: str | None, codes: set[str]
) -> None:
    told = findings(make_site(WEBHOOK_PASSWORD=password))
    assert set(told) == codes
    assert "hunter2" not in str(told)


def test_cookies_for_everybody(make_site: MakeSite, findings: Findings) -> None:
    told = findings(
        make_site(
            config={
                "SESSION_COOKIE_SECURE": False,
                "SESSION_COOKIE_HTTPONLY": False,
                "SESSION_COOKIE_SAMESITE": None,
            }
        ),
        notes=True,
    )
    assert told["cookie_not_secure"]["level"] == "note", "it is the site's own affair"
    secure = told["cookie_not_secure"]["fix"]
    assert secure.startswith("SESSION_COOKIE_SECURE = True  #")
    assert "localhost alone" in secure
    assert told["cookie_not_httponly"]["fix"] == "SESSION_COOKIE_HTTPONLY = True"
    assert told["cookie_not_samesite"]["fix"] == 'SESSION_COOKIE_SAMESITE = "Lax"'


def test_remembering_cookies_count_too(make_site: MakeSite, findings: Findings) -> None:
    told = findings(make_site(prepare=with_flask_login), notes=True)
    assert told["cookie_not_secure"]["fix"].startswith("REMEMBER_COOKIE_SECURE = True")


@pytest.fixture
def at_shop_test(
    serve: Callable[[Flask], str], monkeypatch: pytest.MonkeyPatch
) -> Callable[[Flask], str]:
    """Serve an app at ``http://shop.test``, a name of this machine for this test."""
    look_up = socket.getaddrinfo

    def named(host: str, *rest: Any, **more: Any) -> Any:
        return look_up("127.0.0.1" if host == "shop.test" else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", named)
    return lambda app: serve(app).replace("127.0.0.1", "shop.test")


@pytest.mark.parametrize("secure", [True, False])
def test_a_secure_cookie_never_reaches_a_site_over_plain_http(
    make_site: MakeSite,
    findings: Findings,
    at_shop_test: Callable[[Flask], str],
    secure: bool,
) -> None:
    app = make_site(prepare=with_flask_login, SCRIPT_ID=None)
    app.config.update(
        SESSION_COOKIE_SECURE=secure,
        REMEMBER_COOKIE_SECURE=secure,
        REMEMBER_COOKIE_SAMESITE="Lax",
    )
    url = at_shop_test(app)
    result = findings(app, "--offline", "--url", url, notes=True)
    assert ("cookie_never_sent" in result) == secure
    assert ("cookie_not_secure" in result) != secure
    if secure:
        told = result["cookie_never_sent"]
        assert url.rstrip("/") in told["what"]
        port = url.rpartition(":")[2].rstrip("/")
        assert f"http://localhost:{port}" in told["fix"]


@pytest.mark.parametrize(
    ("origin", "findings"),
    [
        (None, []),
        ("https://shop.example", []),
        ("http://localhost:5000", []),
        ("http://127.0.0.1:5000", []),
        ("http://[::1]", []),
        ("http://shop.localhost", []),
        ("http://192.168.1.5:5000", ["session", "remember"]),
        ("http://shop.example", ["session", "remember"]),
        ("http://localhost.example", ["session", "remember"]),
    ],
)
def test_which_sites_get_secure_cookies(
    origin: str | None, findings: list[str]
) -> None:
    app = Flask("shop")
    with_flask_login(app)
    for prefix in ("SESSION", "REMEMBER"):
        app.config.update({f"{prefix}_COOKIE_SECURE": True})
        app.config.update({f"{prefix}_COOKIE_SAMESITE": "Lax"})
    section = Section("Operation")
    check_cookies(app, origin, section)
    told = [one.what for one in section.findings if one.code == "cookie_never_sent"]
    assert [name for name in ("session", "remember") if name in "".join(told)] == (
        findings
    )
    assert len(told) == len(findings)


@pytest.mark.parametrize(
    ("config", "found"),
    [
        ({}, ""),
        ({"SESSION_COOKIE_PATH": "/shop"}, "session"),
        ({"SESSION_COOKIE_PATH": "/app"}, "session"),
        ({"SESSION_COOKIE_PATH": "/app-inbox"}, ""),
        ({"SESSION_COOKIE_PATH": "/app-inbox/"}, ""),
        ({"APPLICATION_ROOT": "/shop"}, ""),
        ({"APPLICATION_ROOT": "/shop", "SESSION_COOKIE_PATH": "/shop/"}, ""),
        ({"APPLICATION_ROOT": "/shop", "SESSION_COOKIE_PATH": "/app-inbox"}, "session"),
        ({"REMEMBER_COOKIE_PATH": "/account"}, "remember"),
    ],
)
def test_a_cookie_whose_path_leaves_our_endpoint_out(
    config: dict[str, str], found: str
) -> None:
    app = Flask("shop")
    with_flask_login(app)
    app.config.update(config)
    section = Section("Operation")
    check_cookie_paths(app, "/app-inbox", section)
    told = [one.what for one in section.findings if one.code == "cookie_other_path"]
    assert len(told) == bool(found)
    assert found in "".join(told)


def test_a_site_with_https_is_told_the_bare_setting() -> None:
    app = Flask("shop")
    section = Section("Operation")
    check_cookies(app, "https://shop.example", section)
    fixes = {one.code: one.fix for one in section.findings}
    assert fixes["cookie_not_secure"] == "SESSION_COOKIE_SECURE = True"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("WEB_CONCURRENCY", "4"),
        ("GUNICORN_CMD_ARGS", "-b :80 --workers=4"),
        ("GUNICORN_CMD_ARGS", "-w 4"),
    ],
)
def test_memory_storage_with_several_processes(
    make_site: MakeSite,
    findings: Findings,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
) -> None:
    monkeypatch.setenv(variable, value)
    told = findings(make_site())
    assert told["storage_not_shared"]["fix"].startswith("APP_INBOX_STORAGE_URL")
    assert "webhook_not_shared" not in told
    told = findings(make_site(WEBHOOK_PASSWORD="a password that is long"))
    assert told["webhook_not_shared"]["fix"].startswith("APP_INBOX_STORAGE_URL")


def test_nothing_is_counted_without_a_limit(
    make_site: MakeSite, findings: Findings, run: Run
) -> None:
    site = make_site(RATE_LIMIT=False)
    options = ("--offline", "--processes", "4")
    assert "storage_not_shared" not in findings(site, *options)
    assert "There is no rate limit" in run(site, "check", *options).output


def test_a_redis_that_is_not_there(make_site: MakeSite, findings: Findings) -> None:
    told = findings(make_site(STORAGE_URL="redis://user:pass@127.0.0.1:9/0"))
    assert told["redis_unreachable"]["fix"].startswith("APP_INBOX_STORAGE_URL")


def test_a_redis_that_answers_or_whose_client_is_missing(
    make_site: MakeSite,
    findings: Findings,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import redis

    site = make_site(STORAGE_URL="redis://127.0.0.1:9/0")
    monkeypatch.setattr(redis.Redis, "ping", lambda self: True)
    assert "Redis answers" in run(site, "check", "--offline").output
    monkeypatch.setitem(sys.modules, "redis", None)
    told = findings(site, "--offline")
    assert told["redis_missing"]["fix"] == 'pip install "flask-app-inbox[redis]"'


@pytest.mark.parametrize(
    ("options", "calls", "connections"),
    [
        ({"pool_size": 5, "max_overflow": 0}, 8, 5),
        ({}, 15, 15),  # as SQLAlchemy has it
        ({}, 14, None),
        ({"pool_size": 5, "max_overflow": -1}, 8, None),
        ({"poolclass": NullPool}, 8, None),
    ],
)
def test_a_database_that_would_run_out_of_connections(
    make_site: MakeSite,
    findings: Findings,
    tmp_path: Path,
    options: dict[str, Any],
    calls: int,
    connections: int | None,
) -> None:
    def with_database(app: Flask) -> None:
        app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{tmp_path / 'shop.sqlite3'}"
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
        SQLAlchemy(app)

    site = make_site(prepare=with_database, MAX_CONCURRENT=calls)
    told = findings(site, "--offline").get("pool_too_small")
    assert not (tmp_path / "shop.sqlite3").exists(), "nothing was connected"
    if connections is None:
        assert told is None
    else:
        assert told is not None
        assert f"{calls} requests" in told["what"]
        assert f"{connections} connections" in told["what"]
        fewer = f"APP_INBOX_MAX_CONCURRENT = {connections // 2}  #"
        assert told["fix"].startswith(fewer)

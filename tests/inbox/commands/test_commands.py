"""The other commands: token, contact, script, and the output of all of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.cli import ScriptInfo

from flask_app_inbox.inbox.commands import terminal
from tests.inbox.commands.conftest import MakeSite, Run
from tests.inbox.commands.site import behind_a_gate

ANN = ("--email", "ann@example.com")


def test_the_group_lists_every_command(make_site: MakeSite, run: Run) -> None:
    listed = run(make_site(), "--help").output
    for command in ("check", "script", "handoff", "contact", "token", "sandbox"):
        assert f"\n  {command} " in listed


# token


def test_token_prints_a_token_and_nothing_else(
    make_site: MakeSite, run: Run, control: Callable[..., Any]
) -> None:
    control("contacts", email="ann@example.com")
    result = run(make_site(), "token", *ANN)
    assert result.exit_code == 0
    assert len(result.stdout.split()) == 1


def test_token_creates_nobody_and_says_who_could(make_site: MakeSite, run: Run) -> None:
    result = run(make_site(CREATE_CONTACTS=True), "token", *ANN)
    assert result.exit_code == 1
    assert "APP_INBOX_CREATE_CONTACTS" in result.output


def test_token_names_the_next_step_after_a_failure(
    make_site: MakeSite, run: Run
) -> None:
    result = run(make_site(API_KEY="wr0ng"), "token", *ANN)
    assert result.exit_code == 1
    assert "vendor_rejected" in result.output
    assert "app-inbox check" in result.output
    assert "wr0ng" not in result.output


def test_token_needs_to_know_the_contact(make_site: MakeSite, run: Run) -> None:
    result = run(make_site(), "token")
    assert result.exit_code == 2
    assert "--external-customer-id" in result.output


def test_a_site_that_is_switched_off_calls_nobody(
    make_site: MakeSite, run: Run
) -> None:
    for arguments in (("token", *ANN), ("script", "--domain", "shop.example")):
        result = run(make_site(ENABLED=False), *arguments)
        assert result.exit_code == 1
        assert "APP_INBOX_ENABLED" in result.output


# contact


def test_contact_shows_what_would_be_sent(make_site: MakeSite, run: Run) -> None:
    arguments = ("--phone", "+380 94 258-36-91", "--first-name", "Ann", "--json")
    result = run(make_site(), "contact", *arguments)
    token, saved = json.loads(result.stdout).values()
    assert token == {"phone": "380942583691"}
    assert saved == {
        "firstName": "Ann",
        "channels": [{"type": "sms", "value": "380942583691"}],
    }


def test_contact_asks_the_sites_own_loader(make_site: MakeSite, run: Run) -> None:
    result = run(make_site(), "contact", "--session", "email=ann@example.com")
    assert result.exit_code == 0
    assert '"email": "ann@example.com"' in result.output
    assert "Only app_inbox.sync_contact() sends" in result.output
    result = run(make_site(CREATE_CONTACTS=True), "contact", *ANN)
    assert "sync_contact()" not in result.output


def test_contact_says_why_there_is_none(make_site: MakeSite, run: Run) -> None:
    site = make_site()
    nobody = run(site, "contact", "--session", "cart=[]")
    assert (nobody.exit_code, "nobody is logged in" in nobody.output) == (1, True)
    both = run(site, "contact", *ANN, "--session", "email=b@example.com")
    assert (both.exit_code, "not both" in both.output) == (2, True)
    crooked = run(site, "contact", "--session", "email")
    assert (crooked.exit_code, "KEY=VALUE" in crooked.output) == (2, True)
    without = run(make_site(loader=None), "contact", "--session", "a=b")
    assert (without.exit_code, "contact_loader" in without.output) == (1, True)
    keyless = make_site(config={"SECRET_KEY": None})
    locked = run(keyless, "contact", "--session", "a=b")
    assert (locked.exit_code, "no session" in locked.output) == (1, True)
    gated = make_site(prepare=behind_a_gate("/account"))
    unreached = run(gated, "contact", "--session", "a=b")
    assert (unreached.exit_code, "app.wsgi_app" in unreached.output) == (1, True)


# script


def test_script_prints_the_line_for_the_configuration(
    make_site: MakeSite, run: Run
) -> None:
    site = make_site()
    first = run(site, "script", "--domain", "https://Shop.Example/start")
    assert first.exit_code == 0, first.output
    line = first.stdout.strip()
    assert line.startswith('APP_INBOX_SCRIPT_ID = "')
    assert "is registered now" in first.stderr
    again = run(site, "script", "--domain", "shop.example")
    assert again.stdout.strip() == line
    assert "was registered already" in again.stderr


def test_script_tells_which_domain_the_account_has(
    make_site: MakeSite, run: Run
) -> None:
    site = make_site()
    run(site, "script", "--domain", "shop.example")
    result = run(site, "script", "--domain", "other.example")
    assert result.exit_code == 1
    assert "The account has the domain shop.example" in result.stderr


@pytest.mark.parametrize("domain", ["localhost", "", "a b", "…"])
def test_script_refuses_anything_but_a_domain(
    make_site: MakeSite, run: Run, domain: str
) -> None:
    assert run(make_site(), "script", "--domain", domain).exit_code == 2


def test_script_says_where_else_the_id_is(
    make_site: MakeSite, run: Run, control: Callable[..., Any]
) -> None:
    control("faults", route="snippet", kind="status", status=500, times=None)
    result = run(make_site(), "script", "--domain", "shop.example")
    assert result.exit_code == 1
    assert "Web Tracking" in result.output


# Output


def test_secrets_are_masked_and_sources_named(
    make_site: MakeSite, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASK_APP_INBOX_TIMEOUT", "2.5")
    redis = "redis://user:hidden@127.0.0.1:9/3"
    site = make_site(
        prepare=lambda app: app.config.from_prefixed_env(), STORAGE_URL=redis
    )
    result = run(site, "check", "--offline", "--json")
    assert "sandbox-key" not in result.output
    assert "hidden" not in result.output
    rows = {row["key"]: row for row in json.loads(result.stdout)["settings"]}
    assert rows["API_KEY"]["value"] == "******** (11 characters)"
    assert rows["STORAGE_URL"]["value"] == "redis://***@127.0.0.1:9/3"
    assert rows["TIMEOUT"]["source"] == "environment, FLASK_APP_INBOX_TIMEOUT"
    assert rows["API_KEY"]["source"] == "app.config, APP_INBOX_API_KEY"
    assert rows["POSITION"]["source"] == "default"


def test_addresses_of_the_platform_name_it_as_their_source(
    make_site: MakeSite, run: Run
) -> None:
    site = make_site(API_URL=None, SCRIPT_URL=None, PLATFORM="yespo")
    rows = run(site, "check", "--offline").output.splitlines()
    [row] = [row for row in rows if row.strip().startswith("API_URL")]
    assert row.split(maxsplit=2) == [
        "API_URL",
        "https://yespo.io/api",
        "platform yespo",
    ]


def test_columns_are_aligned(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.columns([("A", "long value", "x"), ("LONG", "v", "y")])
    first, second = capsys.readouterr().out.splitlines()
    assert first.index("x") == second.index("y")


def check_on_terminal(site: Flask, colour: bool) -> str:
    runner = CliRunner()
    info = ScriptInfo(create_app=lambda: site)
    arguments = ["app-inbox", "check", "--offline"]
    return runner.invoke(site.cli, arguments, obj=info, color=colour).output


def test_only_a_terminal_gets_colours(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_site()
    assert "\x1b[32m" in check_on_terminal(site, colour=True)
    assert "\x1b[" not in check_on_terminal(site, colour=False)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in check_on_terminal(site, colour=True)


def test_only_a_terminal_gets_wrapped_text(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "word " * 40
    assert terminal.wrapped(text.strip(), indent=11) == [text.strip()]
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    lines = terminal.wrapped(text, indent=11)
    assert len(lines) > 2
    assert max(map(len, lines)) <= terminal.WIDTH - 11


def test_strict_counts_warnings_as_errors(make_site: MakeSite, run: Run) -> None:
    site = make_site(ENABLED=False)
    assert run(site, "check", "--offline").exit_code == 0
    assert run(site, "check", "--offline", "--strict").exit_code == 1


def test_offline_does_not_call_the_vendor(make_site: MakeSite, run: Run) -> None:
    result = run(make_site(API_URL="http://127.0.0.1:9/api"), "check", "--offline")
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    "arguments",
    [("--as", " "), ("--cookie", "a=b", "--session", "c=d"), ("--processes", "0")],
)
def test_wrong_arguments_are_usage_errors(
    make_site: MakeSite, run: Run, arguments: tuple[str, ...]
) -> None:
    assert run(make_site(), "check", *arguments).exit_code == 2


def test_settings_that_cannot_work_end_the_command_with_all_of_them(
    tmp_path: Path,
) -> None:
    (tmp_path / "app.py").write_text(
        "from flask import Flask\n"
        "from flask_app_inbox import AppInbox\n"
        "app = Flask(__name__)\n"
        "app.config.update(APP_INBOX_TIMEOUT='soon', "
        "APP_INBOX_CONTACT_FIELDS={'mail': 'email'})\n"
        "AppInbox(app)\n",
        "utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-m", "flask", "app-inbox", "check"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0
    for key in ("API_KEY", "TIMEOUT", "CONTACT_FIELDS"):
        assert f"\n  - APP_INBOX_{key}" in done.stderr


def test_a_domain_that_idna_cannot_write_is_refused(
    make_site: MakeSite, run: Run
) -> None:
    long_name = f"{'ü' * 70}.example"
    assert run(make_site(), "script", "--domain", long_name).exit_code == 2
